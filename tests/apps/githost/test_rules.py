"""The rules on refs, as values: what may move where."""

import pytest

from apps.githost.hooks import MAX_REFS
from apps.githost.rules import Ground, refusals
from apps.repositories.actions import HEADS, RefChange
from apps.repositories.names import is_kept

OLD, NEW = "1" * 40, "2" * 40
FILLED = Ground(default_branch="main", default_filled=True, size_mb=1, quota_mb=10)
EMPTY = Ground(default_branch="main", default_filled=False, size_mb=0, quota_mb=10)


def create(ref: str) -> RefChange:
    return RefChange(ref, "", NEW)


@pytest.mark.parametrize(
    "ref",
    [
        "refs/heads/work",
        "refs/heads/a/b/c",
        "refs/heads/v1.2_x-y",
        "refs/tags/v1",
        "refs/heads/main2",
        "refs/heads/0",
    ],
)
def test_plain_names_are_taken(ref: str) -> None:
    assert refusals([create(ref)], FILLED) == ()
    assert is_kept(ref.removeprefix(HEADS)) or not ref.startswith(HEADS)


@pytest.mark.parametrize(
    "ref",
    [
        "refs/heads/a b",
        "refs/heads/a;b",
        "refs/heads/$(id)",
        "refs/heads/ünder",
        "refs/heads/a\u202eb",
        "refs/heads/-x",
        "refs/heads/a/-x",
        "refs/heads/HEAD",
        "refs/heads/" + "x" * 201,
        "refs/heads/",
        "refs/tags/a b",
        "refs/notes/x",
        "refs/pull/1/head",
        "refs/braid/x",
        "refs/main",
        "HEAD",
    ],
)
def test_other_names_are_refused_with_one_sentence(ref: str) -> None:
    assert len(refusals([create(ref)], FILLED)) == 1
    assert not (ref.startswith(HEADS) and is_kept(ref.removeprefix(HEADS)))


def test_what_is_there_under_a_bad_name_may_be_removed() -> None:
    assert refusals([RefChange("refs/pull/1/head", OLD, "")], FILLED) == ()


def test_the_default_branch_is_filled_once() -> None:
    assert refusals([create("refs/heads/main")], EMPTY) == ()
    assert "only a merge writes it" in refusals([RefChange("refs/heads/main", OLD, NEW)], FILLED)[0]
    assert "can't be deleted" in refusals([RefChange("refs/heads/main", OLD, "")], FILLED)[0]


def test_another_branch_of_the_same_end_is_not_the_default_one() -> None:
    assert refusals([create("refs/heads/old/main"), create("refs/tags/main")], FILLED) == ()


def test_other_branches_may_be_forced_and_deleted() -> None:
    assert refusals([RefChange("refs/heads/x", OLD, NEW), RefChange("refs/heads/y", OLD, "")], FILLED) == ()


def test_too_many_refs_are_counted_and_not_listed() -> None:
    many = [create(f"refs/heads/a b {number}") for number in range(MAX_REFS + 1)]
    assert refusals(many, FILLED) == (
        f"A push may move {MAX_REFS:,} refs at once. Push fewer branches or tags at a time.",
    )
    assert len(refusals(many[:100], FILLED)) == 21


def test_the_quota_names_both_sizes() -> None:
    full = Ground("main", True, size_mb=11, quota_mb=10)
    assert "would take 11 MB, and 10 MB are allowed" in refusals([create("refs/heads/x")], full)[0]


def test_a_full_repository_can_still_be_emptied() -> None:
    full = Ground("main", True, size_mb=11, quota_mb=10)
    assert refusals([RefChange("refs/heads/x", OLD, "")], full) == ()
