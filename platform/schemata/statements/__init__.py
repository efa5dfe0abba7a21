"""SQL text to statements: where each begins and ends, what kind it is, and whether it changes rows.

`split` finds the statements of a file by Postgres's lexical rules alone, so it
works on syntax newer or older than the pinned grammar and in linear time;
`Statement.kind` asks Postgres's own grammar (pglast) the first time it is read.
Layout readers cut files with it, the sandbox runs and times what it returns.
"""

from schemata.statements.effects import changes_data
from schemata.statements.indexing import IndexMade, index_made
from schemata.statements.passing import CONVERTS, commands, passes_through
from schemata.statements.rehearsing import can_be_tried
from schemata.statements.scanner import without_strings
from schemata.statements.splitting import SplitError, split
from schemata.statements.statement import Statement
from schemata.statements.tables import (
    ColumnAdded,
    TriggerMade,
    called_by,
    columns_added,
    function_made,
    overwritten,
    tables_made,
    trigger_made,
)
from schemata.statements.writes import Verb, Write, takes_away, writes

__all__ = [
    "CONVERTS",
    "ColumnAdded",
    "IndexMade",
    "SplitError",
    "Statement",
    "TriggerMade",
    "Verb",
    "Write",
    "called_by",
    "can_be_tried",
    "changes_data",
    "columns_added",
    "commands",
    "function_made",
    "index_made",
    "overwritten",
    "passes_through",
    "split",
    "tables_made",
    "takes_away",
    "trigger_made",
    "without_strings",
    "writes",
]
