"""What leaves no trace in a catalog, and still says what becomes of rows."""

import pytest

from sandbox.merging.fingerprint import rows_statements

ROWS = "delete from users where id < 0;\n"
TABLES = "create schema old;\ncreate table old.users (id bigint);\n"
SWAP = "alter table users rename to kept;\nalter table old.users set schema public;\n"
SWAP_BACK = "alter table users set schema old;\nalter table kept rename to users;\n"
FILL = "alter table users add role text default '{}';\nalter table users alter role drop default;\n"
CUT = "alter table users alter email type varchar(1);\nalter table users alter email type text;\n"
DOMAIN = "create domain d text default '{}';\nalter table users add x d;\nalter domain d set default 'c';\n"
WORKED_OUT = (
    "alter table users add x text generated always as ('{}') stored;\n"
    "alter table users alter x drop expression;\n"
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", CUT),
        (FILL.format("user"), FILL.format("admin")),
        (DOMAIN.format("a"), DOMAIN.format("b")),
        (WORKED_OUT.format("a"), WORKED_OUT.format("b")),
        (TABLES + ROWS, TABLES + "set search_path = old;\n" + ROWS),
        (TABLES + ROWS, TABLES + "select set_config('search_path', 'old', false);\n" + ROWS),
        (TABLES + ROWS, TABLES + SWAP + ROWS + SWAP_BACK),
        (ROWS, "create temp table users (id int);\n" + ROWS + "drop table users;\n"),
        (f"prepare p as {ROWS}execute p;\n", "prepare p as delete from users;\nexecute p;\n"),
    ],
)
def test_statements_that_leave_no_other_trace_are_told(one, other):
    assert rows_statements([one]) != rows_statements([other])


@pytest.mark.parametrize(
    "sql",
    [
        "alter table users add name text;\nalter table users alter email type varchar(9);\n",
        "alter table users add role text default 'user';\ncreate index on users (role);\n",
        "alter table users alter email set default 'x';\n",
    ],
)
def test_what_the_schema_tells_is_not_told_twice(sql):
    assert rows_statements([sql]) == ()


def test_comments_and_blanks_say_nothing():
    said = f"begin;\n{ROWS}comment on table users is 'x';\ncommit;\n"
    assert rows_statements([f"-- Why.\n{said}"]) == rows_statements([ROWS])
