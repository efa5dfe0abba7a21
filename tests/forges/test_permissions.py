"""What a test of a connection asks each forge: nothing is written, nothing is claimed that was not shown."""

from collections.abc import Mapping
from typing import Any

import pytest

from apps.forges.guides import GUIDES, app_events, app_needs
from forges import Kind, Place, Unreachable
from forges.github import InstallationToken
from forges.github.manifest import EVENTS, PERMISSIONS
from forges.opening import open_client
from forges.permissions import Access, Standing
from tests.forges.github import API as GITHUB
from tests.forges.github import Tokens, app
from tests.forges.served import Reply, Served

GITLAB, GITEA, BITBUCKET = "/api/v4", "/api/v1", "/2.0"
PUSHING = "GET /acme/shop.git/info/refs"
GREETING = Reply(
    200,
    b"001f# service=git-receive-pack\n0000",
    {"Content-Type": "application/x-git-receive-pack-advertisement"},
)
REFUSED = Reply(403, b"Write access to repository not granted.", {"Content-Type": "text/plain"})
NOT_THERE = Reply(403, {"message": "Resource not accessible by personal access token"})
HELD, MISSING, UNKNOWN = Standing.HELD, Standing.MISSING, Standing.UNKNOWN
TOKEN = "t0ken-of-braid"


@pytest.fixture
def forge(forge: Served) -> Served:
    forge.answers[PUSHING] = GREETING
    return forge


def access(forge: Served, kind: Kind) -> Access:
    found = open_client(Place(kind, forge.url, "acme/shop"), lambda: TOKEN, forge.egress).access()
    assert {asked.method for asked in forge.asked} == {"GET"}
    shown = [each.key for each in found.permissions]
    assert shown == [need.key for guide in GUIDES if guide.kind is kind for need in guide.needs]
    assert TOKEN not in repr(found)
    return found


def standings(found: Access) -> dict[str, Standing]:
    return {each.key: each.standing for each in found.permissions}


def github(forge: Served, private: bool = True, **headers: str) -> None:
    body = {
        "id": 1,
        "full_name": "acme/shop",
        "default_branch": "main",
        "private": private,
        "permissions": {"push": True},
    }
    forge.answers |= {
        f"GET {GITHUB}/repos/acme/shop": Reply(
            body=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
        ),
        f"GET {GITHUB}/repos/acme/shop/pulls": Reply(body=[]),
        f"GET {GITHUB}/repos/acme/shop/commits/main/statuses": Reply(body=[]),
    }


@pytest.mark.parametrize(
    ("scopes", "private", "push", "expected"),
    [
        ("repo, workflow", True, GREETING, (HELD, HELD, HELD)),
        ("public_repo", False, GREETING, (HELD, HELD, HELD)),
        ("public_repo", True, GREETING, (MISSING, MISSING, MISSING)),
        ("repo:status", True, GREETING, (MISSING, MISSING, HELD)),
        ("repo", True, REFUSED, (MISSING, HELD, MISSING)),
    ],
)
def test_a_classic_token_is_known_by_its_scopes(
    forge: Served, scopes: str, private: bool, push: Reply, expected: tuple[Standing, ...]
) -> None:
    github(forge, private, X_OAuth_Scopes=scopes, GitHub_Authentication_Token_Expiration="2027-01-01 UTC")
    forge.answers[PUSHING] = push
    found = access(forge, Kind.GITHUB)
    assert standings(found) == dict(
        zip(("contents", "pull_requests", "statuses", "metadata"), (*expected, HELD), strict=True)
    )
    assert found.ends == "2027-01-01 UTC"


def test_a_fine_grained_token_shows_what_it_is_refused_and_no_more(forge: Served) -> None:
    github(forge, X_OAuth_Scopes="")
    found = standings(access(forge, Kind.GITHUB))
    assert found == {"contents": HELD, "pull_requests": UNKNOWN, "statuses": UNKNOWN, "metadata": HELD}
    forge.answers[f"GET {GITHUB}/repos/acme/shop/pulls"] = NOT_THERE
    forge.answers[PUSHING] = REFUSED
    found = standings(access(forge, Kind.GITHUB))
    assert found == {"contents": MISSING, "pull_requests": MISSING, "statuses": UNKNOWN, "metadata": HELD}


def test_an_installation_is_known_by_what_was_granted(forge: Served) -> None:
    github(forge)
    granted = {**PERMISSIONS, "checks": "read", "statuses": "admin"}
    del granted["pull_requests"]
    tokens = Tokens()
    forge.answers |= {
        f"GET {GITHUB}/app": Reply(
            body={"slug": "braid", "permissions": {**PERMISSIONS, "checks": "read"}, "events": EVENTS[1:]}
        ),
        f"GET {GITHUB}/app/installations/11": Reply(body={"id": 11, "permissions": granted}),
        f"POST {GITHUB}/app/installations/11/access_tokens": tokens,
    }
    token = InstallationToken(app(forge), "11")
    token()
    found = open_client(Place(Kind.GITHUB, forge.url, "acme/shop"), token, forge.egress).access()
    assert tokens.given == 2, "a token keeps the permissions of its hour"
    assert [each.key for each in found.permissions] == [need.key for need in (*app_needs(), app_events())]
    lacking = {each.key: each.told for each in found.permissions if each.standing is MISSING}
    assert lacking == {
        "pull_requests": "The App asks for it, and the account has not granted it yet.",
        "checks": "The App does not ask for it: it has read.",
        "events": f"GitHub does not send: {EVENTS[0]}.",
    }


def gitlab(forge: Served, level: int | None, scopes: Any, can_push: bool | None = True) -> None:
    levels = {"project_access": None if level is None else {"access_level": level}, "group_access": None}
    project = {
        "id": 7,
        "path_with_namespace": "acme/shop",
        "web_url": "x",
        "default_branch": "main",
        "permissions": levels,
    }
    self = {"scopes": scopes, "expires_at": "2027-03-01"}
    forge.answers |= {
        f"GET {GITLAB}/projects/acme%2Fshop": Reply(body=project),
        f"GET {GITLAB}/projects/7/repository/branches/main": Reply(body={"can_push": can_push}),
        f"GET {GITLAB}/personal_access_tokens/self": Reply(404) if scopes is None else Reply(body=self),
    }


@pytest.mark.parametrize(
    ("level", "scopes", "push", "expected"),
    [
        (30, ["api", "write_repository"], GREETING, (HELD, HELD, HELD)),
        (40, ["api"], GREETING, (HELD, HELD, HELD)),
        (20, ["read_api"], REFUSED, (MISSING, MISSING, MISSING)),
        (30, ["read_api", "write_repository"], Reply(404), (HELD, MISSING, HELD)),
        (None, None, Reply(404), (UNKNOWN, UNKNOWN, UNKNOWN)),
        (30, [], Reply(404), (HELD, MISSING, MISSING)),
    ],
)
def test_gitlab_tells_scopes_and_role(
    forge: Served, level: int | None, scopes: Any, push: Reply, expected: tuple[Standing, ...]
) -> None:
    gitlab(forge, level, scopes)
    forge.answers[PUSHING] = push
    found = access(forge, Kind.GITLAB)
    assert tuple(standings(found).values()) == expected
    assert found.ends == ("" if scopes is None else "2027-03-01")


def test_gitlab_tells_whether_the_default_branch_takes_pushes(forge: Served) -> None:
    for can_push, said in (
        (True, "It may push to main."),
        (False, "may not push to main, which is protected"),
    ):
        gitlab(forge, 30, ["api"], can_push)
        assert said in access(forge, Kind.GITLAB).permissions[0].told
    gitlab(forge, 30, ["api"], None)
    assert access(forge, Kind.GITLAB).permissions[0].told == "Its role is Developer."


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, (HELD, UNKNOWN, HELD)),
        ({PUSHING: REFUSED}, (MISSING, UNKNOWN, HELD)),
        ({f"GET {GITEA}/repos/acme/shop/issues/comments": NOT_THERE}, (HELD, MISSING, HELD)),
        ({f"GET {GITEA}/user": NOT_THERE}, (HELD, UNKNOWN, MISSING)),
        ({f"GET {GITEA}/repos/acme/shop/pulls": NOT_THERE}, (MISSING, UNKNOWN, HELD)),
        ({f"GET {GITEA}/repos/acme/shop/issues/comments": Reply(404)}, (HELD, UNKNOWN, HELD)),
    ],
)
def test_gitea_shows_its_scopes_by_refusing(
    forge: Served, answers: Mapping[str, Reply], expected: tuple[Standing, ...]
) -> None:
    repository = {"id": 7, "full_name": "acme/shop", "html_url": "x", "permissions": {"push": True}}
    path = f"{GITEA}/repos/acme/shop"
    forge.answers |= {
        f"GET {path}": Reply(body=repository),
        f"GET {path}/pulls": Reply(body=[]),
        f"GET {path}/issues/comments": Reply(body=[]),
        f"GET {GITEA}/user": Reply(body={"login": "braid"}),
        **answers,
    }
    assert tuple(standings(access(forge, Kind.GITEA)).values()) == expected


@pytest.mark.parametrize(
    ("scopes", "push", "expected"),
    [
        ("repository:write, pullrequest:write", GREETING, (HELD, HELD)),
        ("repository:write", GREETING, (HELD, MISSING)),
        ("write:repository:bitbucket, write:pullrequest:bitbucket", Reply(404), (HELD, HELD)),
        ("pullrequest:write", Reply(404), (HELD, HELD)),
        ("repository", REFUSED, (MISSING, MISSING)),
        ("", Reply(404), (MISSING, MISSING)),
        (None, GREETING, (HELD, UNKNOWN)),
    ],
)
def test_bitbucket_names_scopes(
    forge: Served, scopes: str | None, push: Reply, expected: tuple[Standing, ...]
) -> None:
    headers = {} if scopes is None else {"X-OAuth-Scopes": scopes}
    path = f"{BITBUCKET}/repositories/acme/shop"
    forge.answers |= {
        f"GET {path}": Reply(body={"uuid": "{7}", "full_name": "acme/shop"}, headers=headers),
        f"GET {path}/pullrequests": Reply(body={"values": []}),
        PUSHING: push,
    }
    assert tuple(standings(access(forge, Kind.BITBUCKET)).values()) == expected


@pytest.mark.parametrize(
    ("reply", "standing"),
    [
        (Reply(200, b"<html>Sign in</html>", {"Content-Type": "text/html"}), UNKNOWN),
        (Reply(302, headers={"Location": "https://elsewhere.example/"}), UNKNOWN),
        (Reply(401, {"message": f"bad {TOKEN}"}), MISSING),
        (Reply(400), UNKNOWN),
        (Reply(200, b"x" * 100_000, {"Content-Type": "application/x-git-receive-pack-advertisement"}), HELD),
    ],
)
def test_git_s_greeting_is_read_with_care(forge: Served, reply: Reply, standing: Standing) -> None:
    github(forge, X_OAuth_Scopes="repo")
    forge.answers[PUSHING] = reply
    assert standings(access(forge, Kind.GITHUB))["contents"] is standing
    asked = next(each for each in forge.asked if each.path.startswith("/acme/shop.git/"))
    assert asked.path.endswith("?service=git-receive-pack")
    assert asked.headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize("broken", [PUSHING, f"GET {GITHUB}/repos/acme/shop/pulls"])
@pytest.mark.parametrize("reply", [Reply(500), Reply(429)])
def test_a_forge_that_fails_says_nothing_about_permissions(forge: Served, broken: str, reply: Reply) -> None:
    github(forge)
    forge.answers[broken] = reply
    with pytest.raises(Unreachable):
        access(forge, Kind.GITHUB)


def test_every_need_can_be_mended() -> None:
    for guide in GUIDES:
        assert guide.mend
        assert all(need.key for need in guide.needs)
