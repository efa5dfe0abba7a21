"""The one comment on a pull request, on the forges that take their comments from GitHub's API: here Gitea."""

from collections.abc import Iterator

import pytest

from forges import Kind, Place, Unreachable
from forges.comments import marker
from forges.gitea import Gitea
from tests.forges.served import Asked, Reply, Served, serve

REPO = "/api/v1/repos/acme/shop"
COMMENTS = f"{REPO}/issues/7/comments"


@pytest.fixture
def forge() -> Iterator[Served]:
    with serve() as served:
        served.answers["GET /api/v1/user"] = Reply(body={"login": "braid"})
        served.answers[f"GET {COMMENTS}"] = Reply(body=[])
        served.answers[f"POST {COMMENTS}"] = Reply(201, {"id": 5})
        yield served


@pytest.fixture
def gitea(forge: Served) -> Gitea:
    return Gitea(Place(Kind.GITEA, forge.url, "acme/shop"), lambda: "t0ken", forge.egress)


def test_a_comment_whose_id_was_lost_is_not_made_again(forge: Served, gitea: Gitea) -> None:
    kept: list[dict[str, object]] = []

    def make(asked: Asked) -> Reply:
        kept.append({"id": 5, "body": asked.body["body"], "user": {"login": "braid"}})
        return Reply(201, kept[-1], cut_at=3)

    forge.answers[f"POST {COMMENTS}"] = make
    with pytest.raises(Unreachable):
        gitea.put_comment(7, "Two changes")
    copied = {"id": 4, "body": kept[0]["body"], "user": {"login": "eve"}}
    forge.answers[f"GET {COMMENTS}"] = Reply(body=[copied, {"id": 3, "body": "", "user": None}, *kept])
    forge.answers[f"PATCH {REPO}/issues/comments/5"] = Reply(200, {"id": 5})
    assert gitea.put_comment(7, "Three changes") == "5"
    assert forge.last.body["body"] == f"Three changes\n\n{marker(gitea.place, 7)}"
    assert len(kept) == 1


def test_without_the_scope_that_tells_our_name_nobody_s_comment_is_taken(forge: Served, gitea: Gitea) -> None:
    forge.answers["GET /api/v1/user"] = Reply(403, {"message": "token does not have required scope"})
    body = f"x\n\n{marker(gitea.place, 7)}"
    forge.answers[f"GET {COMMENTS}"] = Reply(body=[{"id": 4, "body": body, "user": {"login": ""}}])
    assert gitea.put_comment(7, "y") == "5"
    assert forge.last.method == "POST"


def test_a_mark_is_of_one_pull_request_on_one_site(gitea: Gitea) -> None:
    other = Place(Kind.GITEA, "https://gitea.example", "acme/shop")
    assert len({marker(gitea.place, 7), marker(gitea.place, 8), marker(other, 7)}) == 3
