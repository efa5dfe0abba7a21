"""Who gets in: no credentials, wrong ones, too narrow ones, and what the answers give away."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts import tokens
from apps.accounts.models import User
from apps.projects.models import Project
from tests.apps.githost.conftest import EMAIL, Clone
from tests.apps.githost.http_client import Response, basic, request
from tests.cast import PASSWORD
from tests.live import LiveBraid

REFS = "/acme/shop.git/info/refs?service=git-{}-pack"
Ask = Callable[..., Response]


@pytest.fixture
def ask(live_braid: LiveBraid, project: Project) -> Ask:
    """`ask("upload", headers, path)` asks for the list of refs."""

    def make(service: str, headers: dict[str, str] | None = None, path: str = REFS) -> Response:
        return request("GET", live_braid.url, path.format(service), headers)

    return make


@pytest.mark.parametrize("service", ["upload", "receive"])
def test_without_credentials_existing_and_missing_repositories_answer_alike(ask: Ask, service: str) -> None:
    answers = [
        ask(service, path=path) for path in (REFS, REFS.replace("shop", "none"), REFS.replace("acme", "no"))
    ]
    assert {answer.status for answer in answers} == {401}
    assert len({answer.body for answer in answers}) == 1
    assert all('Basic realm="Braid' in answer.headers["www-authenticate"] for answer in answers)
    assert "API token as the password" in answers[0].text


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic /////w==", "Bearer", "Digest x", "Bearer brd_x"],
)
def test_broken_credentials_are_no_credentials(ask: Ask, authorization: str) -> None:
    assert ask("upload", {"Authorization": authorization}).status == 401


def test_the_accounts_password_is_not_taken(ask: Ask, owner: User) -> None:
    answer = ask("upload", basic(PASSWORD, owner.email))
    assert answer.status == 401
    assert "your account's password does not work here" in answer.text


def test_a_stranger_finds_nothing(ask: Ask, stranger: User, token_of: Callable[..., str]) -> None:
    headers = basic(token_of(stranger))
    existing, missing = ask("upload", headers), ask("upload", headers, REFS.replace("shop", "none"))
    assert (existing.status, missing.status) == (404, 404)
    assert existing.text.replace("shop", "none") == missing.text
    assert ask("receive", headers).status == 404


def test_a_viewer_may_fetch_and_not_push(ask: Ask, viewer: User, token_of: Callable[..., str]) -> None:
    headers = basic(token_of(viewer))
    assert ask("upload", headers).status == 200
    refused = ask("receive", headers)
    assert refused.status == 403
    assert "role of a developer" in refused.text


def test_a_viewer_is_told_so_by_git(filled: Clone, viewer: User, new_clone: Callable[..., Clone]) -> None:
    clone = new_clone("viewer", viewer)
    clone.git("fetch", "--quiet", "origin")
    clone.commit("Email", EMAIL)
    said = clone.try_git("push", "origin", "HEAD:refs/heads/mine")
    assert said.code != 0
    assert "You may read this repository but not push to it" in said.text


@pytest.mark.parametrize("role", ["developer", "maintainer", "owner"])
def test_others_of_the_team_may_push(
    ask: Ask, role: str, request: pytest.FixtureRequest, token_of: Callable[..., str]
) -> None:
    assert ask("receive", basic(token_of(request.getfixturevalue(role), "write"))).status == 200


def test_a_read_token_does_not_push(ask: Ask, developer: User, token_of: Callable[..., str]) -> None:
    headers = basic(token_of(developer, "read"))
    assert ask("upload", headers).status == 200
    refused = ask("receive", headers)
    assert refused.status == 403
    assert "lacks the scope 'write'" in refused.text


def test_expired_and_revoked_tokens_are_none(ask: Ask, developer: User) -> None:
    past = timezone.now() - timedelta(minutes=1)
    expired = tokens.create(developer, "old", ["write"], expires_at=past)
    revoked = tokens.create(developer, "gone", ["write"])
    assert ask("upload", basic(revoked.secret)).status == 200
    tokens.revoke(revoked.token)
    assert ask("upload", basic(expired.secret)).status == 401
    assert ask("upload", basic(revoked.secret)).status == 401


def test_somebody_who_left_the_team_is_a_stranger(
    ask: Ask, developer: User, token_of: Callable[..., str]
) -> None:
    headers = basic(token_of(developer))
    assert ask("upload", headers).status == 200
    developer.memberships.all().delete()
    assert ask("upload", headers).status == 404


def test_a_token_may_stand_in_the_place_of_the_name_or_be_a_bearers(
    ask: Ask, viewer: User, token_of: Callable[..., str]
) -> None:
    secret = token_of(viewer, "read")
    assert ask("upload", basic("", secret)).status == 200
    assert ask("upload", basic("x-oauth-basic", secret)).status == 200
    assert ask("upload", {"Authorization": f"Bearer {secret}"}).status == 200


def test_the_post_is_authorised_too(
    live_braid: LiveBraid, project: Project, viewer: User, token_of: Ask
) -> None:
    """The list of refs is only a preliminary: each request stands for itself."""
    path, kind = "/acme/shop.git/git-receive-pack", {"Content-Type": "application/x-git-receive-pack-request"}
    assert request("POST", live_braid.url, path, kind, b"0000").status == 401
    assert request("POST", live_braid.url, path, {**kind, **basic(token_of(viewer))}, b"0000").status == 403
