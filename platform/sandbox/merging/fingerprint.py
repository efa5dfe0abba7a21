"""What a merge does, as one hash that a rebase, a restamp or a comment leaves as it is.

Approvals are given to it: whoever approved a change approved the same change on a newer base.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from msgspec.structs import replace as replace_struct

from sandbox.merging.values import MergeResult
from schemata.catalog import CatalogObject
from schemata.changes import Action, Change
from schemata.statements import SplitError, Statement, changes_data, passes_through, split
from schemata.statements.scanner import tokens

# Nothing that is done to rows can depend on these.
_SAYS_NOTHING = frozenset({"CommentStmt", "TransactionStmt"})


def change_hash(result: MergeResult, postgres: int | None = None) -> str:
    """Hex SHA-256 of the changes of the schema and of what becomes of rows, however that is spaced.

    `postgres` is the major version that people ask for: on another one the same statements may do something else.
    """
    told = (_told(each) for each in result.changes if not each.soft)
    changes = sorted(json.dumps(each, sort_keys=True, default=str) for each in told)
    rows = [tokens(text) for text in rows_statements(each.sql for each in result.migrations)]
    written = (changes, rows, postgres) if postgres else (changes, rows)
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def _told(change: Change) -> Mapping[str, object]:
    """What the change does, without what else is true of its object: that may be another side's doing.

    Where a column stands among others depends on who came first.
    """
    if change.action in (Action.ALTER, Action.RENAME):
        change = replace(change, before=None, after=None)
    plain = replace(change, before=_without_soft(change.before), after=_without_soft(change.after))
    return plain.to_json()


def _without_soft(found: CatalogObject | None) -> CatalogObject | None:
    return replace_struct(found, **dict.fromkeys(found.SOFT, 0)) if found and found.SOFT else found


def rows_statements(migrations: Iterable[str]) -> tuple[str, ...]:
    """The statements that say what becomes of rows, in order; none where the schemas before and after tell that.

    Where one statement changes rows, all others may decide which and how and leave no other trace: a search path, a
    name that is given to another table for a while, a function that is made, called and dropped.
    """
    found = [each for text in migrations for each in _statements(text)]
    known = [each for _, each in found if each is not None]
    if len(known) == len(found) and not any(map(changes_data, known)) and not passes_through(known):
        return ()
    return tuple(text for text, each in found if each is None or each.kind not in _SAYS_NOTHING)


def _statements(text: str) -> Iterator[tuple[str, Statement | None]]:
    try:
        yield from ((each.text[len(each.lead) :], each) for each in split(text))
    except SplitError:
        yield text, None
