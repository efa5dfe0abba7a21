"""Names after everything that has landed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemata.landing import restamp


@pytest.mark.parametrize(
    ("landed", "names", "expected"),
    [
        (["20240101000000_a"], ["20240102000000_b"], ["20240102000000_b"]),
        (["20240103000000_a"], ["20240102000000_b"], ["20240103000001_b"]),
        (
            ["20240103235959_a"],
            ["20240101000000_b", "20240102000000_c"],
            ["20240104000000_b", "20240104000001_c"],
        ),
        (
            ["20240103000000_a"],
            ["20240103000000_a2", "20240104000000_b"],
            ["20240103000001_a2", "20240104000000_b"],
        ),
        (["0011_a", "0012_b"], ["0012_c", "0013_d"], ["0013_c", "0014_d"]),
        (["0012_z"], ["0012_c"], ["0013_c"]),
        (["V9__a"], ["V9__A", "V10__b"], ["V10__A", "V11__b"]),
        (["99999999999999_a"], ["20240101000000_b"], ["100000000000000_b"]),
        ([], ["1_a"], ["1_a"]),
        (["V2__a"], ["R__views"], ["R__views"]),
    ],
)
def test_restamp(landed: list[str], names: list[str], expected: list[str]) -> None:
    assert list(restamp(landed, names)) == expected


STAMPS = st.datetimes().map(lambda when: when.strftime("%Y%m%d%H%M%S").zfill(14))


@given(st.lists(STAMPS), st.lists(STAMPS, unique=True))
def test_every_name_sorts_after_all_before_it(landed: list[str], names: list[str]) -> None:
    before = [f"{each}_landed" for each in landed]
    after = list(restamp(before, sorted(f"{each}_new" for each in names)))
    assert len(after) == len(names)
    assert sorted([*before, *after])[len(before) :] == after
    assert [each.partition("_")[2] for each in after] == ["new"] * len(names)
