"""On large schemas merges are rehearsed: they say what merges in databases of their own say, and leave nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import Sandboxes, SandboxSettings
from sandbox.conversation import Conversation, QueryFailed
from sandbox.errors import DeadlineExceeded
from sandbox.merging import MergeResult, Verdict, merge_histories
from sandbox.merging import lab as laboratory
from sandbox.rehearsal import Rehearsal, Unrehearsed
from sandbox.replaying import Replaying
from schemata.history import History, migration_of
from tests.sandbox.conftest import HistoryOf
from tests.sandbox.merging.rehearsed import (
    Counted,
    Sides,
    disagreements,
    drawn,
    drawn_late,
    of_cases,
    telling,
)

SCHEMA = "create table users (id int primary key); create table orders (id serial primary key);"
SAMPLE = 17


@pytest.fixture(scope="module")
def as_if_large(sandbox_folder: Path) -> Iterator[Sandboxes]:
    """Here every schema is large enough to be rehearsed on."""
    settings = SandboxSettings(folder=sandbox_folder, disk_mb=256, parked_mb=0, warm=0, check_readings=True)
    with Sandboxes(settings) as opened:
        yield opened


@pytest.fixture
def owner() -> str:
    """One project for all tests: a server of its own takes longer than most of them."""
    return "as if large"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> type[Counted]:
    monkeypatch.setattr(laboratory, "Rehearsal", Counted)
    monkeypatch.setattr(Counted, "readings", 0)
    return Counted


def _merge(sandboxes: Sandboxes, owner: str, base: History, ours: str, theirs: str) -> MergeResult:
    sides = [
        replace(base, migrations=(*base.migrations, migration_of(name, text)))
        for name, text in (("2_ours.sql", ours), ("3_theirs.sql", theirs))
    ]
    return merge_histories(sandboxes, base, *sides, owner=owner, deadline_s=60)


def test_what_is_rehearsed_comes_out_as_what_is_run(as_if_large: Sandboxes, counted: type[Counted]) -> None:
    """`python -m tests.sandbox.merging.rehearsed` holds many more to it."""
    told: Counter[str] = Counter()
    meetings = [*list(of_cases())[::SAMPLE], *map(drawn, (3, 8)), *map(drawn_late, (1, 2))]
    assert list(disagreements(as_if_large, meetings, told)) == []
    assert told["rehearsed"] > len(meetings) / 3


@pytest.mark.parametrize(
    ("name", "sides"), tuple(telling()), ids=lambda it: it if isinstance(it, str) else ""
)
def test_what_does_otherwise_in_one_transaction_is_noticed(
    as_if_large: Sandboxes, name: str, sides: Sides
) -> None:
    assert list(disagreements(as_if_large, [(name, sides)], Counter())) == []


@pytest.mark.parametrize(
    "text",
    [
        "insert into users values (1);",
        "do $$ begin create table t (a int); end $$;",
        "begin; alter table users add c int; commit;",
        "create temporary table users (a int);",
        "create table pg_temp.users (a int);",
        "set search_path = nowhere, public;",
        "select setval('orders_id_seq', 7);",
        "create index concurrently by_id on users (id);",
        "create materialized view seen as select * from users;",
        "create extension if not exists plpgsql;",
        "alter table schema_migrations add c int;",
    ],
)
def test_what_a_longer_transaction_would_change_is_run(
    as_if_large: Sandboxes, owner: str, counted: type[Counted], text: str
) -> None:
    base = replace(History("golang-migrate", "", ()), migrations=(migration_of("1", SCHEMA),))
    _merge(as_if_large, owner, base, text, text)
    assert counted.readings == 0


def test_changes_of_schemas_are_rehearsed(
    as_if_large: Sandboxes, owner: str, history_of: HistoryOf, counted: type[Counted]
) -> None:
    texts = "alter table users add a int;", "create table lines (id int); alter table orders add b int;"
    assert _merge(as_if_large, owner, history_of(SCHEMA), *texts).verdict is Verdict.CLEAN
    assert counted.readings == 4


def test_a_value_that_can_not_be_used_yet_is_run_after_all(
    as_if_large: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    """Postgres lets nobody use a new value of an enum before the transaction that added it has ended."""
    base = history_of("create type mood as enum ('sad'); create table users (feels mood);")
    ours, theirs = "alter type mood add value 'glad';", "alter table users alter feels set default 'glad';"
    assert _merge(as_if_large, owner, base, ours, "alter table users add b int;").verdict is Verdict.CLEAN
    told = _merge(as_if_large, owner, base, ours, theirs)
    assert told.verdict is Verdict.BROKEN


def _rehearsal(replaying: Replaying, base: History) -> Rehearsal:
    reached = replaying.reach(base, len(base.migrations), None, "base")
    template = replaying.settle(reached, base, len(base.migrations))
    assert template is not None
    before = replaying.server.reading_of(template.oid)
    assert before is not None
    found = Rehearsal(replaying.server, template, before.reading, base, replaying.watch())
    found.open()
    return found


def test_the_copy_serves_again_and_holds_nothing_of_what_was_tried(
    as_if_large: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    base = history_of(SCHEMA)

    def work(replaying: Replaying) -> None:
        for _ in range(2):
            rehearsal = _rehearsal(replaying, base)
            assert rehearsal.read().catalog == rehearsal.before.catalog
            rehearsal.go_to((migration_of("2", "alter table users add a int;"),))
            assert len(rehearsal.read().catalog.objects) == len(rehearsal.before.catalog.objects) + 1
            rehearsal.close()
            copies.append(dict(replaying.databases.copies))
        assert copies[0] == copies[1] != {}

    copies: list[dict[str, str]] = []
    as_if_large.perform(owner, None, 60, None, work)


@pytest.mark.parametrize(
    ("text", "catalogs"),
    [
        ("alter table users add a int;", {"pg_attribute", "pg_class"}),
        ("comment on table users is 'people';", {"pg_description"}),
        ("savepoint a; comment on table users is 'people'; rollback to a;", {"pg_description"}),
        ("select 1;", set()),
    ],
)
def test_postgres_counts_which_catalogs_were_written_to(
    as_if_large: Sandboxes, owner: str, history_of: HistoryOf, text: str, catalogs: set[str]
) -> None:

    def work(replaying: Replaying) -> None:
        rehearsal = _rehearsal(replaying, history_of(SCHEMA))
        rehearsal.go_to((migration_of("2", text),))
        assert rehearsal.written == catalogs
        rehearsal.close()

    as_if_large.perform(owner, None, 60, None, work)


@pytest.mark.parametrize("text", ["alter table nobody add a int;", "commit;", "commit; begin;"])
def test_after_a_failure_the_copy_goes(
    as_if_large: Sandboxes, owner: str, history_of: HistoryOf, text: str
) -> None:
    base = history_of(SCHEMA)

    def work(replaying: Replaying) -> None:
        _rehearsal(replaying, base).close()
        with_copy = _databases(replaying)
        rehearsal = _rehearsal(replaying, base)
        with pytest.raises((QueryFailed, Unrehearsed)):
            rehearsal.go_to((migration_of("2", text),))
        rehearsal.close(failed=True)
        assert replaying.databases.copies == {}
        assert len(with_copy - _databases(replaying)) == 1

    as_if_large.perform(owner, None, 60, None, work)
    assert as_if_large.replay(base, owner=owner, deadline_s=60).failure is None


def test_a_copy_that_was_not_to_be_had_leaves_nothing_to_close(
    as_if_large: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    base = history_of(SCHEMA)

    def work(replaying: Replaying) -> None:
        found = _rehearsal(replaying, base)
        found.close()
        Rehearsal(found.host, found.template, found.before, base, found.watch).close(failed=True)

    as_if_large.perform(owner, None, 60, None, work)


def test_a_session_that_was_ended_leaves_no_copy(
    as_if_large: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    def work(replaying: Replaying) -> None:
        rehearsal = _rehearsal(replaying, history_of(SCHEMA))
        replaying.server.end_sessions()
        rehearsal.close()
        assert replaying.databases.copies == {}

    as_if_large.perform(owner, None, 60, None, work)
    assert as_if_large.perform(owner, None, 60, None, lambda it: it.server.answers())


def _databases(replaying: Replaying) -> set[str]:
    return {name for (name,) in replaying.databases.admin.execute("select datname from pg_database")}


def _conversing(replaying: Replaying) -> Conversation:
    found = Conversation(replaying.server, replaying.watch())
    databases = replaying.databases
    found.open(databases.clone(databases.names.empty), "", ())
    return found


def test_a_conversation_brings_values_as_they_are(as_if_large: Sandboxes, owner: str) -> None:
    values = """null, 7::oid, true, E'a\\u2028\\u00e9\\\\\"', array['x', null], 'c'::"char\""""
    query = f"select {values} from generate_series(1, 3)"

    def work(replaying: Replaying) -> None:
        conversation = _conversing(replaying)
        first, second = conversation.say(query), conversation.say("select 1 where false")
        plain = replaying.databases.admin.execute(query.encode()).fetchall()
        assert first.fetchall() == plain
        assert second.fetchone() is None
        conversation.close()

    as_if_large.perform(owner, None, 60, None, work)


@pytest.mark.parametrize(
    "query",
    [
        "select nobody",
        "select repeat('x', 70000000)",
        "select pg_terminate_backend(pg_backend_pid())",
        "select repeat('x', 60000000) from generate_series(1, 9)",
        "do $$ begin raise exception '%', repeat('x', 1000000); end $$",
    ],
)
def test_a_conversation_that_goes_wrong_ends_with_a_word(
    as_if_large: Sandboxes, owner: str, query: str
) -> None:
    def work(replaying: Replaying) -> None:
        conversation = _conversing(replaying)
        conversation.say(query)
        after = conversation.say("select 1")
        with pytest.raises(QueryFailed):
            after.fetchall()
        replaying.server.stop_runner()

    as_if_large.perform(owner, None, 60, None, work)
    assert as_if_large.perform(owner, None, 60, None, lambda it: it.server.answers())


def test_a_deadline_within_a_conversation_says_where_it_was(as_if_large: Sandboxes, owner: str) -> None:
    def work(replaying: Replaying) -> None:
        _conversing(replaying).say("select pg_sleep(30)").fetchall()

    with pytest.raises(DeadlineExceeded, match="in a rehearsal of both sides: still running"):
        as_if_large.perform(owner, None, 1, None, work)
    assert as_if_large.perform(owner, None, 60, None, lambda it: it.server.answers())
