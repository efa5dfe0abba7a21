"""Each tool's files run as the tool runs them: what Postgres then takes and refuses.

Read by the layout, run in a sandbox: a table `a` is there, and the second
migration either goes through or fails with the SQLSTATE that the tool's users see.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import Sandboxes, SandboxSettings
from schemata.layouts import FolderTree, read_project

pytestmark = pytest.mark.timeout(300)

TABLE = "CREATE TABLE a (id int);\nCREATE TYPE e AS ENUM ('x');\n"
INDEX = "CREATE INDEX CONCURRENTLY a_id ON a (id);\n"
OTHER = "ALTER TABLE a ADD COLUMN b int;\n"
IN_BLOCK, NEW_VALUE, NO_BLOCK = "25001", "55P04", "25P01"


def prisma(second: str) -> dict[str, str]:
    return {
        "migrations/migration_lock.toml": 'provider = "postgresql"',
        "migrations/1_a/migration.sql": TABLE,
        "migrations/2_b/migration.sql": second,
    }


def drizzle(second: str) -> dict[str, str]:
    journal = '{"entries": [{"tag": "0000_a", "when": 1}, {"tag": "0001_b", "when": 2}]}'
    return {"d/meta/_journal.json": journal, "d/0000_a.sql": TABLE, "d/0001_b.sql": second}


def flyway(second: str) -> dict[str, str]:
    return {"sql/V1__a.sql": TABLE, "sql/V2__b.sql": second}


def dbmate(second: str, rule: str = "") -> dict[str, str]:
    down = "-- migrate:down\n"
    return {
        "m/1_a.sql": f"-- migrate:up\n{TABLE}{down}",
        "m/2_b.sql": f"-- migrate:up {rule}\n{second}\n{down}DROP TABLE nowhere;\n",
    }


def golang(second: str, settings: str = "") -> dict[str, str]:
    return {"m/1_a.up.sql": TABLE, "m/2_b.up.sql": second, "m/2_b.down.sql": "broken", "braid.toml": settings}


def goose(second: str, rule: str = "") -> dict[str, str]:
    return {
        "m/1_a.sql": f"-- +goose Up\n{TABLE}",
        "m/2_b.sql": f"{rule}\n-- +goose Up\n{second}-- +goose Down\nbroken;\n",
    }


def diesel(second: str, rule: str = "true") -> dict[str, str]:
    return {
        "m/1_a/up.sql": TABLE,
        "m/2_b/up.sql": second,
        "m/2_b/metadata.toml": f"run_in_transaction = {rule}\n",
    }


def supabase(second: str) -> dict[str, str]:
    return {"supabase/migrations/1_a.sql": TABLE, "supabase/migrations/2_b.sql": second}


VALUE = "ALTER TYPE e ADD VALUE 'y';\n"
USE = "ALTER TABLE a ADD COLUMN c e DEFAULT 'y';\n"
LOCK = "LOCK TABLE a;\n"
BLOCK = "BEGIN;\nLOCK TABLE a;\nALTER TABLE a ADD COLUMN b int;\nCOMMIT;\n"
FUNCTION = "CREATE FUNCTION f() RETURNS int AS $$\nBEGIN\n  RETURN 1;\nEND;\n$$ LANGUAGE plpgsql;\n"
BLOCKED_FUNCTION = f"-- +goose StatementBegin\n{FUNCTION}-- +goose StatementEnd\n"
MULTI = "[schema]\nmulti_statement = true\n"

CASES = {
    "prisma: index alone": (prisma(INDEX), None),
    "prisma: index with others": (prisma(INDEX + OTHER), IN_BLOCK),
    "prisma: new value used": (prisma(VALUE + USE), NEW_VALUE),
    "prisma: lock with others": (prisma(LOCK + OTHER), None),
    "prisma: lock alone": (prisma(LOCK), NO_BLOCK),
    "prisma: own transaction": (prisma(BLOCK), None),
    "prisma: only a comment": (prisma("-- nothing\n"), None),
    "prisma: byte order mark": (prisma("\ufeffSELECT 1;"), "42601"),
    "prisma: last comment": (prisma("SELECT 1 -- the end"), None),
    "prisma: an open string": (prisma("SELECT 1;\nSELECT 'x"), "42601"),
    "drizzle: index": (drizzle(INDEX), IN_BLOCK),
    "drizzle: lock alone": (drizzle(LOCK), None),
    "drizzle: pieces without semicolons": (drizzle("SELECT 1--> statement-breakpoint\nSELECT 2 -- x"), None),
    "drizzle: empty piece": (drizzle("SELECT 1;\n--> statement-breakpoint\n-- x\n"), None),
    "flyway: index alone": (flyway(INDEX), None),
    "flyway: index with others": (flyway(OTHER + INDEX), None),
    "flyway: lock alone": (flyway(LOCK), None),
    "flyway: byte order mark": (flyway("\ufeffSELECT 1;"), None),
    "dbmate: index": (dbmate(INDEX), IN_BLOCK),
    "dbmate: index alone, without a transaction": (dbmate(INDEX, "transaction:false"), None),
    "dbmate: index with others, without a transaction": (
        dbmate(INDEX + OTHER, "transaction:false"),
        IN_BLOCK,
    ),
    "golang-migrate: index alone": (golang(INDEX), None),
    "golang-migrate: index with others": (golang(OTHER + INDEX), IN_BLOCK),
    "golang-migrate: index with others, cut": (golang(OTHER + INDEX, MULTI), None),
    "golang-migrate: function, cut": (golang(FUNCTION, MULTI), "42601"),
    "goose: index": (goose(INDEX), IN_BLOCK),
    "goose: index with others, without a transaction": (
        goose(OTHER + INDEX, "-- +goose NO TRANSACTION"),
        None,
    ),
    "goose: function cut at its lines": (goose(FUNCTION), "42601"),
    "goose: function in a block": (goose(BLOCKED_FUNCTION), None),
    "diesel: index": (diesel(INDEX), IN_BLOCK),
    "diesel: index alone, without a transaction": (diesel(INDEX, "false"), None),
    "diesel: index with others, without a transaction": (diesel(INDEX + OTHER, "false"), IN_BLOCK),
    "supabase: index first": (supabase(INDEX + OTHER), None),
    "supabase: index last": (supabase(OTHER + INDEX), IN_BLOCK),
    "supabase: new value used": (supabase(VALUE + USE), NEW_VALUE),
}


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[Sandboxes]:
    with Sandboxes(SandboxSettings(warm=0, parked_mb=0)) as made:
        yield made


@pytest.mark.parametrize(("files", "sqlstate"), CASES.values(), ids=CASES)
def test_as_the_tool_would(
    files: dict[str, str], sqlstate: str | None, tmp_path: Path, sandboxes: Sandboxes
) -> None:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, newline="")
    history = read_project(FolderTree(tmp_path))
    assert history.is_runnable
    replay = sandboxes.replay(history, owner="tools", deadline_s=60)
    failure = replay.failure
    assert (failure.sqlstate if failure else None) == sqlstate, failure
    assert failure is None or failure.migration == history.migrations[1].name
