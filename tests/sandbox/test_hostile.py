"""Scripts that try to break out, to see others, or to bring the service down: none may.

Each file in hostile/ says in its first line what becomes of it: `passes`,
`fails SQLSTATE`, `fails missing` (an extension), `stopped WHY` (deadline or a
limit), or several of these. Whatever it does, a victim's jobs go on beside it, and
the attacker's own next job runs.
"""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import scalar_row

from sandbox import (
    DeadlineExceeded,
    ExtensionMissing,
    LimitExceeded,
    Replay,
    Sandboxes,
    SandboxSettings,
    supabase,
)
from sandbox.binaries import find
from sandbox.cluster import Cluster
from sandbox.host import Host
from schemata.history import History, Transaction, migration_of

SCRIPTS = sorted((Path(__file__).parent / "hostile").glob("*.sql"))
ESCAPED = Path("/tmp/braid-escaped")
VICTIM = (
    "create table accounts (id int primary key, owner text not null); insert into accounts values (1, 'victim');",
    "alter table accounts add column balance numeric default 0; create index on accounts (owner);",
)
DEADLINE_S = 4.0
DYING_S = 10.0
# To try another than the default: BRAID_TEST_POSTGRES=18.
POSTGRES = int(os.environ.get("BRAID_TEST_POSTGRES", "0")) or None
LIMITS = {"disk_mb": 160, "memory_mb": 512, "temp_mb": 16, "runner_memory_mb": 320, "catalog_mb": 32}


def history_of(*texts: str) -> History:
    return History("prisma", "", tuple(migration_of(f"{n}.sql", text) for n, text in enumerate(texts)))


@pytest.fixture(scope="module")
def sandboxes(postgres: Cluster) -> Iterator[Sandboxes]:
    settings = SandboxSettings(
        folder=postgres.data.parent / "hostile", servers=3, parked_mb=0, grace_s=0.5, **LIMITS
    )
    with Sandboxes(settings) as opened:
        yield opened


class Victim(threading.Thread):
    """Another project's jobs, one after another, for as long as the attack lasts."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        super().__init__(daemon=True)
        self.sandboxes = sandboxes
        self.stop = threading.Event()
        self.replays: list[Replay] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                column = f"alter table accounts add column extra_{len(self.replays) % 3} int;"
                history = history_of(*VICTIM, column)
                self.replays.append(self.sandboxes.replay(history, owner="victim", deadline_s=60))
                self.stop.wait(0.1)
        except BaseException as error:  # noqa: BLE001 (told by the test)
            self.error = error

    def end(self) -> None:
        self.stop.set()
        self.join()


@pytest.fixture(scope="module")
def victim(sandboxes: Sandboxes) -> Iterator[Victim]:
    thread = Victim(sandboxes)
    thread.start()
    yield thread
    thread.end()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_hostile_script(script: Path, sandboxes: Sandboxes, victim: Victim) -> None:
    expected, text = script.read_text().split("\n", 1)
    seen = len(victim.replays)
    outcome = attack(sandboxes, text)
    assert is_expected(outcome, expected.removeprefix("-- expect: ")), outcome
    assert not ESCAPED.exists()
    nothing_was_gained(sandboxes)
    next_job_runs(sandboxes)
    victim_goes_on(victim, seen)


def attack(sandboxes: Sandboxes, text: str) -> str:
    """What became of a script, in the words of its first line."""
    try:
        replay = sandboxes.replay(attack_of(text), owner="attacker", postgres=POSTGRES, deadline_s=DEADLINE_S)
    except DeadlineExceeded:
        return "stopped deadline"
    except LimitExceeded as error:
        return f"stopped {error.limit}"
    except ExtensionMissing:
        return "fails missing"
    if replay.failure is None:
        return "passes"
    assert len(repr(replay.failure)) < 40_000
    return f"fails {replay.failure.sqlstate}"


def attack_of(text: str) -> History:
    rule = Transaction.NONE if text.startswith("-- transaction: none") else Transaction.MESSAGE
    return History("prisma", "", (migration_of("attack.sql", text, transaction=rule),))


def is_expected(outcome: str, expected: str) -> bool:
    words = [alternative.strip().split(" ") for alternative in expected.split("||")]
    return any(
        outcome == " ".join([verb, detail])
        for verb, *details in words
        for detail in (details[0].split("|") if details else [""])
    ) or (outcome == "passes" and ["passes"] in words)


def nothing_was_gained(sandboxes: Sandboxes) -> None:
    """On each server that still runs: no new superuser, no new role, no new database owner."""
    hidden = [supabase.HIDDEN + role for role in supabase.ROLES]
    for server in sandboxes._servers:
        powers = powers_on(server)
        if powers is not None:
            roles, superusers, owners = powers
            assert roles == sorted(["braid", "braid_reader", "postgres", *hidden])
            assert superusers == ["braid"]
            assert owners == ["braid"]


def powers_on(server: Host) -> tuple[list[str], list[str], list[str]] | None:
    """Roles, superusers and owners of databases; None where the server is gone.

    A full disk may end it while its databases are cleared away: then it takes no
    connections, though it has not quite gone.
    """
    deadline = time.monotonic() + DYING_S
    while server.is_alive:
        try:
            return read_powers(server)
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    return None


def read_powers(server: Host) -> tuple[list[str], list[str], list[str]]:
    url = server.conninfo("postgres", "braid")
    with psycopg.connect(url, options="-c search_path=pg_catalog", row_factory=scalar_row) as admin:
        return (
            sorted(admin.execute("select rolname from pg_roles where rolname !~ '^pg_'").fetchall()),
            admin.execute("select rolname from pg_roles where rolsuper").fetchall(),
            admin.execute(
                "select distinct rolname from pg_database join pg_roles on pg_roles.oid = datdba"
            ).fetchall(),
        )


def next_job_runs(sandboxes: Sandboxes) -> None:
    replay = sandboxes.replay(
        history_of("create table fine (id int primary key);", "alter table fine add column a text;"),
        owner="attacker",
        postgres=POSTGRES,
        deadline_s=60,
    )
    assert replay.failure is None
    assert len(replay.runs) == 2


def victim_goes_on(victim: Victim, seen: int) -> None:
    assert victim.error is None, victim.error
    for _ in range(600):
        if len(victim.replays) > seen:
            break
        victim.stop.wait(0.05)
    assert len(victim.replays) > seen, "the victim's jobs stand still"
    assert all(replay.failure is None for replay in victim.replays)
    del victim.replays[:-2]


def test_every_server_is_private(sandboxes: Sandboxes, victim: Victim) -> None:
    assert victim.is_alive()
    attack(sandboxes, "select 1;")
    owners = [server.owner for server in sandboxes._servers]
    assert len(owners) == len(set(owners))
    assert find().version
