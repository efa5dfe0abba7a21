"""Seed plans, run on Postgres: every table gets rows, and the rows are as promised."""

import psycopg
import pytest
from psycopg import sql

from schemata.catalog import Address, Kind
from schemata.introspect import read_catalog
from schemata.rows import SeedPlan, seed

Database = psycopg.Connection


def table(name: str) -> Address:
    return Address(Kind.TABLE, "public", name)


def planted(database: Database, schema: str, rows: int = 3) -> SeedPlan:
    """Make the schema, and put the rows in by the whole statements alone."""
    database.execute(schema)
    plan = seed(read_catalog(database), rows=rows)
    for statement in plan.statements:
        database.execute(statement)
    return plan


def rows_of(database: Database, name: str) -> list[tuple]:
    return database.execute(sql.SQL("select * from {}").format(sql.Identifier(name))).fetchall()


BUILTIN = """
smallint|integer|bigint|numeric|numeric(3,3)|numeric(6,2)|numeric(10,0)|numeric(1)|real|double precision|money
"char"|char(3)|varchar(1)|varchar(5)|text|name|bytea|boolean|uuid|json|jsonb|jsonpath|xml
timestamp|timestamptz(2)|date|time|timetz(0)|interval|interval day to second(3)|interval year to month
point|line|lseg|box|path|polygon|circle|cidr|inet|macaddr|macaddr8|bit|bit(3)|varbit(5)|varbit
tsvector|tsquery|oid|regclass|regtype|regproc|pg_lsn|xid|xid8|cid|tid|pg_snapshot|txid_snapshot|refcursor
int4range|int8range|numrange|tsrange|tstzrange|daterange|int4multirange|datemultirange|int[]|text[][]|varchar(2)[]
"""


def test_every_builtin_type(database: Database) -> None:
    types = [each for line in BUILTIN.split("\n") for each in line.split("|") if each]
    columns = ", ".join(f"c{place} {each}" for place, each in enumerate(types))
    plan = planted(database, f"create table everything ({columns})")
    assert plan.skipped == ()
    found = rows_of(database, "everything")
    assert len(found) == 3
    for place, name in enumerate(types):
        nulls = [row[place] is None for row in found]
        assert True in nulls, name
        assert False in nulls, name


def test_types_of_the_schema(database: Database) -> None:
    planted(
        database,
        """
        create type mood as enum ('sad', 'it''s ok', 'happy');
        create domain short as varchar(4) not null check (value <> 'none');
        create domain positive as int check (value > 0 and value < 10);
        create domain small as positive check (value < 5);
        create type "Odd Name" as (street text, "Zip" short, moods mood[]);
        create type span as range (subtype = float8, multirange_type_name = spans);
        create table t (a mood not null, b short, c small not null, d "Odd Name" not null, e span not null,
                        f spans not null, g mood[] not null, h small[] not null, i "Odd Name"[] not null);
        create table like_a_row (a t not null);
        """,
    )
    found = database.execute("select a, c, (d).moods is not null from t").fetchall()
    assert {mood for mood, *_ in found} == {"sad", "it's ok", "happy"}
    assert all(0 < small < 5 and is_filled for _, small, is_filled in found)
    assert len(rows_of(database, "like_a_row")) == 3


def test_foreign_keys_hold_and_lead_to_several_rows(database: Database) -> None:
    planted(
        database,
        """
        create table users (id serial primary key, manager int references users, name text not null unique);
        create table posts (id uuid primary key, author int not null references users, editor int references users);
        create table likes (post uuid references posts, who int references users, primary key (post, who));
        create table profiles (id int primary key references users);
        """,
    )
    assert [len(rows_of(database, each)) for each in ("users", "posts", "likes", "profiles")] == [3] * 4
    assert database.execute("select count(distinct author) from posts").fetchone() == (3,)
    assert database.execute("select bool_and(author <> editor) from posts").fetchone() == (True,)
    assert database.execute("select count(manager) from users").fetchone()[0] in (1, 2)


def test_keys_that_share_columns(database: Database) -> None:
    planted(
        database,
        """
        create table tenants (id int primary key);
        create table users (tenant int references tenants, id int, primary key (tenant, id));
        create table teams (tenant int references tenants, id int, primary key (tenant, id));
        create table members (
            tenant int not null references tenants, who int, team int, parent int, id int, primary key (tenant, id),
            foreign key (tenant, who) references users, foreign key (tenant, team) references teams match full,
            foreign key (tenant, parent) references members);
        """,
    )
    assert len(rows_of(database, "members")) == 3
    assert database.execute("select count(who) from members").fetchone() == (2,)


def test_circles_of_foreign_keys(database: Database) -> None:
    planted(
        database,
        """
        create table chickens (id int primary key, egg int not null);
        create table eggs (id int primary key, chicken int not null references chickens);
        alter table chickens add foreign key (egg) references eggs;
        create table ouroboros (id int primary key references ouroboros);
        create table a (id int primary key, b int);
        create table b (id int primary key, a int references a deferrable initially deferred);
        alter table a add foreign key (b) references b;
        """,
    )
    for name in ("chickens", "eggs", "ouroboros", "a", "b"):
        assert len(rows_of(database, name)) == 3, name


CHECKS = [
    "n int not null check (n > 0)",
    "n int not null check (n between 1 and 5)",
    "n numeric(3,2) not null check (n >= 0 and n <= 1)",
    "n int not null check (n < 0)",
    "n int not null check (0 <= n and 100 > n)",
    "n bigint not null check (n <> 0 and n % 1 = 0)",
    "t text not null check (length(t) between 3 and 5)",
    "t varchar(10) not null check (char_length(trim(t)) > 9)",
    "t text not null check (t in ('draft', 'published'))",
    "t varchar(9) not null check (t = any (array['draft', 'published']))",
    "t text not null check (t not in ('a', 'b') and t <> '')",
    "t text not null check (t ~ '^[A-Z]{2}-[0-9]{3}(x|y)?$')",
    "t text not null check (t ~* '^[a-z0-9._%+-]+@[a-z]+\\.[a-z]{2,}$')",
    "t text not null check (t like 'a\\_%z')",
    "t text not null check (t = lower(t) and t !~ ' ')",
    "t text not null check (t = 'only')",
    "a int, b int, check ((a is null) <> (b is null))",
    "a int, b int, check ((a is not null and b is null) or (a is null and b is not null))",
    "a int, b int, c int, check (num_nonnulls(a, b, c) = 1)",
    "a int, b int, check (a is not null or b is not null)",
    "a date not null, b date not null, c date not null, check (a < b and c >= b)",
    "a int not null, b int not null check (b > a), c numeric not null check (c > b)",
    "b boolean not null check (b), c boolean not null check (not c), d boolean not null check (d is true)",
    "k text not null, v int, check (k <> 'done' or v is not null)",
    "k text not null, v int, check ((k = 'x' and v > 3) or (k = 'y' and v is null))",
    "j jsonb not null check (jsonb_typeof(j) = 'array')",
    "b bytea not null check (octet_length(b) = 32)",
    "l text[] not null check (cardinality(l) > 2), m int[] not null check (array_length(m, 1) = 1)",
    "d date not null check (d >= '2020-01-01' and d < '2021-01-01')",
    "d timestamptz not null check (d > '2030-01-01 00:00:00+00')",
    "during tstzrange not null, room int, exclude using gist (during with &&)",
    "value int not null check (value > 7)",
]


@pytest.mark.parametrize("columns", CHECKS)
def test_checks_are_pleased(database: Database, columns: str) -> None:
    planted(database, f"create table t ({columns})")
    assert len(rows_of(database, "t")) == 3


def test_partitions(database: Database) -> None:
    planted(
        database,
        """
        create table events (id bigint generated always as identity, at timestamptz not null, primary key (id, at))
            partition by range (at);
        create table events_default partition of events default;
        create table events_1 partition of events for values from ('2024-01-01') to ('2024-02-01');
        create table events_2 partition of events for values from ('2024-02-01') to (maxvalue);
        create table readers (id int primary key, event bigint not null, at timestamptz not null,
                              foreign key (event, at) references events (id, at));
        create table places (id int not null, region text not null) partition by list (region);
        create table places_eu partition of places for values in ('de', 'it''s') partition by range (id);
        create table places_eu_few partition of places_eu for values from (minvalue) to (100);
        create table places_eu_many partition of places_eu for values from (100) to (maxvalue);
        create table hashed (id int primary key, note text) partition by hash (id);
        create table hashed_0 partition of hashed for values with (modulus 2, remainder 0);
        create table hashed_1 partition of hashed for values with (modulus 2, remainder 1);
        create table hash_readers (id int primary key, hashed int not null references hashed);
        """,
    )
    names = (
        "events_default events_1 events_2 readers places_eu_few places_eu_many hashed_0 hashed_1 hash_readers"
    )
    for name in names.split():
        assert len(rows_of(database, name)) >= 3, name


def test_odd_columns(database: Database) -> None:
    planted(
        database,
        """
        create table made (id int generated by default as identity primary key, n int not null,
                           twice int generated always as (n * 2) stored, "select" int not null, "a b" text not null);
        create table nothing ();
        create table numbered (id bigserial primary key);
        create table deferred (id int, unique (id) deferrable);
        create table yes_or_no (answer boolean primary key);
        create table ruled (a int not null);
        create rule also as on insert to ruled do also notify rows;
        create schema "Other one";
        create table "Other one"."T""x" (a int not null);
        """,
    )
    for name, count in {
        "made": 3,
        "nothing": 1,
        "numbered": 3,
        "deferred": 3,
        "yes_or_no": 2,
        "ruled": 3,
    }.items():
        assert len(rows_of(database, name)) == count, name
    assert database.execute('select count(*) from "Other one"."T""x"').fetchone() == (3,)


def test_what_can_not_be_seeded_is_said(database: Database) -> None:
    database.execute(
        """
        create type hollow as enum ();
        create table bottom (id int primary key, h hollow not null);
        create table above (id int primary key, bottom int not null references bottom);
        create table beside (id int primary key, bottom int references bottom, h hollow);
        create foreign data wrapper nowhere;
        create server far foreign data wrapper nowhere;
        create table parts (id int) partition by list (id);
        create foreign table part partition of parts for values in (1) server far;
        """
    )
    plan = seed(read_catalog(database))
    reasons = {each.table.name: each.reason for each in plan.skipped}
    assert reasons.keys() == {"bottom", "above", "part"}
    assert "h of type public.hollow" in reasons["bottom"]
    assert "bottom" in reasons["above"]
    assert plan.tables == (table("beside"),)
    assert [(each.table, each.column) for each in plan.left_null] == [
        (table("beside"), "bottom"),
        (table("beside"), "h"),
    ]
    database.execute(plan.statements[0])
    assert database.execute("select count(*), count(bottom), count(h) from beside").fetchone() == (3, 0, 0)


def test_only_what_is_asked_for_and_what_it_needs(database: Database) -> None:
    database.execute(
        """
        create table a (id int primary key);
        create table b (id int primary key, a int references a);
        create table c (id int primary key, b int references b);
        create table d (id int primary key, c int references c);
        """
    )
    plan = seed(read_catalog(database), [table("c")])
    assert plan.tables == (table("a"), table("b"), table("c"))


def test_the_same_catalog_gives_the_same_plan(database: Database) -> None:
    database.execute("create table a (id int primary key, t text, u uuid, at timestamptz default now())")
    catalog = read_catalog(database)
    assert seed(catalog) == seed(catalog)
    first = planted(database, "create table b (id int)")
    database.execute(first.statements[0])
    assert len(rows_of(database, "a")) == 3, "a second run puts nothing in"


def test_rows_for_what_comes_later(database: Database) -> None:
    """Rows that suit the schema after a migration let the migration through."""
    before = """
        create type role as enum ('admin', 'guest', 'member');
        create table people (id int primary key, name text, role role not null, age int, boss int);
        create table pets (id int primary key, owner int, legs int not null);
    """
    migration = """
        alter table people alter name set not null, add check (age > 17 and age < 100),
            add foreign key (boss) references people, add column new int not null default 1;
        alter table pets add foreign key (owner) references people, add check (legs in (2, 4));
        alter type role rename to old_role;
        create type role as enum ('admin', 'member');
        alter table people alter role type role using role::text::role;
    """
    database.execute(before)
    catalog = read_catalog(database)
    with database.transaction(force_rollback=True):
        database.execute(migration)
        later = read_catalog(database)
    for statement in seed(catalog, toward=[later]).statements:
        database.execute(statement)
    database.execute(migration)
    assert len(rows_of(database, "people")) == len(rows_of(database, "pets")) == 3


def test_tables_that_are_left_empty(database: Database) -> None:
    database.execute(
        """
        create table a (id int primary key);
        create table b (id int primary key, a int not null references a);
        create table c (id int primary key, a int references a);
        """
    )
    plan = seed(read_catalog(database), empty=[table("a")])
    assert plan.tables == (table("c"),)
    assert [each.table for each in plan.skipped] == [table("a"), table("b")]


def test_columns_have_values_of_their_own(database: Database) -> None:
    planted(database, "create table t (a int not null, b int not null, c text not null, d text not null)")
    assert database.execute("select count(*) from t where a = b or c = d").fetchone() == (0,)


@pytest.mark.parametrize(
    "columns",
    [
        "t text not null check (length(t) > 900000000)",
        "t text not null check (t ~ '(((a{200}){200}){200}){200}')",
        "t text not null check (t ~ '^(a+)+$')",
        "n numeric not null check (n > 1e9999)",
        "l int[] not null check (cardinality(l) > 100000000)",
        "b bit(80000000) not null",
    ],
)
def test_large_demands_do_not_make_large_plans(database: Database, columns: str) -> None:
    database.execute(f"create table t ({columns})")
    assert sum(map(len, seed(read_catalog(database)).statements)) < 100_000


def test_composites_of_composites(database: Database) -> None:
    """Not larger: Postgres itself walks through every part when a table is made."""
    database.execute("create type c0 as (a int)")
    for depth in range(1, 5):
        fields = ", ".join(f"f{place} c{depth - 1}" for place in range(20))
        database.execute(f"create type c{depth} as ({fields})")
    database.execute("create table t (a c4, b int)")
    assert sum(map(len, seed(read_catalog(database)).statements)) < 1000
