"""`braid diff` and `braid plan`: folders, commits and live databases, and SQL that was run before it is shown."""

import psycopg
import pytest

from sandbox.cluster import Cluster
from tests.command.conftest import Braid, Folder

RENAME = 'ALTER TABLE "Guest" RENAME COLUMN "email" TO "mail"; ALTER TABLE "Guest" ADD COLUMN "age" int;'

LESS = """\
DROP VIEW v;
ALTER TYPE e RENAME TO old;
CREATE TYPE e AS ENUM ('a');
ALTER TABLE t ALTER COLUMN x TYPE e USING x::text::e;
ALTER TABLE u ALTER COLUMN x TYPE e USING x::text::e;
DROP TYPE old;
CREATE VIEW v AS TABLE t;
"""
LESS_AND_MORE = LESS + "DROP VIEW v; DROP TABLE t; CREATE TABLE t (x e); ALTER TABLE u RENAME COLUMN x TO y;"


@pytest.fixture
def renamed(repository: Folder) -> Folder:
    """Branch `work` renames a column and adds one."""
    repository.write("2_rename", RENAME)
    repository.commit()
    return repository


def test_a_rename_between_commits_is_one(braid: Braid, renamed: Folder) -> None:
    said = braid("diff", f"{renamed.path}:main", "work")
    assert said.code == 0
    assert '> column "Guest".email renamed to mail' in said.out
    assert said.out.endswith("different: 1 added, 1 renamed\n")


def test_what_is_equal(braid: Braid, renamed: Folder) -> None:
    said = braid("diff", renamed.path, "HEAD", "--exit-code")
    assert (said.code, said.out.splitlines()[-1]) == (0, "equal: the two schemas are the same")
    assert braid("diff", renamed.path, "main", "--exit-code").code == 1


def test_the_document(braid: Braid, renamed: Folder) -> None:
    document = braid("diff", f"{renamed.path}:main", "work", "--json").document
    assert (document["equal"], document["matched_by"], document["notes"]) == (False, "identity", [])
    assert [(each["action"], each["name"]) for each in document["changes"]] == [
        ("rename", 'public."Guest".mail'),
        ("add", 'public."Guest".age'),
    ]
    assert document["before"]["commit"] == renamed.git("rev-parse", "main")
    assert document["before"]["catalog"] != document["after"]["catalog"]


def test_sql_is_proved_and_does_what_it_says(
    braid: Braid, renamed: Folder, database: psycopg.Connection, database_url: str
) -> None:
    database.execute((renamed.path / "prisma/migrations/1_init/migration.sql").read_bytes())
    script = braid("diff", f"{renamed.path}:main", "work", "--sql").out
    assert "-- Proved: on a throw-away copy of the first it gives the second." in script
    database.execute(script.encode())
    assert braid("diff", renamed.path, database_url, "--json").document["equal"]


def test_the_way_back_keeps_the_column_and_says_what_is_lost(braid: Braid, renamed: Folder) -> None:
    script = braid("plan", f"{renamed.path}:main", "work", "--down").out
    assert "RENAME COLUMN mail TO email" in script
    assert "-- DATA LOSS" in script


def test_the_plan_as_a_document(braid: Braid, renamed: Folder) -> None:
    said = braid("plan", f"{renamed.path}:main", "work", "--json")
    assert (said.code, said.document["proof"]["reached"], said.document["unsupported"]) == (0, True, [])
    assert len(said.document["statements"]) == 2
    assert said.document["from"] == said.document["before"]["catalog"]
    assert said.document["to"] == said.document["after"]["catalog"]


def test_rows_of_the_migrations_that_do_not_fit_are_told(braid: Braid, repository: Folder) -> None:
    repository.write("1_init", 'CREATE TABLE "Guest" ("id" int); INSERT INTO "Guest" VALUES (1);')
    repository.commit()
    repository.write("2_add", 'DELETE FROM "Guest"; ALTER TABLE "Guest" ADD COLUMN "age" int NOT NULL;')
    said = braid("plan", f"{repository.path}:HEAD", repository.path)
    assert said.code == 0
    assert "-- Proved: " in said.out
    assert "-- MAY FAIL: it does on the rows that the first's own migrations insert: column" in said.out


@pytest.mark.parametrize("less", [LESS, LESS_AND_MORE], ids=["column kept", "table anew and column renamed"])
def test_an_enum_that_a_view_shows_is_made_anew(braid: Braid, repository: Folder, less: str) -> None:
    repository.write(
        "1_init",
        "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (x e); CREATE TABLE u (x e); CREATE VIEW v AS TABLE t;",
    )
    repository.commit()
    repository.write("2_less", less)
    said = braid("diff", f"{repository.path}:HEAD", repository.path, "--sql")
    assert (said.code, "-- Proved: " in said.out) == (0, True)


def test_columns_that_both_sides_added_are_not_one_renamed(braid: Braid, renamed: Folder) -> None:
    renamed.git("switch", "--quiet", "main")
    renamed.write("2_other", 'ALTER TABLE "Guest" ADD COLUMN "size" int;')
    renamed.commit()
    script = braid("plan", f"{renamed.path}:main", "work").out
    assert "DROP COLUMN size" in script
    assert "Proved" in script


def test_a_live_database_suggests_a_rename_and_assumes_none(
    braid: Braid, folder: Folder, database: psycopg.Connection, database_url: str
) -> None:
    database.execute('CREATE TABLE "Guest" ("id" int NOT NULL, "mail" text)')
    database.execute("CREATE TABLE _prisma_migrations (id text PRIMARY KEY)")
    said = braid("diff", database_url, folder.path)
    assert '- column "Guest".mail dropped' in said.out
    assert '+ column "Guest".email added' in said.out
    assert "if that is a rename, write it yourself" in said.out
    assert "left out of" in said.out
    assert "table public._prisma_migrations dropped" not in said.out


def test_two_live_databases(braid: Braid, database: psycopg.Connection, database_url: str) -> None:
    database.execute("CREATE TABLE a (id int)")
    said = braid("plan", database_url, database_url)
    assert (said.code, "Nothing to do." in said.out) == (0, True)


def test_a_plan_for_a_live_database_is_proved_on_a_copy(
    braid: Braid, folder: Folder, database: psycopg.Connection, database_url: str
) -> None:
    database.execute("CREATE TABLE a (id int)")
    said = braid("plan", database_url, folder.path, "--json")
    assert said.document["proof"]["reached"] is True
    assert database.execute("select count(*) from a").fetchone() == (0,)


def test_a_hostile_name_stays_in_its_comment(
    braid: Braid, folder: Folder, database: psycopg.Connection, database_url: str
) -> None:
    database.execute('CREATE TABLE "a\nDROP TABLE b; --" (id int)')
    script = braid("plan", database_url, folder.path).out
    assert "-- table" in script
    assert not any(line.startswith("DROP TABLE b") for line in script.replace('"a\nDROP', "").splitlines())


@pytest.mark.parametrize("sides", ["ab", "ba"])
def test_a_wrong_password_is_never_printed(
    braid: Braid, folder: Folder, postgres: Cluster, sides: str
) -> None:
    url = "postgres://nobody:s3cr3t-w0rd@127.0.0.1:1/app?connect_timeout=2"
    order = (url, folder.path) if sides == "ab" else (folder.path, url)
    said = braid("diff", *order)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("braid: postgres://127.0.0.1:1/app: ")
    assert "s3cr3t" not in said.err


def test_a_url_that_cannot_be_read(braid: Braid, folder: Folder) -> None:
    said = braid("diff", "postgres://app:50%secret@db/app", folder.path)
    assert said.code == 2
    assert "secret" not in said.err


def test_a_migration_that_fails_names_file_and_line(braid: Braid, folder: Folder) -> None:
    folder.write("2_wrong", "SELECT 1;\nSELECT nothing;")
    said = braid("plan", folder.path, folder.path)
    assert (said.code, said.out) == (2, "")
    assert "prisma/migrations/2_wrong/migration.sql:2: 2_wrong fails: column" in said.err


@pytest.mark.parametrize("after", ["nosuch", "HEAD:prisma", ":"])
def test_a_side_that_does_not_exist(braid: Braid, repository: Folder, after: str) -> None:
    said = braid("diff", repository.path, after)
    assert said.code == 2
    assert said.err.startswith(f"braid: B: {after} ")
