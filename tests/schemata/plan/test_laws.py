"""plan(before, after) applied to before gives after, on every case of the catalog, both ways, by identity and by name.

The cases are those of `tests/schemata/catalog/cases` and, for what once went wrong, of `tests/cases/plan`:
`before.sql`, then `after.sql`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from schemata.catalog import Catalog, Publication, PublishedTable, Statistics
from schemata.changes import Action, Change
from schemata.diff import diff
from schemata.introspect import read_catalog
from schemata.plan import Plan, plan
from tests.schemata.catalog.conftest import (  # noqa: F401
    INSTALLATIONS,
    fresh,
    scratch,
    server,
    shared_database,
)
from tests.schemata.catalog.test_cases import PAIRS

# Not planned yet, or not all of it.
# What no SQL brings about, or only a superuser's: there, and back.
UNSUPPORTED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "column-below-stays": ((), ("alter column public.cats.name: local",)),
    "enum-held-by-other-types": ((), ("alter attribute public.pair.z: type", "alter domain public.d: type")),
    "foreign_data": (("create foreign data wrapper fdw", 'create user mapping "owner on far"'), ()),
    "foreign_key_triggers_off": (("alter constraint public.b.b_a_fkey: triggers",), ()),
    "inheritance": (
        (),
        (
            "alter column public.cats.name: local",
            "alter constraint public.cats.animals_name_check: local",
            "alter column public.cats.id: local",
        ),
    ),
    "operators": (
        (
            'create operator family public."odd USING btree"',
            'create operator class public."odd USING btree"',
            'create operator family public."fam USING btree"',
        ),
        (),
    ),
    "types_in_c": (("create base type public.old_shell",), ("create base type public.shell",)),
}
NEWEST = max(INSTALLATIONS)
BUGS = sorted(path.parent for path in (Path(__file__).parents[2] / "cases" / "plan").glob("*/before.sql"))
ALL = [*PAIRS, *(pytest.param(NEWEST, case, id=f"{NEWEST}-{case.name}") for case in BUGS)]
BOTH = pytest.mark.parametrize("same_origin", [True, False], ids=["by_identity", "by_name"])


@contextmanager
def undone(connection: psycopg.Connection) -> Iterator[None]:
    """What happens inside is rolled back at the end."""
    with connection.transaction(force_rollback=True):
        yield


def apply(connection: psycopg.Connection, found: Plan) -> Catalog:
    for statement in found.statements:
        try:
            connection.execute(statement.sql.encode())
        except psycopg.Error as error:
            raise AssertionError(f"{error}\n--- of\n{found.sql}") from error
    return read_catalog(connection)


def differences(reached: Catalog, wanted: Catalog) -> list[str]:
    changes = diff(reached, wanted, same_origin=False)
    return [change.summary for change in changes if not change.soft and not is_order(change)]


def is_order(change: Change) -> bool:
    """Columns that statistics and publications list in the table's own order, which is not planned."""
    if change.action is not Action.ALTER or not isinstance(change.after, Statistics | Publication):
        return False
    return all(_without_order(each.before) == _without_order(each.after) for each in change.attributes)


def _without_order(value: object) -> object:
    if isinstance(value, PublishedTable):
        return value.table, frozenset(value.columns), value.filter
    return frozenset(map(_without_order, value)) if isinstance(value, tuple) else value


@BOTH
@pytest.mark.parametrize(("server", "case"), ALL, indirect=["server"])
def test_there_and_back(case: Path, same_origin: bool, scratch: psycopg.Connection) -> None:  # noqa: F811
    scratch.execute((case / "before.sql").read_text())
    before = read_catalog(scratch)
    with undone(scratch):
        scratch.execute((case / "after.sql").read_text())
        after = read_catalog(scratch)
        there, back = (
            plan(before, after, same_origin=same_origin),
            plan(after, before, same_origin=same_origin),
        )
        assert plan(after, after, same_origin=same_origin).is_empty
        with undone(scratch):
            if not back.unsupported:
                assert differences(apply(scratch, back), before) == [], back.sql
    if not there.unsupported:
        assert differences(apply(scratch, there), after) == [], there.sql
    assert (there.unsupported, back.unsupported) == UNSUPPORTED.get(case.name, ((), ()))
