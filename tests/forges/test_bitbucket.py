"""Bitbucket Cloud's client against a server that answers as its REST reference describes."""

from base64 import b64encode
from typing import Any

import pytest

from forges import (
    Annotation,
    Gone,
    Kind,
    Level,
    Merging,
    Moved,
    Outcome,
    Place,
    PullState,
    Refused,
    Report,
    Status,
    Unreachable,
    Unusable,
)
from forges.bitbucket import Bitbucket
from forges.comments import marker
from tests.forges.served import Asked, Reply, Served

HEAD, MERGED = "31c54529bd80a6e5e7d797edf751cbd839d6bd4a", "710db794f15b" + "c" * 28
REPOSITORY = "/2.0/repositories/acme/shop"
PULL = f"{REPOSITORY}/pullrequests/7"


def client(forge: Served, secret: str = "ATCTT3x") -> Bitbucket:
    return Bitbucket(Place(Kind.BITBUCKET, forge.url, "acme/shop"), lambda: secret, forge.egress)


@pytest.fixture
def bitbucket(forge: Served) -> Bitbucket:
    return client(forge)


def repository(name: str = "acme/shop", uuid: str = "{7dd600e6}") -> dict[str, Any]:
    return {
        "type": "repository",
        "name": "shop",
        "full_name": name,
        "uuid": uuid,
        "links": {"html": {"href": f"https://bitbucket.org/{name}"}},
        "mainbranch": {"type": "branch", "name": "main"},
    }


def pull(**changes: Any) -> dict[str, Any]:
    return {
        "type": "pullrequest",
        "id": 7,
        "title": "Add orders",
        "description": "For the shop",
        "state": "OPEN",
        "draft": False,
        "author": {"type": "user", "display_name": "Dora D", "nickname": "dora", "uuid": "{d0}"},
        "source": side("orders", HEAD[:12], repository()),
        "destination": side("main", MERGED[:12], repository()),
        "links": {"html": {"href": "https://bitbucket.org/acme/shop/pull-requests/7"}},
        "merge_commit": None,
        **changes,
    }


def side(branch: str, sha: str | None, repo: dict[str, Any] | None) -> dict[str, Any]:
    commit = {"type": "commit", "hash": sha} if sha else None
    return {"branch": {"name": branch}, "commit": commit, "repository": repo}


def commits(*hashes: str) -> Reply:
    return Reply(body={"values": [{"type": "commit", "hash": each} for each in hashes], "pagelen": 10})


def test_a_repository(forge: Served, bitbucket: Bitbucket) -> None:
    scopes = {"X-OAuth-Scopes": "pullrequest:write, repository:write"}
    forge.answers[f"GET {REPOSITORY}"] = Reply(body=repository(), headers=scopes)
    found = bitbucket.repository()
    assert (found.id, found.name, found.default_branch) == ("{7dd600e6}", "acme/shop", "main")
    assert (found.clone_url, found.can_write) == (f"{forge.url}/acme/shop.git", True)
    assert forge.last.headers["authorization"] == "Bearer ATCTT3x"


@pytest.mark.parametrize("headers", [{"X-OAuth-Scopes": "pullrequest:write, repository"}, {}])
def test_a_token_that_may_not_write(forge: Served, bitbucket: Bitbucket, headers: dict[str, str]) -> None:
    empty = {**repository(), "mainbranch": None}
    forge.answers[f"GET {REPOSITORY}"] = Reply(body=empty, headers=headers)
    found = bitbucket.repository()
    assert (found.default_branch, found.can_write) == ("", False)


@pytest.mark.parametrize(("permission", "can_write"), [("admin", True), ("write", True), ("read", False)])
def test_a_person_needs_the_permission(forge: Served, permission: str, can_write: bool) -> None:
    forge.answers[f"GET {REPOSITORY}"] = Reply(body=repository())
    forge.answers["GET /2.0/user/workspaces/acme/permissions/repositories"] = Reply(
        body={"values": [{"type": "repository_permission", "permission": permission}]}
    )
    assert client(forge, "dora@example.com:ATATT").repository().can_write is can_write
    assert forge.last.headers["authorization"] == f"Basic {b64encode(b'dora@example.com:ATATT').decode()}"
    assert forge.last.path.endswith("?q=repository.full_name%3D%22acme%2Fshop%22")


@pytest.mark.parametrize(
    ("secret", "credentials"),
    [
        ("ATCTT3x", ("x-token-auth", "ATCTT3x")),
        ("dora@example.com:ATATT3x", ("x-bitbucket-api-token-auth", "ATATT3x")),
        ("dora:ATBBx", ("dora", "ATBBx")),
    ],
)
def test_what_git_shows(forge: Served, secret: str, credentials: tuple[str, str]) -> None:
    assert client(forge, secret).credentials() == credentials


def test_a_pull_request_with_the_whole_hash(forge: Served, bitbucket: Bitbucket) -> None:
    forge.answers[f"GET {PULL}"] = Reply(body=pull())
    forge.answers[f"GET {PULL}/commits"] = commits(HEAD, "b" * 40)
    found = bitbucket.pull(7)
    assert (found.number, found.title, found.body, found.author) == (7, "Add orders", "For the shop", "dora")
    assert found.author_account == "{d0}"
    assert (found.head_ref, found.head_sha, found.base_ref) == ("orders", HEAD, "main")
    assert (found.head_repository, found.ref, found.can_edit) == ("acme/shop", "", True)
    assert (found.state, found.is_draft, found.is_fork) == (PullState.OPEN, False, False)


def test_a_hash_that_is_not_among_the_commits(forge: Served, bitbucket: Bitbucket) -> None:
    forge.answers[f"GET {PULL}"] = Reply(body=pull())
    forge.answers[f"GET {PULL}/commits"] = commits("b" * 40)
    forge.answers[f"GET {REPOSITORY}/commit/{HEAD[:12]}"] = Reply(body={"type": "commit", "hash": HEAD})
    assert bitbucket.pull(7).head_sha == HEAD


def test_a_hidden_fork_does_not_hide_the_others(forge: Served, bitbucket: Bitbucket) -> None:
    hidden = pull(id=8, source=side("orders", "e" * 12, repository("dora/shop", "{other}")))
    forge.answers[f"GET {REPOSITORY}/pullrequests"] = Reply(body={"values": [hidden, pull()]})
    forge.answers[f"GET {REPOSITORY}/refs/branches"] = Reply(body={"values": []})
    forge.answers[f"GET {PULL}/commits"] = commits(HEAD)
    assert [(found.number, found.head_sha) for found in bitbucket.open_pulls()] == [(7, HEAD), (8, "")]


@pytest.mark.parametrize("repo", [repository("dora/shop", "{other}"), None])
def test_a_pull_request_from_a_fork(forge: Served, bitbucket: Bitbucket, repo: dict[str, Any] | None) -> None:
    forge.answers[f"GET {PULL}"] = Reply(body=pull(source=side("orders", None, repo), author=None))
    found = bitbucket.pull(7)
    assert (found.is_fork, found.can_edit, found.head_sha) == (True, False, "")
    assert found.head_repository == ("dora/shop" if repo else "")


def test_all_open_pull_requests(forge: Served, bitbucket: Bitbucket) -> None:
    def page(asked: Asked) -> Reply:
        if "page=2" in asked.path:
            return Reply(body={"values": [pull(id=1)]})
        elsewhere = "https://elsewhere.example/x?state=OPEN&page=2"
        return Reply(body={"values": [pull(id=9), pull(id=8)], "next": elsewhere})

    branch = {"name": "orders", "target": {"type": "commit", "hash": HEAD}}
    forge.answers[f"GET {REPOSITORY}/pullrequests"] = page
    forge.answers[f"GET {REPOSITORY}/refs/branches"] = Reply(body={"values": [branch]})
    assert [(found.number, found.head_sha) for found in bitbucket.open_pulls()] == [
        (n, HEAD) for n in (1, 8, 9)
    ]
    # One list of branches has the whole hashes of all of them.
    assert len(forge.asked) == 3


def test_pages_without_an_end_are_an_error(forge: Served, bitbucket: Bitbucket) -> None:
    forge.answers[f"GET {REPOSITORY}/pullrequests"] = Reply(body={"values": [], "next": "x?page=2"})
    with pytest.raises(Unusable, match="more than 50 pages"):
        bitbucket.open_pulls()


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("pending", "INPROGRESS"),
        ("success", "SUCCESSFUL"),
        ("failure", "FAILED"),
        ("error", "FAILED"),
        ("cancelled", "FAILED"),
    ],
)
def test_a_status(forge: Served, bitbucket: Bitbucket, outcome: str, state: str) -> None:
    forge.answers[f"POST {REPOSITORY}/commit/{HEAD}/statuses/build"] = Reply(201, {"key": "braid"})
    bitbucket.set_status(Status(HEAD, "braid", Outcome(outcome), "2 findings", "https://braid.example/1"))
    assert forge.last.body == {
        "key": "braid",
        "name": "braid",
        "state": state,
        "description": "2 findings",
        "url": "https://braid.example/1",
    }


def test_a_long_key_becomes_a_hash(forge: Served, bitbucket: Bitbucket) -> None:
    forge.answers[f"POST {REPOSITORY}/commit/{HEAD}/statuses/build"] = Reply(201, {})
    keys = []
    for context in ("braid/" + "x" * 40, "braid/" + "x" * 40, "braid/" + "y" * 40):
        bitbucket.set_status(Status(HEAD, context, Outcome.SUCCESS, "", "https://braid.example/1"))
        keys.append(forge.last.body["key"])
        assert forge.last.body["name"] == context
    assert keys[0] == keys[1] != keys[2]
    assert {len(key) for key in keys} == {40}


def report(count: int, **changes: Any) -> Report:
    levels = list(Level)
    annotations = tuple(
        Annotation(f"migrations/{n}.sql", n + 1, levels[n % 3], f"Finding {n}", "What to do")
        for n in range(count)
    )
    values = {
        "sha": HEAD,
        "name": "Braid",
        "outcome": Outcome.FAILURE,
        "title": "2 collisions",
        "summary": "| table |",
        "url": "https://braid.example/1",
        "key": "braid-1",
        "annotations": annotations,
    }
    return Report(**{**values, **changes})


REPORT = f"{REPOSITORY}/commit/{HEAD}/reports/braid-1"


def test_a_report_with_annotations_in_batches(forge: Served, bitbucket: Bitbucket) -> None:
    forge.answers[f"PUT {REPORT}"] = Reply(200, {"external_id": "braid-1"})
    forge.answers[f"POST {REPORT}/annotations"] = Reply(200, [])
    assert bitbucket.put_report(report(1203)) == "braid-1"
    made, *batches = forge.asked
    assert made.body["details"] == "2 collisions\n\n| table |\n\n203 remarks more stand on Braid's page."
    assert (made.body["result"], made.body["report_type"], made.body["link"]) == (
        "FAILED",
        "TEST",
        "https://braid.example/1",
    )
    assert [len(batch.body) for batch in batches] == [100] * 10
    sent = [each for batch in batches for each in batch.body]
    assert len({each["external_id"] for each in sent}) == 1000
    # What is left out is of the least weight.
    assert [each["severity"] for each in sent] == ["HIGH"] * 401 + ["MEDIUM"] * 401 + ["LOW"] * 198
    assert sent[0] == {
        "external_id": "braid-0000",
        "annotation_type": "BUG",
        "severity": "HIGH",
        "result": "FAILED",
        "summary": "Finding 2",
        "details": "What to do",
        "path": "migrations/2.sql",
        "line": 3,
        "link": "https://braid.example/1",
    }


def test_a_report_is_renewed_without_what_it_said_before(forge: Served, bitbucket: Bitbucket) -> None:
    forge.answers[f"PUT {REPORT}"] = Reply(200, {})
    known = bitbucket.put_report(report(0, summary="x\n" * 2000, outcome=Outcome.PENDING))
    assert len(forge.last.body["details"]) <= 2000
    assert forge.last.body["details"].endswith("x\n…")
    assert forge.last.body["result"] == "PENDING"
    forge.answers[f"DELETE {REPORT}"] = [Reply(204), Reply(404)]
    for _ in range(2):
        forge.asked.clear()
        assert bitbucket.put_report(report(0, outcome=Outcome.SUCCESS), known) == known
        assert [asked.method for asked in forge.asked] == ["DELETE", "PUT"]
    assert forge.last.body["result"] == "PASSED"


def test_one_comment_is_written_and_then_edited(forge: Served, bitbucket: Bitbucket) -> None:
    forge.answers[f"POST {PULL}/comments"] = Reply(201, {"id": 4191, "deleted": False})
    forge.answers[f"PUT {PULL}/comments/4191"] = [
        Reply(200, {"id": 4191, "deleted": False}),
        Reply(200, {"id": 4191, "deleted": True}),
    ]
    known = bitbucket.put_comment(7, "first")
    assert bitbucket.put_comment(7, "second", known) == known == "4191"
    mark = marker(bitbucket.place, 7, "[//]: # ({})")
    assert [(asked.method, asked.body) for asked in forge.asked if asked.body] == [
        ("POST", {"content": {"raw": f"first\n\n{mark}"}}),
        ("PUT", {"content": {"raw": f"second\n\n{mark}"}}),
    ]
    # Deleted: Bitbucket keeps an empty shell, or says that there is none.
    for gone in ("4191", "4000"):
        bitbucket.put_comment(7, "again", gone)
        assert forge.last.method == "POST"


def comment(number: int, raw: str, uuid: str, **changes: Any) -> dict[str, Any]:
    content = {"type": "rendered", "raw": raw, "markup": "markdown", "html": ""}
    return {"id": number, "deleted": False, "content": content, "user": {"uuid": uuid}, **changes}


def test_a_comment_whose_id_was_lost_is_found_again(forge: Served, bitbucket: Bitbucket) -> None:
    mark = marker(bitbucket.place, 7, "[//]: # ({})")
    pages = [
        [comment(1, mark, "{eve}"), comment(2, mark, "{us}", deleted=True), comment(3, "", "", user=None)],
        [comment(4, f"{mark} is what?", "{us}"), comment(5, f"first\n\n{mark}", "{us}")],
    ]

    def page(asked: Asked) -> Reply:
        if "page=2" in asked.path:
            return Reply(body={"values": pages[1]})
        return Reply(body={"values": pages[0], "next": "https://10.0.0.1/x?page=2"})

    forge.answers["GET /2.0/user"] = Reply(body={"uuid": "{us}", "nickname": "braid"})
    forge.answers[f"GET {PULL}/comments"] = page
    forge.answers[f"PUT {PULL}/comments/5"] = Reply(200, {"id": 5, "deleted": False})
    assert bitbucket.put_comment(7, "second") == "5"


def test_an_access_token_does_not_tell_whose_comments_are_ours(forge: Served, bitbucket: Bitbucket) -> None:
    forge.answers["GET /2.0/user"] = Reply(403, {"type": "error", "error": {"message": "no scope: account"}})
    mark = marker(bitbucket.place, 7, "[//]: # ({})")
    forge.answers[f"GET {PULL}/comments"] = Reply(body={"values": [comment(1, mark, "")]})
    forge.answers[f"POST {PULL}/comments"] = Reply(201, {"id": 6})
    assert bitbucket.put_comment(7, "first") == "6"


def merged(**changes: Any) -> dict[str, Any]:
    return pull(state="MERGED", merge_commit={"type": "commit", "hash": MERGED[:12]}, **changes)


def prepare(forge: Served, *states: dict[str, Any], merge: Reply | None = None) -> None:
    forge.answers[f"GET {PULL}"] = [Reply(body=state) for state in states]
    forge.answers[f"POST {PULL}/merge"] = merge or Reply(body=merged())
    forge.answers[f"GET {PULL}/commits"] = commits(HEAD)
    forge.answers[f"GET {REPOSITORY}/commit/{MERGED[:12]}"] = Reply(body={"hash": MERGED})


@pytest.mark.parametrize(
    ("how", "strategy"),
    [(Merging.MERGE, "merge_commit"), (Merging.SQUASH, "squash"), (Merging.REBASE, "rebase_fast_forward")],
)
def test_a_merge(forge: Served, bitbucket: Bitbucket, how: Merging, strategy: str) -> None:
    prepare(forge, pull(), merged())
    assert bitbucket.merge(7, HEAD, "Add orders", "Braid: proved", how) == MERGED
    sent = [asked.body for asked in forge.asked if asked.method == "POST"]
    assert sent == [{"message": "Add orders\n\nBraid: proved", "merge_strategy": strategy}]


OTHER = side("orders", "d" * 40, repository())


def test_a_head_that_moved_is_not_merged(forge: Served, bitbucket: Bitbucket) -> None:
    prepare(forge, pull(source=OTHER))
    with pytest.raises(Moved, match="moved on to dddddddddddd"):
        bitbucket.merge(7, HEAD, "", "", Merging.MERGE)
    assert "POST" not in {asked.method for asked in forge.asked}


def test_a_head_that_moved_as_it_was_merged_is_told(forge: Served, bitbucket: Bitbucket) -> None:
    prepare(forge, pull(), merged(source=OTHER))
    with pytest.raises(Moved, match="look at it"):
        bitbucket.merge(7, HEAD, "", "", Merging.MERGE)


@pytest.mark.parametrize(
    ("merge", "after", "error"),
    [
        (Reply(400, {"type": "error", "error": {"message": "Your change has conflicts."}}), pull(), Refused),
        (Reply(409, {"type": "error", "error": {"message": "conflict"}}), pull(), Refused),
        (Reply(404), pull(), Gone),
        (Reply(555), pull(), Unreachable),
        (Reply(202, headers={"Location": "https://elsewhere.example/"}), pull(), Unreachable),
    ],
)
def test_merges_that_are_not_made(
    forge: Served, bitbucket: Bitbucket, merge: Reply, after: dict[str, Any], error: type[Exception]
) -> None:
    prepare(forge, pull(), after, merge=merge)
    with pytest.raises(error) as caught:
        bitbucket.merge(7, HEAD, "", "", Merging.MERGE)
    assert type(caught.value) is error


def test_a_merge_that_was_made_before_is_found(forge: Served, bitbucket: Bitbucket) -> None:
    prepare(forge, merged())
    assert bitbucket.merge(7, HEAD, "", "", Merging.MERGE) == MERGED
    prepare(forge, pull(state="DECLINED"))
    with pytest.raises(Refused, match="closed, not open"):
        bitbucket.merge(7, HEAD, "", "", Merging.MERGE)


def test_the_site_has_its_api_elsewhere(forge: Served) -> None:
    place = Place(Kind.BITBUCKET, "https://bitbucket.org", "acme/shop")
    assert Bitbucket(place, str, forge.egress)._api.base_url == "https://api.bitbucket.org/2.0"
