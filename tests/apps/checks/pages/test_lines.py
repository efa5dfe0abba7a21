"""Diff lines: what is kept, what is marked, what is left out."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from apps.checks.pages.lines import Line, compare, whole


def text_of(line: Line) -> str:
    return "".join(part.text for part in line.parts)


def kinds(lines: tuple[Line, ...]) -> list[str]:
    return [line.kind for line in lines]


def marked(line: Line) -> list[str]:
    return [part.text for part in line.parts if part.marked]


def test_marks_only_the_words_that_differ() -> None:
    removed, added = compare("total integer not null", "total bigint not null")
    assert (removed.kind, marked(removed)) == ("removed", ["integer"])
    assert (added.kind, marked(added)) == ("added", ["bigint"])


def test_lines_that_share_little_are_not_marked() -> None:
    lines = compare("create table a (b int)", "drop view x cascade, y, z")
    assert [marked(line) for line in lines] == [[], []]


def test_distant_unchanged_lines_become_a_gap() -> None:
    same = [f"line {n}" for n in range(20)]
    lines = compare("\n".join([*same, "old"]), "\n".join([*same, "new"]))
    assert kinds(lines) == ["same", "gap", "same", "same", "removed", "added"]
    assert [text_of(line) for line in lines[:2]] == ["line 0", "17 unchanged lines"]


def test_a_single_line_is_never_replaced_by_a_gap() -> None:
    lines = compare("a\nb\nc\nx", "a\nb\nc\ny")
    assert kinds(lines) == ["same", "same", "same", "removed", "added"]


def test_one_side_only() -> None:
    assert kinds(compare("", "a\nb")) == ["added", "added"]
    assert kinds(compare("a\nb", "")) == ["removed", "removed"]
    assert kinds(whole("added", "a\nb")) == ["added", "added"]


def test_very_long_lines_are_not_compared_word_by_word() -> None:
    removed, added = compare("a " * 2000, "b " * 2000)
    assert not marked(removed)
    assert not marked(added)


# A busy machine is slow to make examples, and no less right.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
texts = st.lists(st.text(alphabet="abc (),\t", max_size=12), max_size=8).map("\n".join)


@PATIENT
@given(texts, texts)
def test_each_side_can_be_read_back(before: str, after: str) -> None:
    assume(before.splitlines() != after.splitlines())
    lines = compare(before, after, context=100)
    assert [text_of(x) for x in lines if x.kind != "added"] == before.splitlines()
    assert [text_of(x) for x in lines if x.kind != "removed"] == after.splitlines()


@PATIENT
@given(texts)
def test_identical_texts_have_no_changes(text: str) -> None:
    assert compare(text, text) == ()
