"""Rows: what a schema's tables are filled with to compare what migrations do to data.

`seed` writes deterministic rows for the tables of a catalog as INSERT statements,
`compare` says where the contents of tables differ; `sandbox.seeding` runs the one
and reads the other.
"""

from schemata.rows.contents import (
    Comparison,
    Contents,
    NotCompared,
    RowDifference,
    TableContents,
    compare,
    volatile,
)
from schemata.rows.queries import holders
from schemata.rows.seed import Insert, SeedPlan, Skipped, seed

__all__ = [
    "Comparison",
    "Contents",
    "Insert",
    "NotCompared",
    "RowDifference",
    "SeedPlan",
    "Skipped",
    "TableContents",
    "compare",
    "holders",
    "seed",
    "volatile",
]
