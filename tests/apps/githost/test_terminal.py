"""What is printed on somebody's terminal stays one line of visible characters."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from apps.githost.terminal import plain


@given(st.text())
def test_no_text_brings_controls_marks_or_line_breaks_through(text: str) -> None:
    shown = plain(text)
    assert not [ch for ch in shown if unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert len(shown.splitlines()) <= 1


def test_ordinary_text_is_left_as_it_is() -> None:
    assert plain("add column public.users.größe, 3 % – ok ✓") == "add column public.users.größe, 3 % – ok ✓"


def test_long_text_is_cut_and_says_so() -> None:
    assert plain("x" * 10, 5) == "xxxx…"
    assert plain("x" * 5, 5) == "xxxxx"
