"""The text of owners: what it says, and which line decides about an object."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.proposals.owners import Target, owned, read_owners
from apps.proposals.people import People, Person
from tests.costs import calls_of

TEXT = """\
# Money
@payments = ada@example.com, @bo
@all = @payments @cy

* *                        -> @all
table public.billing_*     -> @payments   # and what hangs on them
column *.iban              -> dan@example.com
materialized view public.* -> @cy
table public.scratch       -> nobody
table public."a # b"       -> @cy
"""


def target(name, kind="table", whole="", whole_kind="table"):
    return Target(kind, name, whole_kind if whole else "", whole)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        (target("public.billing_rate"), "table public.billing_*"),
        (target("public.billing_rate.amount", "column", "public.billing_rate"), "table public.billing_*"),
        (target("public.billing_rate.iban", "column", "public.billing_rate"), "column *.iban"),
        (target("public.Billing_rate"), "* *"),
        (target("public.billing_rate", "view"), "* *"),
        (target("public.totals", "materialized view"), "materialized view public.*"),
        (target("public.scratch"), None),
        (target('public."a # b"'), 'table public."a # b"'),
    ],
)
def test_the_last_line_that_matches_decides(changed, line):
    found = read_owners(TEXT)
    assert found.problems == ()
    assert (str(found.line_of(changed)) if found.line_of(changed) else None) == line


def test_groups_are_opened_once():
    found = read_owners(TEXT)
    assert found.opened(["@ALL", "@bo"]) == ("ada@example.com", "@bo", "@cy")


def test_lines_come_with_the_objects_they_decide_about():
    users, rate = target("public.users"), target("public.billing_rate")
    found = owned(read_owners(TEXT), [rate, users, rate])
    assert [(line.number, objects) for line, objects in found] == [(5, (users,)), (6, (rate,))]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("table public.users", "line 1: expected `pattern -> owners` or `@group = people`"),
        ("\ntable x ->", "line 2: nobody is named; write `nobody` if that is meant"),
        ("tabel x -> @a", "line 1: `tabel x` names no object, as `table public.users` or `* public.*` do"),
        ("table x -> ada", "line 1: `ada` is neither a mail address nor a @name"),
        ("@owners = a@b.c", "line 1: @owners stands for the team's owners already"),
        ("@a = b@c.d\n@A = b@c.d", "line 2: @A is defined twice"),
    ],
)
def test_what_cannot_be_read_is_said(text, problem):
    assert [str(found) for found in read_owners(text).problems] == [problem]


def test_no_pattern_is_slow():
    """Tried one way after another, this one would take longer than any test may."""
    found = read_owners("table " + "*a" * 40 + "b -> @x")
    assert found.line_of(target("a" * 200)) is None


def test_many_lines_and_many_objects_cost_little():
    lines = read_owners("\n".join(f"table public.bill{number}_* -> @x" for number in range(1000)))
    tables = [target(f"public.bill{number}_rates") for number in range(1000)]
    columns = [target(f"{each.path}.id", "column", each.path) for each in tables for _ in range(10)]
    assert calls_of(lambda: owned(lines, [*tables, *columns])) < 3_000_000
    assert len(owned(lines, [*tables, *columns])) == 1000


@given(st.text(alphabet="ab*?.", min_size=1, max_size=8), st.text(alphabet="ab.", max_size=8))
def test_patterns_match_as_the_shell_matches(pattern, path):
    from fnmatch import fnmatchcase

    found = read_owners(f"table {pattern} -> @x").line_of(target(path))
    assert bool(found) == fnmatchcase(path, pattern)


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    found = read_owners(text)
    assert all(problem.line >= 1 for problem in found.problems)


PEOPLE = People(
    (
        Person(1, "Ada Lovelace", "ada@example.com", 40),
        Person(2, "Bo", "bo@example.com", 20),
        Person(3, "Bo", "bob@example.com", 20),
        Person(4, "Vera", "vera@example.com", 10),
    )
)


@pytest.mark.parametrize(
    ("owner", "ids"),
    [
        ("ada@example.com", [1]),
        ("@ada", [1]),
        ("@ada-lovelace", [1]),
        ("@bob", [3]),
        ("@bo", []),
        ("@owners", [1]),
        ("@developers", [1, 2, 3]),
        ("@vera", []),
        ("nobody@example.com", []),
    ],
)
def test_who_is_meant(owner, ids):
    assert [person.id for person in PEOPLE.find_all([owner])] == ids
    assert PEOPLE.unknown([owner]) == (() if ids else (owner,))
