"""GitLab's client against a server that answers as docs.gitlab.com/api describes."""

from typing import Any

import pytest

from forges import (
    Elsewhere,
    Gone,
    Kind,
    Merging,
    Moved,
    NotYet,
    Outcome,
    Place,
    PullState,
    Refused,
    Status,
    Unreachable,
    Unusable,
)
from forges.comments import marker
from forges.gitlab import GitLab
from tests.forges.served import Asked, Reply, Served

HEAD, MERGED = "12d65c8dd2b2676fa3ac47d955accc085a37a9c1", "c" * 40
PROJECT = "/gitlab/api/v4/projects/acme%2Fweb%2Fshop"
REQUEST = f"{PROJECT}/merge_requests/7"


@pytest.fixture
def gitlab(forge: Served) -> GitLab:
    """An installation below a path, as some are."""
    return GitLab(
        Place(Kind.GITLAB, f"{forge.url}/gitlab/", "acme/web/shop"), lambda: "glpat-1", forge.egress
    )


def project(**changes: Any) -> dict[str, Any]:
    return {
        "id": 178504,
        "path_with_namespace": "acme/web/shop",
        "default_branch": "main",
        "http_url_to_repo": "https://elsewhere.example/acme/web/shop.git",
        "web_url": "https://gitlab.example/acme/web/shop",
        "merge_method": "merge",
        "archived": False,
        "permissions": {
            "project_access": {"access_level": 30, "notification_level": 3},
            "group_access": None,
        },
        **changes,
    }


def request(**changes: Any) -> dict[str, Any]:
    return {
        "id": 239450,
        "iid": 7,
        "project_id": 178504,
        "title": "Add orders",
        "description": "For the shop",
        "state": "opened",
        "target_branch": "main",
        "source_branch": "orders",
        "author": {"id": 13356, "name": "Dora", "username": "dora", "state": "active"},
        "source_project_id": 178504,
        "target_project_id": 178504,
        "draft": False,
        "detailed_merge_status": "mergeable",
        "sha": HEAD,
        "merge_commit_sha": None,
        "squash_commit_sha": None,
        "web_url": "https://gitlab.example/acme/web/shop/-/merge_requests/7",
        **changes,
    }


def test_a_renamed_project_is_found_by_its_number(forge: Served, gitlab: GitLab) -> None:
    address = f"{forge.url}/gitlab/api/v4/projects/178504"
    forge.answers[f"GET {PROJECT}"] = Reply(301, None, {"Location": address})
    forge.answers["GET /gitlab/api/v4/projects/178504"] = Reply(
        body=project(path_with_namespace="acme/store")
    )
    assert gitlab.repository().clone_url == f"{forge.url}/gitlab/acme/store.git"
    forge.answers[f"GET {PROJECT}"] = Reply(301, None, {"Location": f"{forge.url}/gitlab/users/sign_in"})
    with pytest.raises(Elsewhere):
        gitlab.repository()


def test_a_project(forge: Served, gitlab: GitLab) -> None:
    forge.answers[f"GET {PROJECT}"] = Reply(body=project())
    found = gitlab.repository()
    assert (found.id, found.name, found.default_branch) == ("178504", "acme/web/shop", "main")
    assert found.can_write
    # Where the token goes is not for an answer to say.
    assert found.clone_url == f"{forge.url}/gitlab/acme/web/shop.git"
    assert forge.last.headers["private-token"] == "glpat-1"


@pytest.mark.parametrize(
    ("changes", "can_write"),
    [
        ({"permissions": {"project_access": {"access_level": 20}, "group_access": None}}, False),
        ({"permissions": {"project_access": None, "group_access": {"access_level": 40}}}, True),
        ({"permissions": {"project_access": None, "group_access": None}}, False),
        ({"archived": True}, False),
    ],
)
def test_what_the_token_may_do(
    forge: Served, gitlab: GitLab, changes: dict[str, Any], can_write: bool
) -> None:
    forge.answers[f"GET {PROJECT}"] = Reply(body=project(**changes))
    assert gitlab.repository().can_write is can_write


def test_a_merge_request(forge: Served, gitlab: GitLab) -> None:
    forge.answers[f"GET {REQUEST}"] = Reply(body=request(draft=True))
    found = gitlab.pull(7)
    assert (found.number, found.title, found.body, found.author) == (7, "Add orders", "For the shop", "dora")
    assert found.author_account == "13356"
    assert (found.head_ref, found.head_sha, found.base_ref) == ("orders", HEAD, "main")
    assert (found.head_repository, found.ref) == ("acme/web/shop", "refs/merge-requests/7/head")
    assert (found.state, found.is_draft, found.is_fork, found.can_edit) == (PullState.OPEN, True, False, True)


def test_a_merge_request_without_what_may_be_missing(forge: Served, gitlab: GitLab) -> None:
    forge.answers[f"GET {REQUEST}"] = Reply(
        body=request(description=None, author=None, sha=None, source_project_id=None)
    )
    found = gitlab.pull(7)
    assert (found.body, found.author, found.head_sha, found.head_repository) == ("", "", "", "")
    assert (found.is_fork, found.can_edit) == (True, False)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_merge_request_from_a_fork(forge: Served, gitlab: GitLab, allowed: bool) -> None:
    forge.answers[f"GET {REQUEST}"] = Reply(body=request(source_project_id=5, allow_collaboration=allowed))
    forge.answers["GET /gitlab/api/v4/projects/5"] = Reply(
        body=project(id=5, path_with_namespace="dora/shop")
    )
    found = gitlab.pull(7)
    assert (found.is_fork, found.head_repository, found.can_edit) == (True, "dora/shop", allowed)


def test_all_open_merge_requests(forge: Served, gitlab: GitLab) -> None:
    def page(asked: Asked) -> Reply:
        second = "page=2" in asked.path
        links = {} if second else {"Link": f'<{forge.url}/x?state=opened&page=2>; rel="next"'}
        numbers = [1] if second else [9, 8]
        return Reply(body=[request(iid=number, source_project_id=5) for number in numbers], headers=links)

    forge.answers[f"GET {PROJECT}/merge_requests"] = page
    assert [pull.number for pull in gitlab.open_pulls()] == [1, 8, 9]
    assert "state=opened" in forge.asked[0].path
    # The fork, hidden from us, is asked for once.
    assert [asked.path for asked in forge.asked].count("/gitlab/api/v4/projects/5") == 1


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("pending", "pending"),
        ("success", "success"),
        ("failure", "failed"),
        ("error", "failed"),
        ("cancelled", "canceled"),
    ],
)
def test_a_status(forge: Served, gitlab: GitLab, outcome: str, state: str) -> None:
    forge.answers[f"POST {PROJECT}/statuses/{HEAD}"] = Reply(201, {"id": 93, "status": state})
    gitlab.set_status(
        Status(HEAD, "braid", Outcome(outcome), "2 findings\n" + "x" * 300, "https://braid.example/1")
    )
    body = forge.last.body
    assert len(body.pop("description")) == 255
    assert body == {"state": state, "name": "braid", "target_url": "https://braid.example/1"}


def status(outcome: Outcome = Outcome.PENDING) -> Status:
    return Status(HEAD, "braid", outcome, "", "https://braid.example/1")


def test_a_status_that_stands_already_is_no_error(forge: Served, gitlab: GitLab) -> None:
    message = 'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")'
    forge.answers[f"POST {PROJECT}/statuses/{HEAD}"] = Reply(400, {"message": message})
    gitlab.set_status(status())


@pytest.mark.parametrize(
    ("code", "error"), [(400, Refused), (403, Refused), (404, Gone), (409, Unreachable), (500, Unreachable)]
)
def test_a_status_that_is_refused(forge: Served, gitlab: GitLab, code: int, error: type[Exception]) -> None:
    forge.answers[f"POST {PROJECT}/statuses/{HEAD}"] = Reply(
        code, {"message": "References for commit not found"}
    )
    with pytest.raises(error) as caught:
        gitlab.set_status(status())
    assert type(caught.value) is error


def test_one_note_is_written_and_then_edited(forge: Served, gitlab: GitLab) -> None:
    forge.answers[f"POST {REQUEST}/notes"] = Reply(201, {"id": 301, "body": "first"})
    forge.answers[f"PUT {REQUEST}/notes/301"] = Reply(200, {"id": 301, "body": "second"})
    known = gitlab.put_comment(7, "first")
    assert gitlab.put_comment(7, "second", known) == known == "301"
    mark = marker(gitlab.place, 7)
    assert [(asked.method, asked.body) for asked in forge.asked if asked.body] == [
        ("POST", {"body": f"first\n\n{mark}"}),
        ("PUT", {"body": f"second\n\n{mark}"}),
    ]


def test_a_note_whose_id_was_lost_is_found_again(forge: Served, gitlab: GitLab) -> None:
    body = f"first\n\n{marker(gitlab.place, 7)}"
    forge.answers["GET /gitlab/api/v4/user"] = Reply(body={"id": 9, "username": "project_1_bot"})
    forge.answers[f"GET {REQUEST}/notes"] = Reply(
        body=[
            {"id": 299, "body": body, "system": False, "author": {"id": 4, "username": "eve"}},
            {"id": 300, "body": f"{body}\n\nWhat is this?", "author": {"id": 9, "username": "project_1_bot"}},
            {"id": 301, "body": body, "system": False, "author": {"id": 9, "username": "project_1_bot"}},
        ]
    )
    forge.answers[f"PUT {REQUEST}/notes/301"] = Reply(200, {"id": 301})
    assert gitlab.put_comment(7, "second") == "301"
    assert forge.last.body == {"body": f"second\n\n{marker(gitlab.place, 7)}"}


def test_a_note_that_was_deleted_is_written_anew(forge: Served, gitlab: GitLab) -> None:
    forge.answers[f"POST {REQUEST}/notes"] = Reply(201, {"id": 302})
    assert gitlab.put_comment(7, "again", "301") == "302"


@pytest.mark.parametrize(
    ("how", "changes", "body"),
    [
        (
            Merging.MERGE,
            {"merge_commit_sha": MERGED},
            {"squash": False, "merge_commit_message": "Add orders\n\nBraid: proved"},
        ),
        (
            Merging.SQUASH,
            {"squash_commit_sha": MERGED},
            {"squash": True, "squash_commit_message": "Add orders\n\nBraid: proved"},
        ),
    ],
)
def test_a_merge(
    forge: Served, gitlab: GitLab, how: Merging, changes: dict[str, Any], body: dict[str, Any]
) -> None:
    forge.answers[f"PUT {REQUEST}/merge"] = Reply(body=request(state="merged"))
    forge.answers[f"GET {REQUEST}"] = Reply(body=request(state="merged", **changes))
    assert gitlab.merge(7, HEAD, "Add orders", "Braid: proved", how) == MERGED
    assert forge.asked[0].body == {"sha": HEAD, **body}


def test_a_fast_forward_needs_a_project_that_makes_them(forge: Served, gitlab: GitLab) -> None:
    forge.answers[f"GET {PROJECT}"] = [Reply(body=project()), Reply(body=project(merge_method="ff"))]
    forge.answers[f"PUT {REQUEST}/merge"] = Reply(body=request(state="merged"))
    forge.answers[f"GET {REQUEST}"] = Reply(body=request(state="merged"))
    with pytest.raises(Unusable, match="can't be rebased"):
        gitlab.merge(7, HEAD, "", "", Merging.REBASE)
    assert gitlab.merge(7, HEAD, "", "", Merging.REBASE) == HEAD


@pytest.mark.parametrize(
    ("code", "now", "error", "match"),
    [
        (409, {"sha": "d" * 40}, Moved, "moved on to dddddddddddd"),
        (409, {}, Moved, "moved on"),
        (405, {"sha": "d" * 40}, Moved, "moved on"),
        (405, {"detailed_merge_status": "draft_status"}, Refused, "draft status"),
        (406, {"detailed_merge_status": "conflict"}, Refused, "conflict"),
        (422, {"detailed_merge_status": "ci_must_pass"}, NotYet, "ci must pass"),
        (405, {"detailed_merge_status": "checking"}, Unreachable, "still looking"),
        (405, {"state": "closed", "detailed_merge_status": "not_open"}, Refused, "not open"),
        (401, {}, Refused, "does not accept the credential"),
    ],
)
def test_merges_that_are_not_made(
    forge: Served, gitlab: GitLab, code: int, now: dict[str, Any], error: type[Exception], match: str
) -> None:
    forge.answers[f"PUT {REQUEST}/merge"] = Reply(code, {"message": "Branch cannot be merged"})
    forge.answers[f"GET {REQUEST}"] = Reply(body=request(**now))
    with pytest.raises(error, match=match) as caught:
        gitlab.merge(7, HEAD, "", "", Merging.MERGE)
    assert type(caught.value) is error


def test_a_merge_whose_answer_was_lost_is_found(forge: Served, gitlab: GitLab) -> None:
    forge.answers[f"PUT {REQUEST}/merge"] = Reply(405, {"message": "405 Method Not Allowed"})
    forge.answers[f"GET {REQUEST}"] = Reply(body=request(state="merged", merge_commit_sha=MERGED))
    assert gitlab.merge(7, HEAD, "", "", Merging.MERGE) == MERGED


def test_a_merge_that_takes_longer(forge: Served, gitlab: GitLab) -> None:
    forge.answers[f"PUT {REQUEST}/merge"] = Reply(body=request(state="locked"))
    forge.answers[f"GET {REQUEST}"] = Reply(body=request(state="locked"))
    with pytest.raises(Unreachable, match="not finished"):
        gitlab.merge(7, HEAD, "", "", Merging.MERGE)


def test_git_shows_the_token_as_this_user(gitlab: GitLab) -> None:
    assert gitlab.credentials() == ("oauth2", "glpat-1")
