"""What the reader promises: safe, unprivileged, deterministic, and gone without a trace."""

from importlib.resources import files

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus

from schemata.catalog import Address, Catalog, Column, Constraint, Kind
from schemata.diff import diff
from schemata.introspect import read_catalog
from schemata.introspect.fetch import ALL, OTHER_QUERIES, QUERIES

SHOP = """
create type state as enum ('new', 'paid');
create domain email as text check (value like '%@%');
create table customers (id serial primary key, mail email not null, joined timestamptz default '2020-01-01 00:00Z');
create table orders (id bigint generated always as identity primary key, customer int references customers,
    state state default 'new', price numeric(10, 2) default 1.5, took interval default '1 day 2 hours',
    data bytea default '\\x00ff', note text);
create index on orders (lower(note), price desc) where price > 0;
create view open_orders as select o.id, c.mail from orders o join customers c on c.id = o.customer;
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before update on orders for each row when (new.price > 0) execute function touch();
alter table orders enable row level security;
create policy own on orders using (customer = 1);
comment on table orders is 'What was bought';
grant select on orders to app_reader;
"""

# Defaults that speak of whatever a default may speak of, and what is generated, which speaks of columns.
DEFAULTS = """
create schema "Other";
create type "Other".pair as (a int, b text);
create domain "Other".code as text default 'none';
create sequence "Other"."Numbers";
create function "Other".named(a int, b text default 'x') returns text language sql immutable as 'select b';
create table defaults (
    id bigint default nextval('"Other"."Numbers"'), code "Other".code, code_too "Other".code default 'a'::"Other".code,
    row_of "Other".pair default row(1, 'b'), part text default ((row(1, 'b'))::"Other".pair).b,
    list int[] default array[1, 2] || 3, called text default "Other".named(b => 'y', a => 1),
    who text default current_user, cased text default case when now() > '2020-01-01' then 'late' else 'early' end,
    day date default current_date + 1, zone timestamptz default (now() at time zone 'UTC'),
    words text default 'it''s' || E'\\n' collate "C", "table" regclass default 'defaults'::regclass,
    price numeric default 2, "Twice" numeric generated always as (price * 2) stored,
    whole text generated always as ("Other".named(id::int, words)) stored
);
create view over as select id, price from defaults;
alter view over alter column price set default round(1.5);
"""

# Everything that a query without pinned names would run, in the schema that is searched first.
TRAPS = """
create function trap() returns text language plpgsql as $$ begin raise exception 'a planted function ran'; end $$;
create function lower(varchar) returns text language sql as 'select trap()';
create function lower(name) returns text language sql as 'select trap()';
create function format_type(oid, int) returns text language sql as 'select trap()';
create function format_type(oid, oid) returns text language sql as 'select trap()';
create function md5(varchar) returns text language sql as 'select trap()';
create function pg_get_expr(anyelement, oid) returns text language sql as 'select trap()';
create function pg_get_viewdef(oid) returns text language sql as 'select trap()';
create function concat_ws(text, oid, oid) returns text language sql as 'select trap()';
create function current_setting(varchar) returns text language sql as 'select trap()';
create function set_config(varchar, varchar, boolean) returns text language sql as 'select trap()';
create function starts_with(varchar, varchar) returns boolean language sql as 'select trap() = trap()';
create function same(name, varchar) returns boolean language sql as $$ select public.trap() is null $$;
create operator = (leftarg = name, rightarg = varchar, function = same);
create function same(oid, int8) returns boolean language sql as $$ select public.trap() is null $$;
create operator = (leftarg = oid, rightarg = int8, function = same);
create operator >= (leftarg = oid, rightarg = int8, function = same);
create function same(oid, int4) returns boolean language sql as $$ select public.trap() is null $$;
create operator >= (leftarg = oid, rightarg = int4, function = same);
create operator = (leftarg = oid, rightarg = int4, function = same);
create function same(name, name) returns boolean language sql as $$ select public.trap() is null $$;
create operator = (leftarg = name, rightarg = name, function = same);
create operator <> (leftarg = name, rightarg = name, function = same);
create function same(oid, oid) returns boolean language sql as $$ select public.trap() is null $$;
create operator = (leftarg = oid, rightarg = oid, function = same);
create view pg_class as select trap() as oid;
create view pg_namespace as select trap() as oid;
create table pg_type (oid int);
create type text as enum ('a');
create domain oid as pg_catalog.oid check (public.trap() is null);
create domain regclass as pg_catalog.regclass check (public.trap() is null);
"""


def test_queries_and_files_are_the_same() -> None:
    folder = files("schemata.introspect") / "queries"
    found = {path.name for path in folder.iterdir() if path.name.endswith(".sql")}
    others = {path.name for path in (folder / "other").iterdir()}
    assert found == {f"{name}.sql" for name in QUERIES}
    assert others == {f"{name}.sql" for name, _ in OTHER_QUERIES.values()}
    assert len(ALL) == len(found) + len(others)


def test_planted_functions_operators_and_types_are_not_used(fresh: psycopg.Connection) -> None:
    fresh.execute(SHOP)
    plain = read_catalog(fresh)
    fresh.execute(TRAPS)
    fresh.execute("set search_path = public, pg_catalog")
    with pytest.raises(psycopg.errors.RaiseException, match="a planted function ran"):
        fresh.execute("select count(*) from pg_catalog.pg_proc where proname = 'x'::name")
    trapped = read_catalog(fresh)
    assert not [change for change in diff(plain, trapped, same_origin=True) if change.action != "add"]
    assert Address(Kind.VIEW, "public", "pg_class") in trapped.objects


def test_defaults_read_as_postgres_shows_them(fresh: psycopg.Connection) -> None:
    fresh.execute(DEFAULTS)
    shown = fresh.execute(
        "select adrelid::regclass::text, attname, pg_get_expr(adbin, adrelid) from pg_attrdef join pg_attribute "
        "on attrelid = adrelid and attnum = adnum, set_config('search_path', 'pg_catalog, pg_temp', false)"
    ).fetchall()
    columns = [found for found in read_catalog(fresh).objects.values() if isinstance(found, Column)]
    read = [
        (f"public.{each.address.parent}", each.address.name, each.default) for each in columns if each.default
    ]
    assert sorted(read) == sorted(shown)
    assert len(read) == 16


def test_temporary_objects_neither_show_nor_shadow(fresh: psycopg.Connection) -> None:
    fresh.execute(SHOP)
    plain = read_catalog(fresh)
    fresh.execute(
        "create temporary table pg_class (oid int); create temporary view pg_type as select 1 as oid"
    )
    fresh.execute(
        "create temporary table mine (id serial primary key); create type pg_temp.text as enum ('a')"
    )
    assert read_catalog(fresh).to_json() == plain.to_json()


def test_a_role_without_privileges_sees_the_same(fresh: psycopg.Connection) -> None:
    fresh.execute(SHOP)
    fresh.execute("revoke all on schema public from public")
    fresh.execute("create foreign data wrapper w; create server s foreign data wrapper w")
    fresh.execute("create user mapping for app_writer server s options (password 'secret')")
    seen = read_catalog(fresh)
    fresh.execute("set session authorization app_reader")
    assert read_catalog(fresh).to_json() == seen.to_json()
    assert b"secret" not in seen.to_json()


def test_nothing_stays_behind(fresh: psycopg.Connection) -> None:
    fresh.execute(SHOP)
    fresh.execute("set datestyle = 'German'; set search_path = public; set timezone = 'Asia/Tokyo'")
    read_catalog(fresh)
    assert fresh.info.transaction_status == TransactionStatus.IDLE
    settings = (
        "select current_setting('datestyle'), current_setting('search_path'), current_setting('timezone')"
    )
    assert fresh.execute(settings).fetchone() == ("German, DMY", "public", "Asia/Tokyo")


def test_an_open_transaction_is_read_and_kept(fresh: psycopg.Connection) -> None:
    with fresh.transaction(force_rollback=True):
        fresh.execute("create table unseen (id int)")
        assert Address(Kind.TABLE, "public", "unseen") in read_catalog(fresh).objects
        fresh.execute("create table later (id int)")
    assert not read_catalog(fresh).of_kind(Kind.TABLE)


@pytest.mark.parametrize(
    "setting",
    [
        "datestyle = 'German'",
        "intervalstyle = 'iso_8601'",
        "timezone = 'Asia/Tokyo'",
        "bytea_output = 'escape'",
        "extra_float_digits = -5",
        "quote_all_identifiers = on",
        "search_path = public, pg_catalog",
        "standard_conforming_strings = off",
        "client_encoding = 'LATIN1'",
        "enable_seqscan = off",
        "enable_hashjoin = off",
    ],
)
def test_settings_of_the_session_change_nothing(scratch: psycopg.Connection, setting: str) -> None:
    scratch.execute(SHOP)
    plain = read_catalog(scratch)
    scratch.execute(sql.SQL("set local {}").format(sql.SQL(setting)))
    assert read_catalog(scratch).to_json() == plain.to_json()


def test_order_of_creation_and_lost_oids_do_not_show(fresh: psycopg.Connection) -> None:
    tables = [f"create table t{number} (id int primary key, name text)" for number in range(5)]
    fresh.execute(";".join(tables))
    forwards = read_catalog(fresh)
    fresh.execute(";".join(f"drop table t{number}" for number in range(5)))
    fresh.execute(";".join(["create table lost (id int)", *reversed(tables), "drop table lost"]))
    backwards = read_catalog(fresh)
    assert forwards.hash == backwards.hash
    assert forwards.to_json(identity=False) == backwards.to_json(identity=False)
    assert forwards.to_json() != backwards.to_json()
    assert diff(forwards, backwards, same_origin=False) == ()
    assert {change.recreated for change in diff(forwards, backwards, same_origin=True)} == {True}


def test_the_owner_may_be_called_anything(fresh: psycopg.Connection) -> None:
    """What one role owns on one server and another on the next is the same schema."""
    with fresh.transaction(force_rollback=True):
        fresh.execute(SHOP)
        as_superuser = read_catalog(fresh)
    fresh.execute("alter schema public owner to app_writer; set role app_writer")
    fresh.execute(SHOP)
    fresh.execute("reset role")
    assert read_catalog(fresh).hash == as_superuser.hash


def test_dependencies_name_what_each_object_needs(fresh: psycopg.Connection) -> None:
    fresh.execute(SHOP)
    catalog = read_catalog(fresh)
    key = Address(Kind.CONSTRAINT, "public", "orders_customer_fkey", "orders")
    assert Address(Kind.CONSTRAINT, "public", "customers_pkey", "customers") in catalog.dependencies[key]
    assert Address(Kind.COLUMN, "public", "id", "customers") in catalog.dependencies[key]
    view = Address(Kind.VIEW, "public", "open_orders")
    assert Address(Kind.COLUMN, "public", "mail", "customers") in catalog.dependencies[view]
    column = Address(Kind.COLUMN, "public", "state", "orders")
    assert catalog.dependencies[column] == (Address(Kind.ENUM, "public", "state"),)
    trigger = Address(Kind.TRIGGER, "public", "touch", "orders")
    assert Address(Kind.FUNCTION, "public", "touch()") in catalog.dependencies[trigger]
    policy = Address(Kind.POLICY, "public", "own", "orders")
    assert Address(Kind.COLUMN, "public", "customer", "orders") in catalog.dependencies[policy]


def test_an_index_that_was_never_finished_is_invalid(fresh: psycopg.Connection) -> None:
    fresh.execute("create table t (a int); insert into t values (1), (1)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        fresh.execute("create unique index concurrently once on t (a)")
    (index,) = read_catalog(fresh).of_kind(Kind.INDEX)
    assert index.valid is False


def test_a_clone_is_the_same_origin(fresh: psycopg.Connection) -> None:
    """A database made from a template keeps identities: a rename in the clone is seen as one."""
    fresh.execute(SHOP)
    before = read_catalog(fresh)
    name, url = fresh.info.dbname, fresh.info.dsn
    fresh.close()
    clone = f"{name}_clone"
    with psycopg.connect(url, dbname="postgres", autocommit=True) as admin:
        names = (sql.Identifier(clone), sql.Identifier(name))
        admin.execute(sql.SQL("create database {} template {}").format(*names))
        with psycopg.connect(url, dbname=clone, autocommit=True) as connection:
            cloned = read_catalog(connection)
            connection.execute("alter table customers rename to clients")
            renamed = read_catalog(connection)
        admin.execute(sql.SQL("drop database {}").format(sql.Identifier(clone)))
    assert cloned.to_json() == before.to_json()
    (change,) = diff(before, renamed, same_origin=True)
    assert change.summary == "table customers renamed to clients"


def test_a_stored_catalog_stays_comparable_by_identity(fresh: psycopg.Connection) -> None:
    fresh.execute(SHOP)
    stored = Catalog.from_json(read_catalog(fresh).to_json())
    fresh.execute("alter table orders rename price to cost")
    (change,) = diff(stored, read_catalog(fresh), same_origin=True)
    assert change.summary == "column orders.price renamed to cost"


def test_children_are_grouped_by_what_they_belong_to(fresh: psycopg.Connection) -> None:
    fresh.execute(SHOP)
    catalog = read_catalog(fresh)
    parts = catalog.children[Address(Kind.TABLE, "public", "customers")]
    assert [part.address.name for part in parts] == ["id", "mail", "joined", "customers_pkey"]
    (check,) = catalog.children[Address(Kind.DOMAIN, "public", "email")]
    assert isinstance(check, Constraint)


def test_what_both_sides_add_after_their_trunk_is_told_apart(fresh: psycopg.Connection) -> None:
    """Both clones give their new column the same number; it is not one column under two names."""
    fresh.execute("create table t (id int); create table u (id int, old text)")
    trunk = read_catalog(fresh)
    with fresh.transaction(force_rollback=True):
        fresh.execute(
            "alter table t add ours int; alter table t add shared int; alter table u rename old to was"
        )
        ours = read_catalog(fresh)
    with fresh.transaction(force_rollback=True):
        fresh.execute("alter table t add theirs text; alter table t add shared bigint; drop table u")
        theirs = read_catalog(fresh)
    changes = diff(ours, theirs, same_origin=True, trunk=trunk)
    assert [change.summary for change in changes] == [
        "column t.ours dropped",
        "column t.theirs added",
        "column t.shared: type integer -> bigint",
        "table u dropped",
        "column u.id dropped",
        "column u.was dropped",
    ]
