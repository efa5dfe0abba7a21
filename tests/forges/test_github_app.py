"""GitHub Apps: JWTs and tokens by GitHub's clock, installations, and making an app from a manifest."""

from urllib.parse import parse_qs, urlsplit

import pytest

from forges import Gone, Refused, Unreachable, Unusable
from forges.github import App, InstallationToken, converted, manifest, registration_url, repositories
from forges.github.app import ForgeClock
from forges.github.calls import api_url
from tests.forges.github import API, NOW, Tokens, app, private_key
from tests.forges.served import Asked, Reply, Served

TOKENS = f"POST {API}/app/installations/11/access_tokens"


@pytest.mark.parametrize(
    ("site", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://github.com/", "https://api.github.com"),
        ("https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("https://git.acme.example/", "https://git.acme.example/api/v3"),
        ("https://github.com.evil.example", "https://github.com.evil.example/api/v3"),
    ],
)
def test_where_the_api_is(site: str, api: str) -> None:
    assert api_url(site) == api


def test_a_token_is_asked_for_once_and_again_before_it_ends(forge: Served) -> None:
    now = [NOW]
    tokens = Tokens(lambda: now[0])
    forge.answers[TOKENS] = tokens
    token = InstallationToken(app(forge, lambda: now[0]), "11")
    assert (token(), token(), token.can_write) == ("ghs_1", "ghs_1", True)
    now[0] += 3600 - 5 * 60 - 1
    assert token() == "ghs_1"
    now[0] += 2
    assert token() == "ghs_2"
    assert tokens.given == len(forge.asked) == 2


@pytest.mark.parametrize("ahead_s", [-3600, -90, 0, 25, 900])
def test_clocks_may_differ(forge: Served, ahead_s: float) -> None:
    """GitHub takes no JWT of the future; nor one that ends after ten minutes."""
    now = [NOW]
    tokens = Tokens(lambda: now[0] + ahead_s)
    forge.answers[TOKENS] = tokens
    token = InstallationToken(app(forge, lambda: now[0]), "11")
    assert token() == "ghs_1"
    assert len(forge.asked) <= 2
    now[0] += 3600 - 5 * 60 - 40
    assert token() == "ghs_1", "an hour is an hour, whosever clock it is"
    now[0] += 80
    assert token() == "ghs_2"


def test_a_key_that_github_does_not_know_is_not_tried_for_ever(forge: Served) -> None:
    forge.answers[TOKENS] = Reply(401, {"message": "A JSON web token could not be decoded"})
    with pytest.raises(Refused, match="could not be decoded") as caught:
        InstallationToken(App(forge.url, "4711", private_key(), forge.egress, ForgeClock()), "11")()
    assert caught.value.status == 401
    assert len(forge.asked) == 1


def test_what_is_no_key_says_so(forge: Served) -> None:
    for key in ("", "secret", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"):
        with pytest.raises(Unusable, match="no RSA key") as caught:
            App(forge.url, "4711", key, forge.egress).token()
        assert key not in str(caught.value) or not key


def test_a_removed_app_and_one_that_is_down(forge: Served) -> None:
    token = InstallationToken(app(forge), "11")
    with pytest.raises(Gone):
        token()
    forge.answers[TOKENS] = Reply(201, {"token": "ghs_1", "expires_at": "2026-"})
    with pytest.raises(Unreachable):
        token()
    forge.answers[TOKENS] = Reply(201, {"token": "ghs_1" * 100}, cut_at=20)
    with pytest.raises(Unreachable):
        token()
    forge.answers[TOKENS] = Tokens()
    assert token() == "ghs_1"


def test_installations_and_what_they_reach(forge: Served) -> None:
    granted = {"contents": "write", "checks": "write"}
    forge.answers[f"GET {API}/app/installations"] = Reply(
        body=[
            {"id": 12, "account": None, "permissions": {}, "suspended_at": "2026-11-01T10:00:00Z"},
            {"id": 11, "account": {"login": "acme"}, "permissions": granted, "suspended_at": None},
        ]
    )
    found = app(forge).installations()
    assert [(each.id, each.account, each.is_suspended) for each in found] == [
        ("11", "acme", False),
        ("12", "", True),
    ]
    assert found[0].permissions == granted

    def page(asked: Asked) -> Reply:
        number = int(parse_qs(urlsplit(asked.path).query)["page"][0])
        names = range(100) if number == 1 else range(100, 103)
        listed = [{"id": each, "full_name": f"acme/r{each:03}"} for each in names]
        return Reply(body={"total_count": 103, "repositories": listed})

    forge.answers[TOKENS] = Tokens()
    forge.answers[f"GET {API}/installation/repositories"] = page
    reached = repositories(InstallationToken(app(forge), "11"))
    assert [each.name for each in reached] == [f"acme/r{each:03}" for each in range(103)]
    assert forge.last.headers["authorization"] == "Bearer ghs_1"


def test_a_token_that_was_ended_early_is_renewed_once(forge: Served) -> None:
    tokens = Tokens()
    forge.answers[TOKENS] = tokens
    bad = Reply(401, {"message": "Bad credentials"})
    forge.answers[f"GET {API}/installation/repositories"] = [
        bad,
        Reply(body={"total_count": 0, "repositories": []}),
    ]
    token = InstallationToken(app(forge), "11")
    assert repositories(token) == ()
    assert (tokens.given, forge.last.headers["authorization"]) == (2, "Bearer ghs_2")
    forge.answers[f"GET {API}/installation/repositories"] = bad
    with pytest.raises(Refused, match="Bad credentials"):
        repositories(token)
    assert tokens.given == 3


def test_the_manifest_asks_for_what_is_needed() -> None:
    asked = manifest(
        "Braid of " + "x" * 60, "https://b.example", "https://b.example/hook", "https://b.example/made"
    )
    assert len(str(asked["name"])) == 34
    assert asked["hook_attributes"] == {"url": "https://b.example/hook", "active": True}
    permissions = asked["default_permissions"]
    assert isinstance(permissions, dict)
    assert {name for name, level in permissions.items() if level == "write"} == {
        "contents",
        "pull_requests",
        "checks",
        "statuses",
    }
    assert "setup_url" not in asked
    assert registration_url("https://github.com", "a b", "ac/me") == (
        "https://github.com/organizations/ac%2Fme/settings/apps/new?state=a%20b"
    )


def test_a_manifest_becomes_an_app_once(forge: Served) -> None:
    made = {
        "id": 4711,
        "slug": "braid",
        "html_url": "https://github.com/apps/braid",
        "pem": "PEM",
        "webhook_secret": "shh",
        "client_id": "Iv1",
        "client_secret": "hush",
    }
    forge.answers[f"POST {API}/app-manifests/c0de/conversions"] = [Reply(201, made), Reply(404)]
    found = converted(forge.url, "c0de", forge.egress)
    assert (found.id, found.key, found.webhook_secret, found.client_secret) == ("4711", "PEM", "shh", "hush")
    assert not {"PEM", "shh", "hush"} & set(repr(found).replace("'", " ").split())
    with pytest.raises(Gone):
        converted(forge.url, "c0de", forge.egress)
    for code in ("", "..", "a/b", "a%2fb", "a?b"):
        with pytest.raises(Unusable, match="no code"):
            converted(forge.url, code, forge.egress)
