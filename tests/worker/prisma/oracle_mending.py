"""The commands for teammates, run in a shell as the merge commit tells them, with the prisma command itself.

A teammate's clone and database ran the branch by `prisma migrate deploy`. The branch lands; they pull, run
what the commit says, and then Prisma finds nothing to apply, nothing that was edited, and no drift.
"""

import os
import pty
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from apps.repositories.landing import move_branch
from schemata.introspect import read_catalog
from schemata.merge.proof import schema_hash
from tests.worker.landings import advance, branch
from worker.candidates import Refused
from worker.landing import prove

FOLDER = Path(__file__).parent
LEAD = "A database that ran the branch's own migrations is mended by\n"
INIT = (
    "create table users (id bigint not null, email text not null, constraint users_pkey primary key (id));\n"
)
SCHEMA = """datasource db {{
  provider = "postgresql"
  url      = env("DATABASE_URL")
}}

model users {{
  id    BigInt @id
{}
}}
"""
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(autouse=True)
def _rows(transactional_db, memory_queue):
    pass


def schema(*lines: str) -> dict[str, str]:
    return {"prisma/schema.prisma": SCHEMA.format("\n".join(f"  {line}" for line in lines))}


def migration(name: str, text: str) -> dict[str, str]:
    return {f"prisma/migrations/{name}/migration.sql": text}


@dataclass
class Teammate:
    """A shell in the clone, where npx finds the command and DATABASE_URL is as Prisma's own template writes it."""

    folder: Path
    environment: dict[str, str]
    address: str

    def run(self, script: str) -> str:
        done = subprocess.run(
            ["sh", "-ec", script], cwd=self.folder, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def develop(self) -> str:
        """`prisma migrate dev`, which wants a terminal; what it says, without colours."""
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            ["npx", "prisma", "migrate", "dev", "--skip-generate"],
            cwd=self.folder,
            env=self.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        ):
            os.close(theirs)
            said = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said.decode())


def _read(terminal: int) -> bytes:
    """Linux answers with an error where nobody holds the other end any more."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


@pytest.fixture
def teammate(workspace, postgres, database_url) -> Teammate:
    (workspace.folder / ".git/info/exclude").write_text("node_modules\nprisma.config.mjs\n")
    (workspace.folder / "node_modules").symlink_to(FOLDER / "node_modules")
    (workspace.folder / "prisma.config.mjs").write_text(
        f"export {{ default }} from '{FOLDER / 'prisma.config.mjs'}'\n"
    )
    present = str(FOLDER / "package.json")
    environment = {
        **os.environ,
        "PATH": f"{postgres.installation.bin}:{os.environ['PATH']}",
        "DATABASE_URL": f"{database_url}&schema=public",
        # The programs that it would download; with an adapter it looks whether they are there and never runs them.
        "PRISMA_SCHEMA_ENGINE_BINARY": present,
        "PRISMA_QUERY_ENGINE_LIBRARY": present,
        "CHECKPOINT_DISABLE": "1",
        "PRISMA_HIDE_UPDATE_MESSAGE": "1",
    }
    return Teammate(workspace.folder, environment, database_url)


@pytest.fixture
def land(workspace, build_on) -> Callable[..., str]:
    """Lands `feature` on main, conflicts settled by `choice`; the clone is on main then. The commit's message."""

    def landed(choice: str = "") -> str:
        choices = {}
        if choice:
            with pytest.raises(Refused) as refused:
                build_on()
            choices = {each: {"choose": choice} for each in refused.value.conflicts}
        candidate, _tree = build_on(choices=choices)
        prove(workspace.project, candidate)
        assert move_branch(workspace.project, "main", candidate.target, candidate.commit)
        workspace.git("switch", "--quiet", "main")
        workspace.git("pull", "--quiet", str(workspace.remote), "main")
        return workspace.git("log", "-1", "--format=%B")

    return landed


def told(message: str) -> str:
    """The lines of the message that people run."""
    block = message.partition(LEAD)[2].partition("\n\n")[0]
    return "\n".join(line[2:] for line in block.splitlines() if line.startswith("  "))


# What the branch ran, what main has meanwhile, whose side people chose, the columns that must come of it,
# and the words by which the commands are known to be of the sort that the case is about.
AGE = ("age bigint", "age smallint")
CASES = {
    "under other names": (
        {
            "20240201000000_b": "alter table users add column b integer;\n",
            "20240202000000_c": "alter table users add column c text;\n",
        },
        {"20240301000000_a": "alter table users add column a integer;\n"},
        "",
        (["email String", "b Int?", "c String?"], ["email String", "a Int?"]),
        ["email String", "a Int?", "b Int?", "c String?"],
        ("--applied 20240301000001_b", "--applied 20240301000002_c", "migrate deploy"),
    ),
    "one name for both": (
        {"20240301000000_more": "alter table users add column b integer;\n"},
        {"20240301000000_more": "alter table users add column a integer;\n"},
        "",
        (["email String", "b Int?"], ["email String", "a Int?"]),
        ["email String", "a Int?", "b Int?"],
        ("migrate deploy",),
    ),
    "main's can't run any more, the branch's type": (
        {"20240201000000_b": "alter table users add column age smallint;\n"},
        {"20240301000000_a": "alter table users add column age bigint;\n"},
        "theirs",
        (["email String", "age Int? @db.SmallInt"], ["email String", "age BigInt?"]),
        ["email String", "age Int? @db.SmallInt"],
        ("--applied 20240301000000_a", "--applied 20240301000001_b"),
    ),
    "main's can't run any more, main's type": (
        {"20240201000000_b": "alter table users add column age smallint;\n"},
        {"20240301000000_a": "alter table users add column age bigint;\n"},
        "ours",
        (["email String", "age Int? @db.SmallInt"], ["email String", "age BigInt?"]),
        ["email String", "age BigInt?"],
        ("ALTER TABLE", "--applied 20240301000000_a"),
    ),
    "main's runs, then what was chosen": (
        {"20240201000000_b": "alter table users alter email set default 'b';\n"},
        {
            "20240301000000_a": "alter table users alter email set default 'a';\n"
            "update users set email = lower(email);\n"
        },
        "theirs",
        (['email String @default("b")'], ['email String @default("a")']),
        ['email String @default("b")'],
        ("migrate deploy", "SET DEFAULT 'b'"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_prisma_has_nothing_left_to_do(case, workspace, teammate, land, postgres):
    mine, mains, choice, (my_schema, main_schema), merged, words = CASES[case]
    lock = {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'}
    advance(workspace, lock | migration("20240101000000_init", INIT) | schema("email String"))
    files = {path: text for each in mine.items() for path, text in migration(*each).items()}
    branch(workspace, "feature", files | schema(*my_schema))
    teammate.run("npx prisma migrate deploy")
    with psycopg.connect(teammate.address, autocommit=True) as database:
        database.execute("insert into users (id, email) values (1, 'O@example.com')")
    files = {path: text for each in mains.items() for path, text in migration(*each).items()}
    advance(workspace, files | schema(*main_schema))

    script = told(land(choice))
    assert [word for word in words if word not in script] == []
    teammate.run(script)

    assert "Database schema is up to date" in teammate.run("npx prisma migrate status")
    assert "No pending migrations" in teammate.run("npx prisma migrate deploy")
    assert (workspace.folder / "prisma/schema.prisma").read_text().split() == SCHEMA.format(
        "\n".join(merged)
    ).split()
    assert "Already in sync, no schema change or pending migration" in teammate.develop()
    with psycopg.connect(teammate.address, autocommit=True) as database:
        assert database.execute("select id, lower(email) from users").fetchall() == [(1, "o@example.com")]
        mended = schema_hash(read_catalog(database))
    assert mended == fresh(teammate, postgres)


def fresh(teammate: Teammate, postgres) -> str:
    """What the landed history gives on an empty database, by Prisma too."""
    with psycopg.connect(postgres.url(), autocommit=True) as admin:
        admin.execute("create database fresh template template0")
    try:
        address = postgres.url("fresh")
        clone = Teammate(teammate.folder, teammate.environment | {"DATABASE_URL": address}, address)
        clone.run("npx prisma migrate deploy")
        with psycopg.connect(address) as database:
            return schema_hash(read_catalog(database))
    finally:
        with psycopg.connect(postgres.url(), autocommit=True) as admin:
            admin.execute("drop database fresh with (force)")


def test_without_the_commands_prisma_runs_the_branch_again_and_fails(workspace, teammate, land):
    """That the oracle can tell: what the commands spare people."""
    lock = {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'}
    advance(workspace, lock | migration("20240101000000_init", INIT) | schema("email String"))
    mine = migration("20240201000000_b", "alter table users add column b integer;\n")
    branch(workspace, "feature", mine | schema("email String", "b Int?"))
    teammate.run("npx prisma migrate deploy")
    other = migration("20240301000000_a", "alter table users add column a integer;\n")
    advance(workspace, other | schema("email String", "a Int?"))
    land()
    with pytest.raises(AssertionError, match='column "b" of relation "users" already exists'):
        teammate.run("npx prisma migrate deploy")
