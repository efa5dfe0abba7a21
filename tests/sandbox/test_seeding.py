"""Rows put in and read back on a sandbox, as the team's role."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

from sandbox import Sandboxes, seeding
from sandbox.errors import DeadlineExceeded
from sandbox.jobs import Watch, perform
from sandbox.replaying import Replaying
from schemata.catalog import Address, Catalog, Kind
from schemata.rows import Contents, RowDifference, SeedPlan, compare, seed, volatile
from tests.sandbox.conftest import history_of

Result = TypeVar("Result")
SHOP = """
create table people (id serial primary key, name text not null, joined timestamptz not null default now());
create table orders (id int primary key, who int not null references people, total numeric(8,2));
create table settings (key text primary key, value text, seen uuid default gen_random_uuid());
"""


class Bench:
    """A database with a schema, and what a pipeline would do with it."""

    def __init__(self, replaying: Replaying, schema: str) -> None:
        self.host = replaying.server
        self.databases = replaying.databases
        self.base = self.databases.clone(self.databases.names.empty)
        self.run(self.base, schema)
        self.catalog: Catalog = replaying.read_now(self.base)
        self.plan: SeedPlan = seed(self.catalog)

    def watch(self, seconds: float = 30.0) -> Watch:
        return Watch(time.monotonic() + seconds, seconds, lambda *_: None)

    def run(self, database: str, *texts: str) -> None:
        history = history_of(*texts)
        outcome = perform(self.host, database, history, range(len(texts)), {}, self.watch())
        assert outcome.failure is None, outcome.failure
        self.databases.wait_until_left(database)

    def fill(self, seconds: float = 30.0) -> seeding.Filled:
        filled = seeding.fill(self.host, self.base, self.plan, self.watch(seconds))
        self.databases.wait_until_left(self.base)
        return filled

    def read(self, database: str) -> Contents:
        return seeding.contents(self.host, database, self.catalog, None, self.watch())

    def after(self, *texts: str) -> Contents:
        """Contents of a clone after some migrations."""
        database = self.databases.clone(self.base)
        self.run(database, *texts)
        return self.read(database)


On = Callable[[str, Callable[[Bench], Result]], Result]


@pytest.fixture
def on(sandboxes: Sandboxes, owner: str) -> On:
    """Do something on the project's sandbox, which holds a schema."""
    return lambda schema, work: sandboxes.perform(
        owner, None, 60, None, lambda replaying: work(Bench(replaying, schema))
    )


def table(name: str) -> Address:
    return Address(Kind.TABLE, "public", name)


def test_filled_and_read(on: On) -> None:
    def work(bench: Bench) -> None:
        assert all(each.rows == 0 for at, each in bench.read(bench.base).items() if at.kind is Kind.TABLE)
        assert bench.fill() == seeding.Filled(9, ())
        found = bench.read(bench.base)
        assert {at.name: each.rows for at, each in found.items()} == {
            "people": 3,
            "orders": 3,
            "settings": 3,
            "people_id_seq": 1,
        }
        assert found == bench.read(bench.base)
        assert found[table("orders")].columns.keys() == {"id", "who", "total"}

    on(SHOP, work)


def test_refused_rows_are_said_and_others_go_in(on: On) -> None:
    schema = """
        create function no() returns trigger language plpgsql as
            $$ begin if new.n is not null then raise exception 'not today'; end if; return new; end $$;
        create function never() returns trigger language plpgsql as $$ begin return null; end $$;
        create table picky (id int primary key, n int);
        create trigger no before insert on picky for each row execute function no();
        create table refusing (id int primary key, n int not null);
        create trigger no before insert on refusing for each row execute function no();
        create table silent (id int primary key);
        create trigger never before insert on silent for each row execute function never();
        create table z (id int primary key);
    """

    def work(bench: Bench) -> None:
        filled = bench.fill()
        assert filled.rows == 6
        assert {each.table.name: each.reason for each in filled.skipped} == {
            "refusing": "not today",
            "silent": "no row went in: the same were there, or a trigger or rule kept them out",
        }

    on(schema, work)


def test_order_matters_for_rows(on: On) -> None:
    ours = "update orders set total = 0 where total is null; insert into settings values ('a', 'ours')"
    theirs = "delete from orders where total = 0; update settings set value = 'theirs' where key = 'a'"

    def work(bench: Bench) -> None:
        bench.fill()
        found = compare(bench.after(ours, theirs), bench.after(theirs, ours))
        assert {(each.table.name, each.column) for each in found.differences} == {
            ("orders", None),
            ("settings", "value"),
            ("settings", "seen"),
        }
        noise = bench.after(ours, theirs)
        settled = compare(bench.after(ours, theirs), bench.after(theirs, ours), noise=noise)
        assert {(each.table.name, each.column) for each in settled.differences} == {
            ("orders", None),
            ("settings", "value"),
        }
        assert [(each.table.name, each.column) for each in settled.not_compared] == [("settings", "seen")]

    on(SHOP, work)


def test_what_commutes_is_alike(on: On) -> None:
    ours = "update people set name = upper(name)"
    theirs = "alter table people add note text default 'x'; alter table people drop note; update orders set total = 1"

    def work(bench: Bench) -> None:
        bench.fill()
        assert compare(bench.after(ours, theirs), bench.after(theirs, ours)).differences == ()

    on(SHOP, work)


def test_values_that_change_places(on: On) -> None:
    swap = "update orders o set total = coalesce((select total from orders p where p.id <> o.id limit 1), 7)"

    def work(bench: Bench) -> None:
        bench.run(
            bench.base, "insert into people values (1, 'p'); insert into orders values (1, 1, 10), (2, 1, 20)"
        )
        (difference,) = compare(bench.read(bench.base), bench.after(swap)).differences
        assert difference == RowDifference(
            table("orders"),
            None,
            2,
            2,
            ("('1', '10.00', '1')", "('2', '20.00', '1')"),
            ("('1', '20.00', '1')", "('2', '10.00', '1')"),
        )

    on(SHOP, work)


def test_a_clock_is_not_compared_but_the_rest_of_its_rows_is(on: On) -> None:
    now = "update people set joined = clock_timestamp()"

    def work(bench: Bench) -> None:
        bench.fill()
        first, second, noise = (bench.after(now) for _ in range(3))
        found = compare(first, second, noise=noise)
        assert found.differences == ()
        assert [(each.table, each.column) for each in found.not_compared] == [(table("people"), "joined")]
        assert volatile(first, noise) == {table("people"): ("joined",)}

    on(SHOP, work)


def test_values_that_change_places_beside_a_clock(on: On) -> None:
    schema = "create table t (a int, b int, at timestamptz default clock_timestamp());"
    ours = "insert into t (a, b) values (1, 1), (2, 2)"
    theirs = "update t set a = 3 - a where a < 3"

    def work(bench: Bench) -> None:
        found = compare(bench.after(ours, theirs), bench.after(theirs, ours), noise=bench.after(ours, theirs))
        (difference,) = found.differences
        assert (difference.first_only, difference.second_only) == (
            ("('1', '2')", "('2', '1')"),
            ("('1', '1')", "('2', '2')"),
        )
        assert found.not_compared[0].column == "at"

    on(schema, work)


def test_many_rows(on: On) -> None:
    schema = """
        create table t (a int, b text, at timestamptz);
        insert into t select n, 'text ' || n, null from generate_series(1, 3000) n;
    """

    def work(bench: Bench) -> None:
        before = bench.read(bench.base)
        assert (before[table("t")].rows, before[table("t")].cells) == (3000, None)
        assert bench.after("update t set a = a") == before
        changed = bench.after("update t set b = 'x' where a = 2999")
        assert compare(before, changed).differences == (RowDifference(table("t"), "b", 3000, 3000),)
        swapped = bench.after("update t set a = 3 - a where a < 3")
        assert compare(before, swapped).differences == (RowDifference(table("t"), None, 3000, 3000),)
        clock = "update t set at = clock_timestamp()"
        found = compare(
            bench.after(clock),
            bench.after(clock, "update t set a = 3 - a where a < 3"),
            noise=bench.after(clock),
        )
        assert found.differences == ()
        assert [each.column for each in found.not_compared] == ["at", None]

    on(schema, work)


def test_large_values_are_told_apart(on: On) -> None:
    schema = "create table t (a text); insert into t values (repeat('x', 30000000))"

    def work(bench: Bench) -> None:
        before = bench.read(bench.base)
        assert bench.read(bench.base) == before
        (difference,) = compare(before, bench.after("update t set a = a || 'y'")).differences
        assert len(difference.first_only[0]) < 100

    on(schema, work)


def test_partitions_views_and_sequences(on: On) -> None:
    schema = """
        create table parts (id int, note text) partition by list (id);
        create table part_1 partition of parts for values in (1);
        create materialized view seen as select count(*) from parts;
        create sequence numbers;
        create view looks as select * from parts;
    """

    def work(bench: Bench) -> None:
        bench.fill()
        asked = seeding.contents(bench.host, bench.base, bench.catalog, [table("parts")], bench.watch())
        assert {at.name: each.rows for at, each in asked.items()} == {"part_1": 3}
        everything = bench.read(bench.base)
        assert {at.name for at in everything} == {"part_1", "seen", "numbers"}
        changed = compare(
            everything, bench.after("select nextval('numbers'); refresh materialized view seen")
        )
        assert {(each.table.name, each.column) for each in changed.differences} == {
            ("numbers", "is_called"),
            ("seen", "count"),
        }

    on(schema, work)


def test_planted_code_is_not_run_by_reading(on: On) -> None:
    schema = """
        create type mood as enum ('sad', 'happy');
        create function told(mood) returns text language plpgsql as $$ begin raise exception 'planted'; end $$;
        create cast (mood as text) with function told(mood) as implicit;
        create table t (m mood not null, n int not null);
        create function bad(anynonarray) returns text language plpgsql as $$ begin raise exception 'planted'; end $$;
        create schema evil;
        create function evil.format(text, mood) returns text language sql as $$ select 'planted' $$;
        alter role current_user set search_path = evil, public, pg_catalog;
    """

    def work(bench: Bench) -> None:
        bench.fill()
        found = bench.read(bench.base)[table("t")]
        assert (found.rows, found.unread) == (3, "")

    on(schema, work)


def test_hidden_rows_are_said_to_be(on: On) -> None:
    schema = """
        create table secret (id int primary key);
        insert into secret values (1);
        alter table secret enable row level security;
        alter table secret force row level security;
    """

    def work(bench: Bench) -> None:
        found = bench.read(bench.base)
        assert "row-level security" in found[table("secret")].unread
        (passed_over,) = compare(found, found).not_compared
        assert (passed_over.table, passed_over.column) == (table("secret"), None)

    on(schema, work)


def test_an_endless_trigger_meets_the_deadline(on: On) -> None:
    schema = """
        create function forever() returns trigger language plpgsql as
            $$ begin loop perform pg_sleep(1); end loop; end $$;
        create table t (id int primary key);
        create trigger forever before insert on t for each row execute function forever();
    """
    with pytest.raises(DeadlineExceeded):
        on(schema, lambda bench: bench.fill(1.0))


def test_a_trigger_that_ends_its_session(on: On) -> None:
    schema = """
        create function leave() returns trigger language plpgsql as
            $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
        create table a (id int primary key);
        create table b (id int primary key);
        create trigger leave before insert on b for each row execute function leave();
        create table c (id int primary key);
    """

    def work(bench: Bench) -> None:
        filled = bench.fill()
        assert filled.rows == 3
        assert [each.table.name for each in filled.skipped] == ["b", "c"]
        assert "terminating connection" in filled.skipped[0].reason

    on(schema, work)


def test_wide_tables(on: On) -> None:
    columns = ", ".join(f"c{place} int" for place in range(1500))

    def work(bench: Bench) -> None:
        bench.fill()
        before = bench.read(bench.base)
        (difference,) = compare(
            before, bench.after("update wide set c700 = 1 where c700 is not null")
        ).differences
        assert difference.column == "c700"

    on(f"create table wide ({columns})", work)


def test_a_plan_names_a_template(on: On) -> None:
    def work(bench: Bench) -> None:
        step = seeding.as_migration(bench.plan)
        assert seeding.as_migration(seed(bench.catalog)).hash == step.hash
        assert len(step.statements) == len(bench.plan.inserts)

    on(SHOP, work)
