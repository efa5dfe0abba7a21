"""The client for Gitea and Forgejo against a server that answers as their swagger describes."""

from typing import Any

import pytest

from forges import Gone, Kind, Merging, Moved, NotYet, Outcome, Place, PullState, Refused, Status, Unreachable
from forges.comments import marker
from forges.gitea import Gitea
from tests.forges.served import Asked, Reply, Served

HEAD, MERGED = "4f5e7d8f15cf79387cfd8a0d30c58855ab61e138", "c" * 40
REPOSITORY = "/api/v1/repos/acme/shop"
PULL = f"{REPOSITORY}/pulls/7"


@pytest.fixture
def gitea(forge: Served) -> Gitea:
    return Gitea(Place(Kind.GITEA, forge.url, "acme/shop"), lambda: "t0ken", forge.egress)


def repository(**changes: Any) -> dict[str, Any]:
    return {
        "id": 6589,
        "owner": {"id": 6641, "login": "acme"},
        "name": "shop",
        "full_name": "acme/shop",
        "html_url": "https://gitea.example/acme/shop",
        "clone_url": "https://elsewhere.example/acme/shop.git",
        "default_branch": "main",
        "archived": False,
        "permissions": {"admin": False, "push": True, "pull": True},
        **changes,
    }


def pull(**changes: Any) -> dict[str, Any]:
    return {
        "id": 473,
        "number": 7,
        "user": {"id": 6641, "login": "dora", "full_name": "", "username": "dora"},
        "title": "Add orders",
        "body": "For the shop",
        "state": "open",
        "draft": False,
        "html_url": "https://gitea.example/acme/shop/pulls/7",
        "mergeable": True,
        "merged": False,
        "merge_commit_sha": None,
        "allow_maintainer_edit": False,
        "base": {"label": "main", "ref": "main", "sha": "3" * 40, "repo_id": 6589, "repo": repository()},
        "head": {"label": "orders", "ref": "orders", "sha": HEAD, "repo_id": 6589, "repo": repository()},
        **changes,
    }


def fork(repo: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "label": "x",
        "ref": "orders" if repo else "refs/pull/7/head",
        "sha": HEAD,
        "repo_id": 5,
        "repo": repo,
    }


def test_a_repository(forge: Served, gitea: Gitea) -> None:
    forge.answers[f"GET {REPOSITORY}"] = Reply(body=repository())
    found = gitea.repository()
    assert (found.id, found.name, found.default_branch) == ("6589", "acme/shop", "main")
    assert (found.clone_url, found.can_write) == (f"{forge.url}/acme/shop.git", True)
    assert forge.last.headers["authorization"] == "token t0ken"


@pytest.mark.parametrize(
    "changes", [{"permissions": {"push": False}}, {"permissions": None}, {"archived": True}]
)
def test_a_token_that_may_not_write(forge: Served, gitea: Gitea, changes: dict[str, Any]) -> None:
    forge.answers[f"GET {REPOSITORY}"] = Reply(body=repository(**changes))
    assert not gitea.repository().can_write


def test_a_pull_request(forge: Served, gitea: Gitea) -> None:
    forge.answers[f"GET {PULL}"] = Reply(body=pull())
    found = gitea.pull(7)
    assert (found.number, found.title, found.body, found.author) == (7, "Add orders", "For the shop", "dora")
    assert found.author_account == "6641"
    assert (found.head_ref, found.head_sha, found.base_ref) == ("orders", HEAD, "main")
    assert (found.head_repository, found.ref) == ("acme/shop", "refs/pull/7/head")
    assert (found.state, found.is_draft, found.is_fork, found.can_edit) == (
        PullState.OPEN,
        False,
        False,
        True,
    )


@pytest.mark.parametrize("changes", [{"draft": True}, {"title": "WIP: orders"}, {"title": "[Draft] orders"}])
def test_a_draft(forge: Served, gitea: Gitea, changes: dict[str, Any]) -> None:
    forge.answers[f"GET {PULL}"] = Reply(body=pull(**changes))
    assert gitea.pull(7).is_draft


@pytest.mark.parametrize(
    ("repo", "allowed", "name", "can_edit"),
    [
        (repository(id=5, full_name="dora/shop"), True, "dora/shop", True),
        (repository(id=5, full_name="dora/shop"), False, "dora/shop", False),
        (None, True, "", False),
    ],
)
def test_a_pull_request_from_a_fork(
    forge: Served, gitea: Gitea, repo: dict[str, Any] | None, allowed: bool, name: str, can_edit: bool
) -> None:
    forge.answers[f"GET {PULL}"] = Reply(body=pull(head=fork(repo), allow_maintainer_edit=allowed, user=None))
    found = gitea.pull(7)
    assert (found.is_fork, found.head_repository, found.can_edit) == (True, name, can_edit)


def test_states(forge: Served, gitea: Gitea) -> None:
    merged = pull(state="closed", merged=True, merge_commit_sha=MERGED)
    forge.answers[f"GET {PULL}"] = [
        Reply(body=merged),
        Reply(body=pull(state="closed", merge_commit_sha=MERGED)),
    ]
    found = gitea.pull(7)
    assert (found.state, found.merge_commit) == (PullState.MERGED, MERGED)
    found = gitea.pull(7)
    assert (found.state, found.merge_commit) == (PullState.CLOSED, "")


def test_all_open_pull_requests(forge: Served, gitea: Gitea) -> None:
    def page(asked: Asked) -> Reply:
        second = "page=2" in asked.path
        link = f'<{forge.url}{REPOSITORY}/pulls?state=open&page=2>; rel="next",<{forge.url}>; rel="last"'
        return Reply(
            body=[pull(number=number) for number in ([1] if second else [9, 8])],
            headers={} if second else {"Link": link},
        )

    forge.answers[f"GET {REPOSITORY}/pulls"] = page
    assert [found.number for found in gitea.open_pulls()] == [1, 8, 9]
    assert [asked.path.partition("?")[2] for asked in forge.asked] == [
        "state=open&limit=50",
        "state=open&page=2",
    ]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_status(forge: Served, gitea: Gitea, outcome: Outcome) -> None:
    forge.answers[f"POST {REPOSITORY}/statuses/{HEAD}"] = Reply(201, {"id": 1, "status": outcome.value})
    gitea.set_status(Status(HEAD, "braid/collisions", outcome, "2 findings", "https://braid.example/1"))
    assert forge.last.body == {
        "state": "error" if outcome is Outcome.CANCELLED else outcome.value,
        "context": "braid/collisions",
        "description": "2 findings",
        "target_url": "https://braid.example/1",
    }


def test_one_comment_is_written_and_then_edited(forge: Served, gitea: Gitea) -> None:
    forge.answers[f"POST {REPOSITORY}/issues/7/comments"] = Reply(201, {"id": 74, "body": "first"})
    forge.answers[f"PATCH {REPOSITORY}/issues/comments/74"] = Reply(200, {"id": 74, "body": "second"})
    known = gitea.put_comment(7, "first")
    assert gitea.put_comment(7, "second", known) == known == "74"
    mark = marker(gitea.place, 7)
    assert [(asked.method, asked.body) for asked in forge.asked if asked.body] == [
        ("POST", {"body": f"first\n\n{mark}"}),
        ("PATCH", {"body": f"second\n\n{mark}"}),
    ]
    assert gitea.put_comment(7, "again", "73") == "74"


@pytest.mark.parametrize("how", list(Merging))
def test_a_merge(forge: Served, gitea: Gitea, how: Merging) -> None:
    forge.answers[f"POST {PULL}/merge"] = Reply(200)
    forge.answers[f"GET {PULL}"] = Reply(body=pull(state="closed", merged=True, merge_commit_sha=MERGED))
    assert gitea.merge(7, HEAD, "Add orders", "Braid: proved", how) == MERGED
    assert forge.asked[0].body == {
        "Do": how.value,
        "head_commit_id": HEAD,
        "MergeTitleField": "Add orders",
        "MergeMessageField": "Braid: proved",
    }


@pytest.mark.parametrize(
    ("code", "said", "now", "error"),
    [
        (409, "head out of date", {"head": {"ref": "orders", "sha": "d" * 40, "repo": repository()}}, Moved),
        (409, "merge conflict", {}, Refused),
        (405, "Please try again later", {}, Unreachable),
        (405, "Does not have enough approvals", {}, NotYet),
        (423, "archived", {}, Refused),
        (404, "", {}, Gone),
        (200, "", {}, Unreachable),
    ],
)
def test_merges_that_are_not_made(
    forge: Served, gitea: Gitea, code: int, said: str, now: dict[str, Any], error: type[Exception]
) -> None:
    forge.answers[f"POST {PULL}/merge"] = Reply(
        code, {"message": said, "url": "https://gitea.example/api/swagger"}
    )
    forge.answers[f"GET {PULL}"] = Reply(body=pull(**now))
    with pytest.raises(error) as caught:
        gitea.merge(7, HEAD, "", "", Merging.MERGE)
    assert type(caught.value) is error


def test_a_merge_whose_answer_was_lost_is_found(forge: Served, gitea: Gitea) -> None:
    forge.answers[f"POST {PULL}/merge"] = Reply(405, {"message": "The PR is already merged"})
    forge.answers[f"GET {PULL}"] = Reply(body=pull(state="closed", merged=True, merge_commit_sha=MERGED))
    assert gitea.merge(7, HEAD, "", "", Merging.MERGE) == MERGED


def test_git_shows_the_token_as_a_password(gitea: Gitea) -> None:
    assert gitea.credentials() == ("oauth2", "t0ken")
