"""What a merge does, as one hash that a rebase, a restamp or a comment leaves as it is.

Approvals are given to it: whoever approved a change approved the same change on a newer base.
"""

import hashlib
import json
from collections.abc import Iterator

from sandbox.merging.values import MergeResult
from schemata.changes import Change
from schemata.diff import diff
from schemata.statements import SplitError, changes_data, split
from schemata.statements.scanner import tokens


def changes_of(result: MergeResult) -> tuple[Change, ...]:
    """What the merge does to ours; where there is no merge yet, what theirs does to the base."""
    if result.base is None or result.ours is None or result.theirs is None:
        return ()
    if result.merged is None or result.conflicts:
        return diff(result.base, result.theirs, same_origin=True)
    return diff(result.ours, result.merged.seen_from(result.ours), same_origin=True)


def change_hash(result: MergeResult) -> str:
    """Hex SHA-256 of the changes of the schema and of the statements that change rows, however they are spaced."""
    changes = sorted(json.dumps(each.to_json(), sort_keys=True, default=str) for each in changes_of(result))
    written = (changes, list(_rows_statements(result)))
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def _rows_statements(result: MergeResult) -> Iterator[list[str]]:
    for migration in result.migrations:
        try:
            statements = split(migration.sql)
        except SplitError:
            yield [migration.sql]
            continue
        yield from (list(tokens(each.text)) for each in statements if changes_data(each))
