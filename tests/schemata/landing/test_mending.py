"""The commands that bring a database over which ran migrations under their old names."""

import subprocess
from dataclasses import replace

import pytest

from schemata.history import History, migration_of
from schemata.landing.mending import Language, Proved, Renamed, Step, mend

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


def rewritten(was, now):
    return Renamed(migration(was), replace(migration(now), hash="another"))


# What is run already without ever having been on the branch (0003_c), and 0002_b, which landed with another text.
REWRITTEN = {
    "prisma": [
        "npx prisma migrate resolve --applied 0003_c",
        "DELETE FROM _prisma_migrations WHERE migration_name = '0002_b';",
        "npx prisma migrate resolve --applied 0002_b",
    ],
    "golang-migrate": ["UPDATE schema_migrations SET version = 3, dirty = false;"],
    "dbmate": ["INSERT INTO schema_migrations (version) VALUES ('0003');"],
    "goose": ["INSERT INTO goose_db_version (version_id, is_applied) VALUES (3, true);"],
    "diesel": ["INSERT INTO __diesel_schema_migrations (version) VALUES ('0003');"],
    "supabase": ["INSERT INTO supabase_migrations.schema_migrations (version) VALUES ('0003');"],
}


@pytest.mark.parametrize("layout", REWRITTEN)
def test_what_the_sql_has_done_is_noted_as_run(layout):
    moved = [rewritten("0002_b", "0002_b"), Renamed(None, migration("0003_c"))]
    found = mend(History(layout, "", ()), moved, [], Proved(("alter table a;",), first=True))
    assert [step.text for step in found.steps] == ["alter table a;", *REWRITTEN[layout]]
    assert found.is_proved


def test_drizzle_knows_what_it_ran_by_its_text():
    was, now = migration("0002_b"), replace(migration("0003_b"), hash="another")
    found = mend(
        History("drizzle", "", ()),
        [Renamed(was, now, 2, 4), Renamed(None, migration("0004_c"), 0, 5)],
        [],
        Proved((), first=True),
    )
    table = "drizzle.__drizzle_migrations"
    assert [step.text for step in found.steps] == [
        f"INSERT INTO {table} (hash, created_at) VALUES ('{migration('0004_c').hash}', 5);",
        f"UPDATE {table} SET hash = 'another', created_at = 4 WHERE hash = '{was.hash}' AND created_at = 2;",
    ]


def test_flyway_repairs_its_sums_and_can_note_nothing_as_run():
    found = mend(
        History("flyway", "", ()), [rewritten("V2__b", "V2__b")], [], Proved(("alter;",), first=False)
    )
    assert [step.text for step in found.steps] == ["flyway repair", "alter;"]
    anew = mend(History("flyway", "", ()), [Renamed(None, migration("V3__c"))], [], Proved((), first=True))
    assert "no command that notes V3__c as run" in anew.anew


def test_sql_reaches_psql_as_it_is_and_is_quoted_as_people_would():
    texts = [
        "DELETE FROM a WHERE b = 'c';",
        'DROP TABLE "a";',
        "SELECT 'it''s', '$x', \"A\";\n",
        "SELECT '`!\\';",
    ]
    shown = [Step(Language.SQL, text, "psql db").shown() for text in texts]
    assert shown[0] == "psql db -c \"DELETE FROM a WHERE b = 'c';\""
    for text, line in zip(texts, shown, strict=True):
        said = subprocess.run(
            ["sh", "-c", line.replace("psql db -c", "printf %s")], capture_output=True, text=True
        )
        assert said.stdout == text
