"""`braid sizes`: a live database is measured, and a running web server is told."""

import json

import psycopg
import pytest
from psycopg import sql

from apps.proposals.models import Measurement, TableSize
from braid.command import main
from schemata.sizes import columns_mark

TABLES = """
create table users (id bigint primary key, email text not null);
insert into users select n, 'user ' || n from generate_series(1, 5000) n;
create table logs (at date not null, note text) partition by range (at);
create table logs_1 partition of logs for values from ('2020-01-01') to ('2021-01-01');
create table logs_2 partition of logs for values from ('2021-01-01') to ('2022-01-01');
insert into logs select '2020-02-02', 'a' from generate_series(1, 30);
insert into logs select '2021-02-02', 'b' from generate_series(1, 12);
create materialized view seen as select * from users limit 7;
create table fresh (id int, gone int);
alter table fresh drop column gone;
create schema billing;
create table billing."Odd ""name" (id int);
create schema other;
create table other.secret (id int);
create view nothing as select 1;
analyze users, logs_1, logs_2, seen, billing."Odd ""name";
"""


@pytest.fixture
def measured(database):
    database.execute(TABLES)


@pytest.fixture
def typed(monkeypatch, capfd):
    """`typed("--url", ...)`: the exit code and what was printed."""
    for name in ("BRAID_URL", "BRAID_TOKEN", "BRAID_PROJECT"):
        monkeypatch.delenv(name, raising=False)

    def type_it(*arguments):
        capfd.readouterr()
        code = main(["sizes", *arguments])
        return code, capfd.readouterr()

    return type_it


@pytest.fixture
def known(transactional_db, live_server, typed, run_judging, maintainer, monkeypatch, token_of):
    """A Braid that knows the table `users` on main; what is typed is typed by `maintainer`."""
    run_judging()
    monkeypatch.setenv("BRAID_URL", live_server.url)
    monkeypatch.setenv("BRAID_PROJECT", "acme/shop")
    monkeypatch.setenv("BRAID_TOKEN", token_of(maintainer, "write"))


@pytest.fixture
def run_judging(shop):
    def run():
        from apps.checks.models import Verdict
        from apps.repositories.models import Push
        from worker.judging import judge_push, judge_verdict

        judge_push(Push.objects.latest("pk").pk)
        for waiting in Verdict.objects.values_list("pk", flat=True):
            judge_verdict(waiting)

    return run


def test_what_would_be_sent(measured, database_url, typed):
    code, said = typed(
        "--url", database_url, "--schema", "public", "--schema", "billing", "--dry-run", "--json"
    )
    assert code == 0
    tables = {(each["schema"], each["name"]): each for each in json.loads(said.out)["tables"]}
    assert {at: each["rows"] for at, each in tables.items()} == {
        ("billing", 'Odd "name'): 0,
        ("public", "fresh"): None,
        ("public", "logs"): 42,
        ("public", "logs_1"): 30,
        ("public", "logs_2"): 12,
        ("public", "seen"): 7,
        ("public", "users"): 5000,
    }
    parts = tables["public", "logs_1"]["bytes"] + tables["public", "logs_2"]["bytes"]
    assert tables["public", "logs"]["bytes"] == parts > 0
    assert tables["public", "users"]["bytes"] > 5000 * 10
    assert tables["public", "fresh"]["columns"] == columns_mark(["id"])
    code, said = typed("--url", database_url, "--schema", "public", "--dry-run")
    assert said.out.splitlines()[0].startswith("would send the sizes of 6 tables of postgres://")
    assert "public.fresh  never analysed, 0 bytes" in said.out
    assert "1 table never analysed, so of unknown size: run ANALYZE" in said.out


def test_a_role_without_rights_on_tables_is_enough(measured, database, database_url, typed):
    """And nothing of a row is read: it could not be."""
    role = sql.Identifier("sizes_only")
    database.execute(sql.SQL("create role {} login").format(role))
    try:
        url = database_url.replace("//braid", "//sizes_only", 1)
        assert url != database_url
        with psycopg.connect(url) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("select from users")
        code, said = typed("--url", url, "--schema", "public", "--dry-run", "--json")
        assert (code, len(json.loads(said.out)["tables"])) == (0, 6)
    finally:
        database.execute(sql.SQL("drop role {}").format(role))


def test_a_parent_counts_its_heirs_and_no_table_of_an_extension_counts(database, database_url, typed):
    database.execute(
        "create table p (id int); create table h () inherits (p); create table hh () inherits (h)"
    )
    database.execute("insert into p values (1); insert into h values (1), (2); insert into hh values (1)")
    database.execute("analyze p, h")
    document = json.loads(typed("--url", database_url, "--schema", "public", "--dry-run", "--json")[1].out)
    assert [each["rows"] for each in document["tables"]] == [None, None, None]
    database.execute("analyze hh")
    document = json.loads(typed("--url", database_url, "--schema", "public", "--dry-run", "--json")[1].out)
    assert {each["name"]: each["rows"] for each in document["tables"]} == {"p": 4, "h": 3, "hh": 1}


def test_it_is_sent_for_the_schemas_of_the_project(known, measured, database_url, typed, maintainer):
    code, said = typed("--url", database_url)
    assert (code, said.err) == (0, "")
    assert said.out.startswith("sent the sizes of 6 tables of postgres://")
    assert set(TableSize.objects.values_list("schema", flat=True)) == {"public"}
    assert TableSize.objects.get(name="users").rows == 5000
    assert Measurement.objects.get().sent_by == maintainer
    assert typed("--url", database_url, "--schema", "billing")[0] == 0
    assert [each.name for each in TableSize.objects.all()] == ['Odd "name']


def test_who_may_not_is_told(
    known, measured, database_url, typed, developer, token_of, maintainer, monkeypatch
):
    for user, scope, words in (
        (developer, "write", "needs the role maintainer"),
        (maintainer, "read", "needs a token with the scope write"),
    ):
        monkeypatch.setenv("BRAID_TOKEN", token_of(user, scope))
        code, said = typed("--url", database_url)
        assert code == 2
        assert words in said.err
    assert not Measurement.objects.exists()


def test_mistakes_are_said(measured, database, database_url, typed):
    code, said = typed("--url", "here", "--dry-run", "--schema", "public")
    assert (code, "--url is the address of a database" in said.err) == (2, True)
    code, said = typed("--url", database_url, "--schema", "nowhere", "--dry-run")
    assert (code, said.err.endswith("has no tables in nowhere\n")) == (2, True)
    code, said = typed(
        "--url", "postgres://nobody:s3cr3t-w0rd@127.0.0.1:1/app", "--schema", "public", "--dry-run"
    )
    assert (code, "s3cr3t" in said.err) == (2, False)
    code, said = typed("--url", database_url)
    assert (code, "BRAID_URL" in said.err) == (2, True)


def test_a_lock_is_waited_for_briefly(measured, database, database_url, typed, monkeypatch):
    from braid.command import sizes

    monkeypatch.setattr(sizes, "LIMITS", "-c lock_timeout=50ms")
    with psycopg.connect(database_url) as other:
        other.execute("lock table users in access exclusive mode")
        code, said = typed("--url", database_url, "--schema", "public", "--dry-run")
    assert code == 3
    assert "a table is locked, or it is too busy: try again" in said.err
