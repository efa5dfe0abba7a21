"""Three catalogs -> one: the merge of two sides that both began as clones of one base.

`sides` says what each side did to the base, `spaces` where everything stands once
both have renamed, `objects` merges object by object and attribute by attribute,
`rules` finds what only the meaning of objects tells: a use of what the other side
dropped, one name taken twice. Pure; proving the result is the sandbox's work.
"""

from schemata.merge.catalogs import merge
from schemata.merge.conflicts import Conflict, ConflictKind, Merged, Soft

__all__ = ["Conflict", "ConflictKind", "Merged", "Soft", "merge"]
