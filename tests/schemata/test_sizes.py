"""What a measure says of a table: doubt never makes one small, and age never makes one small either."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemata.sizes import Measured, Sizes, Standing, Threshold, columns_mark, rows_words, size_words, weigh

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
LARGE = Threshold(1000, 2**20)
MARK = columns_mark(["id", "email"])
USERS = Standing("public", "users", MARK)


def sizes(rows=10, size=8192, columns=MARK, days=3):
    return Sizes(NOW - timedelta(days=days), {("public", "users"): Measured(rows, size, columns)})


@pytest.mark.parametrize(
    ("known", "is_large", "is_known", "words"),
    [
        (sizes(), False, True, "about 10 rows, 8.0 kB, measured 3 days ago"),
        (
            sizes(rows=2_300_000, size=1288490189),
            True,
            True,
            "about 2.3 million rows, 1.2 GB, measured 3 days ago",
        ),
        (sizes(rows=1000), True, True, "about 1,000 rows, 8.0 kB, measured 3 days ago"),
        (sizes(size=2**20), True, True, "about 10 rows, 1.0 MB, measured 3 days ago"),
        (sizes(days=0), False, True, "about 10 rows, 8.0 kB, measured today"),
        (
            sizes(days=31),
            True,
            False,
            "sizes were measured 31 days ago, more than 30 days, so it counts as large",
        ),
        (sizes(rows=5000, days=31), True, True, "about 5,000 rows, 8.0 kB, measured 31 days ago"),
        (sizes(rows=None), True, False, "Postgres had never analysed public.users (or a partition of it)"),
        (sizes(rows=None, size=2**30), True, True, "1.0 GB, measured 3 days ago"),
        (
            sizes(columns=columns_mark(["id"])),
            True,
            False,
            "what was measured as public.users 3 days ago has other",
        ),
        (
            Sizes(NOW),
            True,
            False,
            "public.users is not among the sizes measured today, so it counts as large",
        ),
        (Sizes(), True, False, "no sizes of tables were sent, so it counts as large"),
    ],
)
def test_one_table(known, is_large, is_known, words):
    found = weigh((USERS,), known, LARGE, now=NOW)
    assert (found.is_large, found.is_known) == (is_large, is_known)
    assert found.words.startswith(words)


def test_new_ones_are_empty_and_unknown_ones_large_whatever_was_measured():
    for known in (Sizes(), sizes(), sizes(days=99)):
        assert not weigh((), known, LARGE, now=NOW).is_large
        assert weigh(None, known, LARGE, now=NOW).is_large


MEASURED = st.builds(
    Measured, st.none() | st.integers(0, 3000), st.integers(0, 2**21), st.sampled_from([MARK, "0" * 16])
)
TABLES = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True).map(
    lambda names: tuple(Standing("public", name, MARK) for name in names)
)
KNOWN = st.dictionaries(st.sampled_from("abcd").map(lambda name: ("public", name)), MEASURED)


@given(TABLES, KNOWN, st.integers(0, 60), st.integers(0, 3000))
def test_small_is_only_what_was_seen_to_be(tables, known, days, rows):
    found = weigh(tables, Sizes(NOW - timedelta(days=days), known), Threshold(rows, 2**20), now=NOW)
    seen = [known.get((each.schema, each.name)) for each in tables]
    if not found.is_large:
        assert days <= 30
        assert all(each and each.rows is not None and each.columns == MARK for each in seen)
        assert sum(each.rows for each in seen) < rows
        assert sum(each.bytes for each in seen) < 2**20


def test_words():
    assert [rows_words(n) for n in (0, 1, 999, 1234, 45678, 999_999, 10**6, 25 * 10**8)] == [
        "about 0 rows",
        "about 1 row",
        "about 999 rows",
        "about 1,230 rows",
        "about 45,700 rows",
        "about 1,000,000 rows",
        "about 1.0 million rows",
        "about 2.5 billion rows",
    ]
    assert [size_words(n) for n in (0, 1023, 1536, 2**40)] == ["0 bytes", "1023 bytes", "1.5 kB", "1.0 TB"]


def test_the_mark_knows_no_order_and_no_tricks():
    assert columns_mark(["b", "a"]) == columns_mark(["a", "b"]) == "0473ef2dc0d324ab"
    assert columns_mark(["a,b"]) != columns_mark(["a", "b"])
