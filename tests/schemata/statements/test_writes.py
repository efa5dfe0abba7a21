"""Which tables' rows a statement writes."""

import pytest

from schemata.statements import Verb, Write, split, writes


def written(sql):
    (statement,) = split(sql)
    return writes(statement)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("alter table users add column a int", ()),
        ("create table copy as select * from users", ()),
        ("insert into users values (1)", (Write(Verb.INSERT, "", "users"),)),
        (
            "insert into shop.users values (1) on conflict (id) do update set name = 'x'",
            (Write(Verb.INSERT, "shop", "users"), Write(Verb.UPDATE, "shop", "users", ("name",))),
        ),
        ("update users set name = 'a', age = 3", (Write(Verb.UPDATE, "", "users", ("name", "age")),)),
        ("delete from public.users", (Write(Verb.DELETE, "public", "users"),)),
        ("truncate a, b", (Write(Verb.DELETE, "", "a"), Write(Verb.DELETE, "", "b"))),
        (
            "with gone as (delete from a returning *) insert into b select * from gone",
            (Write(Verb.INSERT, "", "b"), Write(Verb.DELETE, "", "a")),
        ),
        (
            "merge into a using b on a.id = b.id when matched then delete when not matched then do nothing",
            (Write(Verb.DELETE, "", "a"),),
        ),
        (
            "merge into a using b on a.id = b.id when matched then update set x = 1",
            (Write(Verb.UPDATE, "", "a", ("x",)),),
        ),
        ("select setval('users_id_seq', 10)", ()),
        ("select id from users", ()),
        ("select purge()", (Write(Verb.UNTOLD),)),
        ("call purge()", (Write(Verb.UNTOLD),)),
        ("do $$ begin delete from users; end $$", (Write(Verb.UNTOLD),)),
        ("do $$ begin alter table a add foreign key (b) references c on delete cascade; end $$", ()),
        ("this is no statement", (Write(Verb.UNTOLD),)),
    ],
)
def test_writes(sql, expected):
    assert set(written(sql)) == set(expected)


def test_a_very_long_list_of_rows_only_adds():
    assert written("insert into a values " + ", ".join(["(1)"] * 5000)) == ()
