"""plan(before, after) applied to before gives after, on every case of the catalog, both ways, by identity and by name.

The cases are those of `tests/schemata/catalog/cases`: `before.sql`, then `after.sql`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from schemata.catalog import Catalog
from schemata.diff import diff
from schemata.introspect import read_catalog
from schemata.plan import Plan, plan
from tests.schemata.catalog.conftest import (  # noqa: F401
    fresh,
    scratch,
    server,
    shared_database,
)
from tests.schemata.catalog.test_cases import PAIRS

# Not planned yet, or not all of it.
NOT_YET = frozenset(
    {
        "aggregates",
        "collations_and_conversions",
        "column_attributes",
        "column_generated_virtual",
        "column_identity",
        "column_renamed",
        "composite_types",
        "constraint_not_null",
        "database_settings",
        "depends_on_extension",
        "enums",
        "extensions",
        "foreign_data",
        "foreign_key_triggers_off",
        "function_arguments_renamed_type",
        "index_invalid",
        "inheritance",
        "operators",
        "partitions",
        "privileges",
        "schema_changes",
        "table_dropped",
        "table_made_anew",
        "table_renamed",
        "text_search",
        "types_in_c",
    }
)
PLANNED = [pair for pair in PAIRS if pair.id and pair.id.partition("-")[2] not in NOT_YET]
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
    return [change.summary for change in diff(reached, wanted, same_origin=False) if not change.soft]


@BOTH
@pytest.mark.parametrize(("server", "case"), PLANNED, indirect=["server"])
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
    assert (there.unsupported, back.unsupported) == ((), ())
