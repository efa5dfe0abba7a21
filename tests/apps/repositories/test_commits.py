"""Commits as pages show them."""

import pygit2

from apps.repositories.commits import (
    Distance,
    branch_head,
    branch_heads,
    distance,
    find_commit,
    list_commits,
    merge_base,
)
from tests.apps.repositories.conftest import Write

MISSING = "1" * 40


def test_the_heads_of_branches_and_of_nothing_else(repository: pygit2.Repository, write: Write) -> None:
    head = write({"a": b""})
    write({"b": b""}, branch="team/topic")
    repository.references.create("refs/tags/v1", head)
    assert set(branch_heads(repository)) == {"main", "team/topic"}
    assert branch_head(repository, "main") == head
    assert branch_head(repository, "none") == ""


def test_ahead_behind_and_the_merge_base(repository: pygit2.Repository, write: Write) -> None:
    base = write({"a": b"1"})
    main = write({"a": b"2"}, parents=[base])
    one = write({"a": b"3"}, branch="topic", parents=[base])
    topic = write({"a": b"4"}, branch="topic", parents=[one])
    assert distance(repository, main, topic) == Distance(ahead=2, behind=1)
    assert distance(repository, main, main) == Distance(0, 0)
    assert merge_base(repository, main, topic) == base
    assert [commit.id for commit in list_commits(repository, topic, without=main)] == [topic, one]


def test_unrelated_and_missing_commits_are_no_error(repository: pygit2.Repository, write: Write) -> None:
    main, other = write({"a": b"1"}), write({"b": b"1"}, branch="other")
    assert merge_base(repository, main, other) == ""
    assert distance(repository, main, other) == Distance(1, 1)
    assert merge_base(repository, main, MISSING) == ""
    assert distance(repository, main, MISSING) is None
    assert find_commit(repository, MISSING) is None
    assert list_commits(repository, MISSING) == ()


def test_commits_come_in_pages(repository: pygit2.Repository, write: Write) -> None:
    made: list[str] = []
    for number in range(7):
        made.append(write({"a": b"%d" % number}, parents=made[-1:]))
    first = list_commits(repository, made[-1], limit=3)
    second = list_commits(repository, made[-1], limit=3, skip=3)
    assert [commit.id for commit in (*first, *second)] == list(reversed(made))[:6]


def test_what_a_commit_says(repository: pygit2.Repository, write: Write) -> None:
    found = find_commit(repository, write({"a": b""}, message="Add users\n\nBecause.\nReally.\n"))
    assert found is not None
    assert (found.subject, found.body) == ("Add users", "Because.\nReally.")
    assert (found.author.name, found.author.email) == ("Dora", "dora@example.com")
    assert found.author.at.isoformat() == "2023-11-15T00:13:20+02:00"


def test_commits_of_broken_tools_can_be_shown(repository: pygit2.Repository) -> None:
    """Bytes that are not UTF-8 and clocks out of this world."""
    tree = repository.TreeBuilder().write()
    raw = (
        f"tree {tree}\nauthor \xff <> 99999999999999999 +9959\ncommitter C <c@x> -1 +0000\n\n".encode(
            "latin-1"
        )
        + b"caf\xe9\n"
    )
    commit = str(repository.odb.write(pygit2.enums.ObjectType.COMMIT, raw))
    found = find_commit(repository, commit)
    assert found is not None
    assert found.subject == "caf\N{REPLACEMENT CHARACTER}"
    assert found.author.at.year >= 1970
