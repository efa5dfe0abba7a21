"""What footprints read from statements and follow through a schema."""

from itertools import count

import psycopg
import pytest

from schemata.history import migration_of
from schemata.introspect import read_catalog
from schemata.merge.footprint import Footprint, footprint

SCHEMA = """
create type mood as enum ('sad', 'glad');
create table users (id bigint primary key, feels mood);
create table orders (id bigint primary key, buyer bigint references users on delete cascade on update cascade);
create table lines (id serial primary key, of bigint references orders on delete set null);
create table notes (id bigint primary key, writer bigint references users);
create table audit (what text);
create table touched (at timestamptz);
create function log_it() returns trigger language plpgsql as
  $$ begin insert into audit values (tg_op); return new; end $$;
create function stamp() returns trigger language plpgsql as $$ begin execute 'select 1'; return new; end $$;
create trigger logs after insert or update on lines for each row execute function log_it();
create trigger stamps after insert on touched for each row execute function stamp();
create view readers as select id from users;
create table "Odd name" (id int);
create table measures (at date) partition by range (at);
create table measures_1 partition of measures for values from ('2020-01-01') to ('2021-01-01');
"""


@pytest.fixture(scope="module")
def schema(postgres):
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute("create database footprints template template0")
    with psycopg.connect(postgres.url("footprints"), autocommit=True) as connection:
        connection.execute(SCHEMA)
        return read_catalog(connection)


@pytest.fixture
def of(schema):
    """The footprint of statements that left the catalog as it was."""
    numbers = count()
    return lambda text: footprint(schema, schema, [migration_of(f"m{next(numbers)}", text)])


@pytest.mark.parametrize(
    ("text", "written", "not_written"),
    [
        ("update users set feels = 'sad'", {"users"}, {"orders", "lines", "notes"}),
        ("update users set id = id + 1", {"users", "orders"}, {"notes", "lines"}),
        ("delete from users", {"users", "orders", "lines", "audit"}, {"notes"}),
        ("insert into lines values (1, 2)", {"lines", "audit", "lines_id_seq"}, {"orders"}),
        ("with x as (delete from notes returning 1) select * from x", {"notes"}, {"users"}),
        ("insert into measures values ('2020-02-02')", {"measures", "measures_1"}, {"users"}),
        ("insert into readers values (1)", {"readers", "users"}, set()),
        ("truncate notes", {"notes"}, {"users"}),
        ("select setval('lines_id_seq', 5)", {"lines_id_seq"}, {"lines"}),
        ('insert into "Odd name" values (1)', {"Odd name"}, {"users"}),
        ("drop table if exists elsewhere.nothing_there", {"nothing_there"}, set()),
        ("create table if not exists users (id int)", {"users"}, {"orders"}),
        ("alter table notes rename to remarks; alter table remarks rename to notes", {"remarks"}, set()),
        ("create temp table passing (id int)", {"passing"}, set()),
        ("grant select on notes to public", {"notes"}, {"public"}),
        ("comment on column public.notes.writer is 'who'", {"notes"}, {"public"}),
    ],
)
def test_statements_write(of, text, written, not_written):
    found = of(text)
    assert found.everything == ""
    assert written <= found.written
    assert not not_written & found.written


def test_what_is_read_is_used_with_what_it_stands_on(of):
    found = of("insert into notes select id, id from readers")
    assert {"readers", "users", "mood"} <= found.used
    assert "users" not in found.written


def test_a_foreign_key_uses_the_table_that_it_refers_to(of):
    one = of("create table if not exists a (u bigint references users)")
    two = of("create table if not exists b (u bigint references users)")
    assert not one.meets(two)
    assert one.meets(of("alter table if exists users add if not exists email text"))


def test_routines_use_what_their_text_names(postgres, schema):
    query = "select count(*) from Users"
    body = f"create function count_them() returns bigint language plpgsql as 'begin return ({query}); end'"
    with psycopg.connect(postgres.url("footprints")) as connection:
        connection.execute(body)
        after = read_catalog(connection)
        connection.rollback()
    found = footprint(schema, after, [migration_of("m", body)])
    assert {"users", "mood"} <= found.used
    assert "count_them" in found.written


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("do $$ begin end $$", "a DO block"),
        ("call something()", "a call of a procedure"),
        ("selec 1", "grammar"),
        ("drop schema if exists x", "schema"),
        ("alter default privileges grant select on tables to public", "AlterDefaultPrivilegesStmt"),
        ("grant select on all tables in schema public to public", "privileges"),
        ("set search_path = x", "search_path"),
        ("select pg_catalog.set_config('search_path', '', false)", "set_config"),
        ("create extension if not exists citext", "CreateExtensionStmt"),
        ("comment on extension plpgsql is 'x'", "extension"),
        ("select create_hypertable('users', 'id')", "create_hypertable"),
        ("insert into touched values (now())", "stamp()"),
        ("truncate users cascade", "CASCADE"),
        ("create role somebody", "CreateRoleStmt"),
        ("select 'open", "cut"),
        ('delete from U&"users"', "U&"),
    ],
)
def test_what_cannot_be_told_is_everything(of, text, why):
    found = of(text)
    assert why in found.everything
    assert found.meets(Footprint())


@pytest.mark.parametrize("text", ["set lock_timeout = '1s'", "set local search_path = x", "begin; commit"])
def test_settings_that_stay_harmless_are_nothing(of, text):
    assert not of(text).meets(of("update users set id = 1"))


def test_new_names_that_the_trunk_gave_are_known(schema):
    found = footprint(
        schema, schema, [migration_of("m", "update users set feels = 'sad'")], {"users": "people"}
    )
    assert "people" in found.written
