"""Two sides and their base, run on real databases: the verdict of a merge, and its proof.

`verdict` is the door. `sides` reaches the three databases, `proving` merges their
catalogs and proves the result: `orders` runs both orders, `rows` compares what they
do to rows, `tracing` and `blame` say which statement did what, `rebasing` rewrites a
branch's migrations where they clash, `choices` applies what people decided. `lab` and
`bench` keep the databases. docs/merge.md explains to users what each verdict means.
"""

from sandbox.merging.values import Broken, FoundConflict, LandedMigration, MergeResult, Proof, Verdict
from sandbox.merging.verdict import merge_histories

__all__ = [
    "Broken",
    "FoundConflict",
    "LandedMigration",
    "MergeResult",
    "Proof",
    "Verdict",
    "merge_histories",
]
