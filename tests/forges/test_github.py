"""GitHub's repositories, pull requests, statuses, comments and merges; the shapes are checked by the oracles."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from forges import (
    Elsewhere,
    ForgeError,
    Gone,
    Kind,
    Limited,
    Merging,
    Moved,
    Outcome,
    Place,
    PullState,
    Refused,
    Status,
    Unreachable,
    Unusable,
)
from forges.comments import marker
from forges.github import GitHub, InstallationToken
from forges.opening import open_client
from tests.forges.github import API, Tokens, app
from tests.forges.served import Asked, Reply, Served

REPO = f"{API}/repos/acme/shop"
HEAD, OTHER = "a" * 40, "b" * 40
OURS = {
    "id": 1,
    "full_name": "acme/shop",
    "html_url": "https://github.com/acme/shop",
    "default_branch": "main",
}
FORK = {"id": 2, "full_name": "eve/shop"}


@pytest.fixture
def forge(forge: Served) -> Served:
    forge.answers[f"GET {REPO}"] = Reply(body={**OURS, "permissions": {"push": True}})
    forge.answers[f"GET {API}/user"] = Reply(body={"login": "braid"})
    return forge


@pytest.fixture
def github(forge: Served) -> GitHub:
    return GitHub(Place(Kind.GITHUB, forge.url, "acme/shop"), lambda: "ghp_secret", forge.egress)


def test_it_is_what_is_opened(github: GitHub) -> None:
    assert open_client(github.place, github.secret, github.egress) == github


def as_app(forge: Served) -> GitHub:
    forge.answers[f"POST {API}/app/installations/11/access_tokens"] = Tokens()
    token = InstallationToken(app(forge), "11")
    return GitHub(Place(Kind.GITHUB, forge.url, "acme/shop"), token, forge.egress)


def pull(number: int = 7, **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "title": "Add a price",
        "state": "open",
        "html_url": f"https://github.com/acme/shop/pull/{number}",
        "body": None,
        "user": {"login": "dora", "id": 583231},
        "head": {"ref": "price", "sha": HEAD, "repo": OURS},
        "base": {"ref": "main", "sha": OTHER, "repo": OURS},
        "merge_commit_sha": "c" * 40,
        "merged_at": None,
        **changes,
    }


def test_a_repository_and_what_our_credential_may(forge: Served, github: GitHub) -> None:
    found = github.repository()
    assert (found.id, found.name, found.default_branch, found.can_write) == ("1", "acme/shop", "main", True)
    assert found.clone_url == f"{forge.url}/acme/shop.git"
    assert forge.last.headers["authorization"] == "Bearer ghp_secret"
    assert forge.last.headers["x-github-api-version"] == "2022-11-28"
    forge.answers[f"GET {REPO}"] = Reply(body={**OURS, "permissions": {"push": True}, "archived": True})
    assert not github.repository().can_write
    forge.answers[f"GET {REPO}"] = Reply(body={**OURS, "permissions": {"push": False}})
    assert not github.repository().can_write
    assert as_app(forge).repository().can_write, "what stands there is about people"


def test_a_renamed_repository_is_found_by_its_number(forge: Served, github: GitHub) -> None:
    moved = {"Location": f"https://elsewhere.example{API}/repositories/1"}
    forge.answers[f"GET {REPO}"] = Reply(301, {"message": "Moved Permanently"}, moved)
    forge.answers[f"GET {API}/repositories/1"] = Reply(body={**OURS, "full_name": "acme/store"})
    assert (github.repository().id, github.repository().name) == ("1", "acme/store")
    assert github.repository().clone_url == f"{forge.url}/acme/store.git"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://[",
        f"https://github.com{API}/user",
        f"{API}/repositories/1/../../user",
        "/repositories/1",
        f"{REPO}?x",
    ],
)
def test_what_points_elsewhere_is_not_followed(forge: Served, github: GitHub, address: str) -> None:
    forge.answers[f"GET {REPO}"] = Reply(301, {"message": "Moved Permanently"}, {"Location": address})
    with pytest.raises(Elsewhere):
        github.repository()
    assert len(forge.asked) == 1


def test_it_is_followed_once(forge: Served, github: GitHub) -> None:
    moved = Reply(301, None, {"Location": f"{API}/repositories/1"})
    forge.answers[f"GET {REPO}"] = forge.answers[f"GET {API}/repositories/1"] = moved
    with pytest.raises(Elsewhere):
        github.repository()
    assert len(forge.asked) == 2


def test_names_can_t_lead_elsewhere(forge: Served) -> None:
    for name in ("acme", "acme/../x", "a/b/c", "/shop", "acme/"):
        with pytest.raises(Unusable):
            GitHub(Place(Kind.GITHUB, forge.url, name), lambda: "x", forge.egress).repository()
    with pytest.raises(Gone):
        GitHub(Place(Kind.GITHUB, forge.url, "acme/a?b#c"), lambda: "x", forge.egress).repository()
    assert [asked.path for asked in forge.asked] == [f"{API}/repos/acme/a%3Fb%23c"]


def test_a_pull_request(forge: Served, github: GitHub) -> None:
    forge.answers[f"GET {REPO}/pulls/7"] = Reply(body=pull())
    found = github.pull(7)
    assert (found.ref, found.head_sha, found.head_ref, found.base_ref) == (
        "refs/pull/7/head",
        HEAD,
        "price",
        "main",
    )
    assert (found.state, found.is_fork, found.can_edit, found.body) == (PullState.OPEN, False, True, "")
    assert found.merge_commit == "", "before it is merged GitHub names the commit of a trial"
    merged = pull(state="closed", merged_at="2026-11-01T10:00:00Z")
    forge.answers[f"GET {REPO}/pulls/7"] = Reply(body=merged)
    assert (github.pull(7).state, github.pull(7).merge_commit) == (PullState.MERGED, "c" * 40)


@pytest.mark.parametrize(
    ("repo", "is_allowed", "name", "can_edit"),
    [(FORK, True, "eve/shop", True), (FORK, False, "eve/shop", False), (None, True, "", False)],
)
def test_a_fork_is_edited_only_where_its_owner_allows_it(
    forge: Served, github: GitHub, repo: object, is_allowed: bool, name: str, can_edit: bool
) -> None:
    head = {"ref": "price", "sha": HEAD, "repo": repo}
    forge.answers[f"GET {REPO}/pulls/7"] = Reply(body=pull(head=head, maintainer_can_modify=is_allowed))
    found = github.pull(7)
    assert (found.is_fork, found.head_repository, found.can_edit) == (True, name, can_edit)


def test_open_pull_requests_come_from_all_pages(forge: Served, github: GitHub) -> None:
    def page(asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.path).query)
        number = int(query.get("page", ["1"])[0])
        link = {"Link": f'<{forge.url}/x?state=open&page={number + 1}>; rel="next"'}
        return Reply(body=[pull(10 - number), pull(9)], headers=link if number < 3 else {})

    forge.answers[f"GET {REPO}/pulls"] = page
    assert [each.number for each in github.open_pulls()] == [7, 8, 9]


def test_a_status(forge: Served, github: GitHub) -> None:
    forge.answers[f"POST {REPO}/statuses/{HEAD}"] = Reply(201, {})
    github.set_status(Status(HEAD, "braid", Outcome.ERROR, "x\n" * 200, "https://b.example/1"))
    sent = forge.last.body
    assert (sent["state"], sent["context"], sent["target_url"]) == ("error", "braid", "https://b.example/1")
    assert len(sent["description"]) == 140


def test_a_status_that_nobody_will_finish_never_passes(forge: Served, github: GitHub) -> None:
    forge.answers[f"POST {REPO}/statuses/{HEAD}"] = Reply(201, {})
    github.set_status(Status(HEAD, "braid", Outcome.CANCELLED, "Superseded", "https://b.example/1"))
    assert forge.last.body["state"] == "error"


def test_a_comment_is_made_once_and_then_edited(forge: Served, github: GitHub) -> None:
    forge.answers[f"GET {REPO}/issues/7/comments"] = Reply(body=[])
    forge.answers[f"POST {REPO}/issues/7/comments"] = Reply(201, {"id": 5})
    assert github.put_comment(7, "Two changes") == "5"
    written = forge.last.body["body"]
    assert written == f"Two changes\n\n{marker(github.place, 7)}"
    forge.answers[f"PATCH {REPO}/issues/comments/5"] = Reply(200, {"id": 5})
    assert github.put_comment(7, "Three changes", "5") == "5"
    assert forge.last.method == "PATCH"
    listed = [
        {"id": 3, "body": written, "user": {"login": "eve"}},
        {"id": 4, "body": f"> {written}\n\nWhat is this?", "user": {"login": "braid"}},
        {"id": 5, "body": written, "user": {"login": "braid"}},
    ]
    forge.answers[f"GET {REPO}/issues/7/comments"] = Reply(body=listed)
    assert github.put_comment(7, "Found again") == "5", "the answer to the first call was lost"
    del forge.answers[f"PATCH {REPO}/issues/comments/5"]
    assert github.put_comment(7, "Deleted meanwhile", "5") == "5"
    assert forge.last.method == "POST"


def test_a_comment_that_is_too_long_keeps_its_mark(forge: Served, github: GitHub) -> None:
    forge.answers[f"GET {REPO}/issues/7/comments"] = Reply(body=[])
    forge.answers[f"POST {REPO}/issues/7/comments"] = Reply(201, {"id": 5})
    github.put_comment(7, "ü line\n" * 20_000)
    sent = forge.last.body["body"]
    assert len(sent) <= 65_536
    assert sent.endswith(f"…\n\n{marker(github.place, 7)}")


def test_an_app_knows_its_own_comments(forge: Served) -> None:
    forge.answers[f"GET {API}/app"] = Reply(body={"slug": "braid"})
    github = as_app(forge)
    written = f"x\n\n{marker(github.place, 7)}"
    others = [
        {"id": each, "body": written, "user": {"login": who}}
        for each, who in ((3, "braid"), (4, "braid[bot]"))
    ]
    forge.answers[f"GET {REPO}/issues/7/comments"] = Reply(body=others)
    forge.answers[f"PATCH {REPO}/issues/comments/4"] = Reply(200, {"id": 4})
    assert github.put_comment(7, "y") == "4"


MERGE = f"PUT {REPO}/pulls/7/merge"


def test_a_merge_is_compare_and_swap(forge: Served, github: GitHub) -> None:
    forge.answers[MERGE] = Reply(200, {"sha": "d" * 40, "merged": True, "message": "Merged"})
    assert github.merge(7, HEAD, "Title", "Text", Merging.SQUASH) == "d" * 40
    assert forge.last.body == {
        "sha": HEAD,
        "merge_method": "squash",
        "commit_title": "Title",
        "commit_message": "Text",
    }
    assert github.merge(7, HEAD, "Title", "Text", Merging.REBASE) == "d" * 40
    assert forge.last.body == {"sha": HEAD, "merge_method": "rebase"}


@pytest.mark.parametrize(
    ("reply", "now", "kind", "match"),
    [
        (Reply(409, {"message": "Head branch was modified."}), pull(), Moved, "moved on"),
        (
            Reply(405, {"message": "Pull Request is not mergeable"}),
            pull(head={"ref": "price", "sha": OTHER, "repo": OURS}),
            Moved,
            "moved on",
        ),
        (Reply(405, {"message": "Pull Request is not mergeable"}), pull(), Refused, "is not mergeable"),
        (
            Reply(405, {"message": "Changes must be made through the merge queue"}),
            pull(),
            Refused,
            "merge queue",
        ),
        (
            Reply(405, {"message": "Base branch was modified. Review and try the merge again."}),
            pull(),
            Unreachable,
            "just moved",
        ),
        (
            Reply(403, {"message": "Resource not accessible by integration"}),
            pull(),
            Refused,
            "not accessible",
        ),
        (Reply(404, {"message": "Not Found"}), pull(), Gone, "no such"),
    ],
)
def test_merges_that_are_not_made(
    forge: Served, github: GitHub, reply: Reply, now: dict[str, Any], kind: type[ForgeError], match: str
) -> None:
    forge.answers[MERGE] = reply
    forge.answers[f"GET {REPO}/pulls/7"] = Reply(body=now)
    with pytest.raises(kind, match=match) as caught:
        github.merge(7, HEAD, "Title", "Text", Merging.MERGE)
    assert type(caught.value) is kind


def test_a_merge_whose_answer_was_lost_is_found_again(forge: Served, github: GitHub) -> None:
    forge.answers[MERGE] = [
        Reply(200, {"sha": "d" * 40}, cut_at=3),
        Reply(405, {"message": "Pull Request is closed"}),
    ]
    merged = pull(state="closed", merged_at="2026-11-01T10:00:00Z")
    forge.answers[f"GET {REPO}/pulls/7"] = Reply(body=merged)
    with pytest.raises(Unreachable):
        github.merge(7, HEAD, "Title", "Text", Merging.MERGE)
    assert github.merge(7, HEAD, "Title", "Text", Merging.MERGE) == "c" * 40


SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}


@pytest.mark.parametrize(
    ("reply", "kind", "wait_s"),
    [
        (Reply(500), Unreachable, None),
        (Reply(502, b"<html>"), Unreachable, None),
        (Reply(429, headers={"Retry-After": "30"}), Limited, 30),
        (Reply(403, SECONDARY), Limited, 60),
        (Reply(403, SECONDARY, {"Retry-After": "90"}), Limited, 90),
        (Reply(201, {"id": 5} | {"body": "x" * 500}, cut_at=40), Unreachable, None),
        (Reply(201, b'{"id": "5'), Unreachable, None),
        (Reply(301, {"message": "Moved Permanently"}, {"Location": "http://10.0.0.1/"}), Elsewhere, None),
        (Reply(404, {"message": "Not Found"}), Gone, None),
        (Reply(410, {"message": "This issue was deleted"}), Gone, None),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else None,
)
def test_every_call_fails_in_one_way(
    forge: Served, github: GitHub, reply: Reply, kind: type[ForgeError], wait_s: float | None
) -> None:
    forge.answers[f"GET {REPO}/issues/7/comments"] = Reply(body=[])
    for path in (f"POST {REPO}/issues/7/comments", MERGE, f"GET {REPO}/pulls/7"):
        forge.answers[path] = reply
    for call in (
        lambda: github.put_comment(7, "x"),
        lambda: github.pull(7),
        lambda: github.merge(7, HEAD, "", "", Merging.MERGE),
    ):
        with pytest.raises(kind) as caught:
            call()
        assert type(caught.value) is kind
        assert "ghp_secret" not in str(caught.value)
        assert wait_s is None or getattr(caught.value, "wait_s", None) == wait_s


def test_a_server_that_is_silent_holds_nobody_up(
    forge: Served, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egress.requests.TOTAL_S", 0.2)
    forge.answers[f"GET {REPO}/pulls/7"] = Reply(wait_s=5)
    with pytest.raises(Unreachable, match="did not answer"):
        github.pull(7)


def test_an_installation_token_that_expired_is_renewed(forge: Served) -> None:
    github = as_app(forge)
    forge.answers[f"GET {REPO}"] = [Reply(401, {"message": "Bad credentials"}), Reply(body=OURS)]
    assert github.repository().name == "acme/shop"
    assert github.credentials() == ("x-access-token", "ghs_2")


def test_a_persons_token_that_expired_is_not(forge: Served, github: GitHub) -> None:
    forge.answers[f"GET {REPO}"] = Reply(401, {"message": "Bad credentials"})
    with pytest.raises(Refused, match="does not accept the credential"):
        github.repository()
    assert len(forge.asked) == 1
