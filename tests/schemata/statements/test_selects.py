"""Which queries only differ in the order of their columns."""

import pytest

from schemata.statements.selects import same_but_order

SAME = (
    ("select a, b from t", "SELECT b,\n a FROM t;"),
    (
        "select a as x, (select max(b) from u) as y from t",
        "select (select max(b) from u) as y, a as x from t",
    ),
)
OTHER = (
    ("select a from t except select a from u", "select a from u except select a from t"),
    ("select a, b from t union select c, d from u", "select b, a from t union select c, d from u"),
    ("select a as x, b as y from t", "select b as x, a as y from t"),
    ("select a, a, b from t", "select a, b, b from t"),
    ("select a, b from t where a > 1", "select b, a from t where b > 1"),
    ("select case when a then b end from t", "select case when b then a end from t"),
    ("select a from", "select a frm"),
    ("", ";"),
    ("values (1), (2)", "values (2), (1)"),
)


@pytest.mark.parametrize(("first", "second"), SAME)
def test_same(first: str, second: str) -> None:
    assert same_but_order(first, second)


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_other(first: str, second: str) -> None:
    assert not same_but_order(first, second)
