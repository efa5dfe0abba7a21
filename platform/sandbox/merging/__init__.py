"""Two sides and their base, run on real databases: the verdict of a merge, and its proof.

`lab` keeps databases and their catalogs, `orders` runs what there is to run,
`tracing` says which statement did what, `rebasing` rewrites a branch's migrations
where they clash, `verdict` puts it all together. docs/merge.md explains to users
what each verdict means.
"""

from sandbox.merging.values import Broken, FoundConflict, LandedMigration, MergeResult, Proof, Verdict
from sandbox.merging.verdict import Merging, merge_histories

__all__ = [
    "Broken",
    "FoundConflict",
    "LandedMigration",
    "MergeResult",
    "Merging",
    "Proof",
    "Verdict",
    "merge_histories",
]
