"""Two texts beside each other: every line is there, only differing ones are marked."""

import io

import pytest

from braid.command.beside import beside
from braid.command.style import Style

OLD = "-- Why.\nalter table a add b int;\nselect 1;\n"
NEW = "-- Why.\n-- Left out.\nselect 1;\n"


@pytest.fixture
def style() -> Style:
    return Style(io.StringIO())


def test_wide(style: Style) -> None:
    lines = list(beside(OLD, NEW, style, 100))
    assert [line.split() for line in lines] == [
        ["--", "Why.", "--", "Why."],
        ["alter", "table", "a", "add", "b", "int;", "|", "--", "Left", "out."],
        ["select", "1;", "select", "1;"],
    ]
    assert len({line.find("--", 10) for line in lines[:2]}) == 1


def test_narrow(style: Style) -> None:
    assert list(beside(OLD, NEW, style, 60)) == [
        "      -- Why.",
        "    - alter table a add b int;",
        "    + -- Left out.",
        "      select 1;",
    ]


def test_long_lines_are_cut_and_tabs_do_not_shift(style: Style) -> None:
    (line,) = beside("\tx" * 100, "y", style, 100)
    assert "\t" not in line
    assert len(line) <= 100
    assert "…" in line
