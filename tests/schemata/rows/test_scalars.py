"""Whatever is asked of a value, there is one or there is none, and never a failure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemata.rows.builtin import MAKERS
from schemata.rows.checks import wishes_of
from schemata.rows.demands import Demand
from schemata.rows.scalars import scalar
from schemata.rows.spots import Spot

TEXTS = st.sampled_from(
    ["", "a", "9999-12-31", "0001-01-01", "2020-02-30", "1e400", "NaN", "infinity", "-5", "é" * 9]
)
BOUNDS = (
    st.none()
    | TEXTS
    | st.integers(-(10**20), 10**20).map(Decimal)
    | st.sampled_from([Decimal("1e250"), Decimal("-0.001"), Decimal("1e-200")])
)
DEMANDS = st.builds(
    Demand,
    choices=st.lists(TEXTS, max_size=2).map(tuple),
    excluded=st.frozensets(TEXTS, max_size=2),
    low=BOUNDS,
    high=BOUNDS,
    open_low=st.booleans(),
    open_high=st.booleans(),
    min_length=st.integers(0, 10**9),
    max_length=st.none() | st.integers(0, 10**9),
    patterns=st.lists(
        st.sampled_from(["~:^a{9999}", "~*:[", "like:%\\", "~:(?<x>a)\\1", "~:^(a|b){3}$"]), max_size=2
    ).map(tuple),
)
SPOTS = st.builds(
    Spot, st.text(max_size=70), st.integers(0, 7999), st.integers(0, 70_000), st.integers(0, 60)
)
MODIFIERS = st.sampled_from(
    [(), ("0",), ("1",), ("5", "2"), ("2", "-3"), ("3", "7"), ("1000", "1000"), ("80000000",)]
)


@given(st.sampled_from(sorted(MAKERS)), MODIFIERS, SPOTS, DEMANDS)
def test_any_demand(base: str, modifiers: tuple[str, ...], spot: Spot, demand: Demand) -> None:
    found = scalar(base, modifiers, spot, demand)
    assert found is None or len(found) < 1_100_000


@given(st.lists(DEMANDS, min_size=2, max_size=2))
def test_demands_join(pair: list[Demand]) -> None:
    one, other = pair
    joined = one.both(other)
    assert joined.min_length == max(one.min_length, other.min_length)
    assert joined.excluded == one.excluded | other.excluded
    assert joined.both(joined) == Demand.both(joined, joined)


LEAVES = st.sampled_from(
    """
    a|b|t.a|1|-1|- - 1|1.5e3|'x'|''|null|true|now()|current_date|b'101'|'{1,2}'|array[1, 2]|array[]::int[]
    '1'::int|length(a)|lower(b)|num_nonnulls(a, b)|f()|(select 1)|$1|row(a, b)|a[1]|(a).b|case when a then b end
    coalesce(a, b)|greatest(a, 1)|a collate "C"|a between 1 and 2
    """.strip()
    .replace("\n", "|")
    .split("|")
)
OPERATORS = "= <> < <= > >= ~ !~ ~* ~~ and or || is+distinct+from like ilike similar+to in between+1+and"


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from([each.replace("+", " ") for each in OPERATORS.split(" ")])
    return st.one_of(
        st.tuples(inner, operators, inner).map(lambda each: f"({each[0]}) {each[1]} ({each[2]})"),
        st.tuples(inner, st.sampled_from(["=", "<>", "~"]), st.sampled_from(["any", "all"]), inner).map(
            lambda each: f"({each[0]}) {each[1]} {each[2]} ({each[3]})"
        ),
        st.tuples(st.sampled_from(["not ", "-", ""]), inner).map(lambda each: f"{each[0]}({each[1]})"),
        st.tuples(
            inner,
            st.sampled_from(["is null", "is not null", "is true", "is not false", "is unknown", "::text"]),
        ).map(lambda each: f"({each[0]}) {each[1]}"),
        st.tuples(st.sampled_from(["lower", "jsonb_typeof", "cardinality", "num_nulls"]), inner).map(
            lambda each: f"{each[0]}({each[1]})"
        ),
    )


@given(st.recursive(LEAVES, _grown, max_leaves=8))
def test_any_check(text: str) -> None:
    wishes_of([text])


@pytest.mark.parametrize(
    "text", ["", "(", "not " * 3_900 + "a", "(" * 7_000 + "a" + ")" * 7_000, "1" + "+1" * 7_000]
)
def test_what_is_no_check(text: str) -> None:
    wishes_of([text])
