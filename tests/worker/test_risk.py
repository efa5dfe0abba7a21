"""What is kept of a merge's cost."""

import pytest

from apps.merges import actions
from apps.merges.models import Meeting
from apps.repositories.models import Branch
from schemata.sizes import columns_mark
from worker.merging import merge_meeting

COSTLY = """\
alter table users drop column email;
alter table users alter id type int;
delete from users where id > 10;
update users set id = id + 1;
do $$ begin execute 'delete from users'; end $$;
"""
HARMLESS = """\
alter table users add column a int;
update users set a = 1;
create table other (id int);
insert into other values (1);
"""


def risk_of(workspace, branch, sql):
    workspace.switch(branch, "main")
    workspace.commit({f"migrations/0002_{branch}.up.sql": sql})
    workspace.push(branch)
    risk = measured(branch)
    return [(cost["kind"], cost["object"]) for cost in risk["costs"]], risk["written"]


def measured(branch):
    branches = Branch.objects.select_related("project")
    meeting = actions.request_meeting(branches.get(name="main"), branches.get(name=branch))
    merge_meeting(meeting.pk)
    return Meeting.objects.get(pk=meeting.pk).merge.risk


def test_what_landing_costs(workspace, main):
    assert risk_of(workspace, "harmless", HARMLESS) == ([], ["table public.users"])
    assert risk_of(workspace, "costly", COSTLY) == (
        [
            ("data-loss", "column public.users.email"),
            ("data-loss", "table public.users"),
            ("irreversible", "column public.users.email"),
            ("irreversible", "column public.users.id"),
            ("irreversible", "table public.users"),
            ("may-fail", "column public.users.id"),
            ("rewrite", "column public.users.id"),
            ("untold", ""),
        ],
        ["table public.users"],
    )


USERS = "table public.users"
LOST, OVERWRITTEN, UNTOLD = ("data-loss", USERS), ("irreversible", USERS), ("untold", "")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("alter table users rename to people; delete from people;", LOST),
        ("alter table users rename to people; update people set email = 'x';", OVERWRITTEN),
        ("alter table users rename column email to mail; update users set mail = 'x';", OVERWRITTEN),
        ("create schema s; alter table users set schema s; delete from s.users;", LOST),
        ("alter table users rename to a; delete from a; alter table a rename to users;", UNTOLD),
        ("create view v as select * from users; delete from v;", UNTOLD),
        ("alter table users alter email type text using 'x';", OVERWRITTEN),
        (
            "alter table users rename to people; alter table people alter email type text using 'x';",
            OVERWRITTEN,
        ),
    ],
)
def test_rows_are_lost_under_whatever_name(workspace, main, sql, found):
    assert found in risk_of(workspace, "renaming", sql)[0]


HIDDEN = """\
create function gone() returns int language plpgsql as $$ begin delete from users; return 1; end $$;
create function wrapped() returns int language sql as 'select gone()';
create function plain() returns int language sql as 'select 1';
alter table users add column a int;
update users set a = plain();
create table other as select plain() as id;
"""


@pytest.mark.parametrize(
    "call",
    [
        "insert into other select gone()",
        "create table another as select wrapped() as id",
        "update users set a = wrapped()",
        "alter table users add column b int default gone()",
    ],
)
def test_a_called_function_may_take_rows_away(workspace, main, call):
    drops = "drop function wrapped(); drop function gone();" if "default" not in call else ""
    assert UNTOLD in risk_of(workspace, "hidden", f"{HIDDEN}{call};{drops}")[0]
    assert risk_of(workspace, "plain", HIDDEN)[0] == []


FIRING = """\
create table log (id int);
create function gone() returns trigger language plpgsql as $$ begin delete from users; return new; end $$;
create function logged() returns trigger language plpgsql as $$ begin
    -- It isn't one to delete.
    if tg_op = 'DELETE' then insert into log values (0); else insert into log values (1); end if; return new;
end $$;
create function number() returns int language plpgsql as $$ begin update users set id = id; return 1; end $$;
create table other (id int);
create trigger kept after insert or update or delete on other for each row execute function logged();
create trigger late after delete on other for each row execute function gone();
"""


@pytest.mark.parametrize(
    "sql",
    [
        "create trigger soon after insert on other execute function gone(); insert into other values (1);",
        "create trigger soon after insert on log execute function gone(); insert into other values (1);",
        "create trigger far before insert on log for each row execute function gone();"
        "create function through() returns int language sql as 'insert into log values (1) returning id';"
        "create table another as select through();",
        "create rule away as on insert to other do also delete from users; insert into other values (1);",
        "alter table other add column n int; alter table other alter n set default number();"
        "insert into other (id) values (1);",
    ],
)
def test_what_a_write_sets_off_may_take_rows_away(workspace, main, sql):
    assert UNTOLD in risk_of(workspace, "fired", f"{FIRING}{sql}")[0]


def test_what_a_write_does_not_set_off_takes_nothing(workspace, main):
    assert risk_of(workspace, "quiet", f"{FIRING}insert into other values (1);")[0] == []


NEW = """\
create temp table aside as select * from users;
delete from aside;
create table other (id int); update other set id = 1; alter table other rename to another; delete from another;
alter table users add column a int; update users set a = 1; alter table users drop column a;
alter table users add column b int; alter table users alter b type int using 7;
alter table users rename to people; alter table people add column c int; update people set c = 1;
"""


def test_what_is_new_has_nothing_to_lose(workspace, main):
    assert risk_of(workspace, "new", NEW)[0] == []


LATE = """\
alter table users add column token uuid;
alter table users alter column token set default gen_random_uuid();
"""


def test_a_default_that_comes_after_its_column_writes_nothing_anew(workspace, main):
    assert risk_of(workspace, "late", LATE)[0] == []
    at_once = "alter table users add column token uuid default gen_random_uuid();"
    assert risk_of(workspace, "at_once", at_once)[0] == [("rewrite", "column public.users.token")]


THROUGH = """\
alter table users rename to people;
alter table people alter column id type int;
alter table people alter column email set not null;
create index people_email on people (email);
create table fresh (id int, at text);
create index fresh_at on fresh (at);
alter table fresh alter column id type bigint;
"""


def test_which_tables_a_cost_goes_through(workspace, main):
    """Under the names and with the columns that the default branch has; none for what the branch makes."""
    workspace.switch("renaming", "main")
    workspace.commit({"migrations/0002_renaming.up.sql": THROUGH})
    workspace.push("renaming")
    costs = measured("renaming")["costs"]
    users = [{"schema": "public", "name": "users", "columns": columns_mark(["email", "id"])}]
    assert {each["object"]: each["tables"] for each in costs if each["kind"] == "rewrite"} == {
        "column public.people.id": users
    }
    assert [each["tables"] for each in costs if each["object"] == "index public.people.people_email"] == [
        users
    ]
    assert not [each for each in costs if "fresh" in each["object"]]


SWAPS = """\
create table logs (id int, at text);
"""
SWAPPED = """\
alter table users rename to aside;
alter table logs rename to users;
alter table aside rename to logs;
alter table users alter id type bigint;
"""


def test_tables_that_swap_names_are_who_they_were(workspace, main):
    workspace.commit({"migrations/0002_logs.up.sql": SWAPS})
    workspace.push("main")
    workspace.switch("swapped", "main")
    workspace.commit({"migrations/0003_swapped.up.sql": SWAPPED})
    workspace.push("swapped")
    (cost,) = [each for each in measured("swapped")["costs"] if each["kind"] == "rewrite"]
    assert cost["object"] == "column public.users.id"
    assert cost["tables"] == [{"schema": "public", "name": "logs", "columns": columns_mark(["id", "at"])}]


PARTS = """\
create table logs (at date not null, note text) partition by range (at);
create table logs_old partition of logs for values from ('2020-01-01') to ('2021-01-01');
create table apart (at date not null, note text);
"""
JOINS = """\
alter table logs attach partition apart for values from ('2021-01-01') to ('2022-01-01');
alter table logs alter column note type varchar(10);
"""


def test_partitions_count_with_their_root_and_those_that_join_apart(workspace, main):
    workspace.commit({"migrations/0002_parts.up.sql": PARTS})
    workspace.push("main")
    workspace.switch("joins", "main")
    workspace.commit({"migrations/0003_joins.up.sql": JOINS})
    workspace.push("joins")
    costs = [each for each in measured("joins")["costs"] if each["kind"] == "rewrite"]
    through = {each["object"]: [table["name"] for table in each["tables"]] for each in costs}
    assert through["column public.logs.note"] == ["apart", "logs"]
    assert through["column public.apart.note"] == ["apart"]


def test_an_index_made_concurrently_keeps_nobody_waiting(workspace, main):
    sql = "create index concurrently gentle on users (email);\n"
    assert risk_of(workspace, "gentle", sql)[0] == []
    assert [kind for kind, _ in risk_of(workspace, "rough", sql.replace("concurrently", ""))[0]] == [
        "long-lock"
    ]
