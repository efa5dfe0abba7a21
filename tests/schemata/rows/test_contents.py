"""Comparing contents, as values."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from schemata.catalog import Address, Kind
from schemata.rows import Contents, TableContents, compare
from schemata.rows.contents import Cell, contents_of_rows

AT = Address(Kind.TABLE, "public", "t")
COLUMNS = ("a", "b", "c")
CELLS = st.sampled_from([None, "NULL", "", "1", "2", "é"])
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4)
Rows = Sequence[Sequence[Cell]]


def held(rows: Rows) -> Contents:
    return {AT: contents_of_rows(rows, COLUMNS)}


@given(TABLES, st.randoms())
def test_order_does_not_matter(rows: list, random) -> None:
    mixed = random.sample(rows, len(rows))
    assert held(rows) == held(mixed)
    assert compare(held(rows), held(mixed)).differences == ()


@given(TABLES, TABLES)
def test_other_rows_are_always_seen(one: list, other: list) -> None:
    found = compare(held(one), held(other)).differences
    assert bool(found) == (sorted(map(repr, one)) != sorted(map(repr, other)))
    mirrored = compare(held(other), held(one)).differences
    assert [(each.column, each.first_only) for each in found] == [
        (each.column, each.second_only) for each in mirrored
    ]
    assert all(each.first_only or each.second_only for each in found)


@given(TABLES, TABLES, TABLES)
def test_nothing_is_passed_over_in_silence(one: list, other: list, noise: list) -> None:
    """What differs is either a difference or named as not compared."""
    found = compare(held(one), held(other), noise=held(noise))
    if held(one) != held(other):
        assert found.differences or found.not_compared


def test_a_table_of_one_side_only() -> None:
    (found,) = compare(held([("1", "2", "3")]), {}).differences
    assert (found.table, found.first_rows, found.second_rows) == (AT, 1, 0)


def test_a_table_that_was_not_read() -> None:
    broken = {AT: TableContents(0, "", unread="permission denied")}
    found = compare(broken, held([]))
    assert found.differences == ()
    assert found.not_compared[0].reason == "permission denied"
