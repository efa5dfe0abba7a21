"""The commands that bring a database over which ran migrations under their old names."""

from dataclasses import replace

import pytest

from schemata.history import History, migration_of
from schemata.landing.mending import Renamed, mend

CASES = {
    "flyway": (
        ("V2__b", "V3.1__b"),
        [
            "UPDATE flyway_schema_history SET version = '3.1', script = 'V3.1__b.sql' WHERE script = 'V2__b.sql';",
            "flyway migrate -outOfOrder=true",
        ],
    ),
    "dbmate": (
        ("20240101000000_b", "20240301000001_b"),
        [
            "UPDATE schema_migrations SET version = '20240301000001' WHERE version = '20240101000000';",
            "dbmate up",
        ],
    ),
    "goose": (
        ("00002_b", "00003_b"),
        ["UPDATE goose_db_version SET version_id = 3 WHERE version_id = 2;", "goose up -allow-missing"],
    ),
    "diesel": (
        ("2024-01-01-000000_b", "2024-01-01-000001_b"),
        [
            "UPDATE __diesel_schema_migrations SET version = '20240101000001' WHERE version = '20240101000000';",
            "diesel migration run",
        ],
    ),
    "supabase": (
        ("20240101000000_b", "20240301000001_b"),
        [
            "UPDATE supabase_migrations.schema_migrations SET version = '20240301000001' "
            "WHERE version = '20240101000000';",
            "supabase migration up --include-all",
        ],
    ),
}


def migration(name):
    return replace(migration_of(f"{name}.sql", "select 1;"), name=name)


def renamed(was, now):
    return Renamed(migration(was), migration(now))


@pytest.mark.parametrize("layout", CASES)
def test_rows_get_the_new_names_and_the_tool_runs_the_rest(layout):
    names, expected = CASES[layout]
    found = mend(History(layout, "", ()), [renamed(*names)], [migration("other")])
    assert [step.text for step in found.steps] == expected


def test_the_last_is_renamed_first_so_that_no_row_gets_the_name_of_another():
    pairs = [renamed("0002_b", "0003_b"), renamed("0003_c", "0004_c")]
    found = mend(History("goose", "", ()), pairs, [])
    assert [step.text.partition("SET ")[2] for step in found.steps] == [
        "version_id = 4 WHERE version_id = 3;",
        "version_id = 3 WHERE version_id = 2;",
    ]


def test_a_tool_that_nobody_knows_is_said_to_be_one():
    found = mend(History("sql", "", ()), [renamed("1", "2")], [])
    assert found.steps == ()
    assert "no command by which sql" in found.anew
