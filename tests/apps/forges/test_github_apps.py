"""A GitHub App: registered by a manifest, installed, speaking for a repository, removed."""

import hashlib
import hmac
import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from apps.accounts.sealing import unseal
from apps.forges.access import client_of
from apps.forges.models import App, Arrival, Connection, Installation
from forges import Refused
from forges.github.manifest import EVENTS, PERMISSIONS
from tests.forges.github import API, Tokens, private_key
from tests.forges.served import Reply, serve
from worker.installing import follow_app

FORGE = "/acme/shop/settings/forge/"
SECRET = "of-the-app"
MADE = {"id": 4711, "slug": "braid-acme", "html_url": "x", "pem": "", "webhook_secret": SECRET}


@pytest.fixture
def github(settings):
    with serve() as running:
        settings.EGRESS_ALLOW = [running.url.removeprefix("http://")]
        pem = private_key()
        running.answers = {
            f"POST {API}/app-manifests/a-code/conversions": Reply(201, {**MADE, "pem": pem}),
            f"GET {API}/app": Reply(
                200, {"slug": "braid-acme", "permissions": PERMISSIONS, "events": EVENTS}
            ),
            f"GET {API}/app/installations": Reply(200, [{"id": 5, "account": {"login": "acme"}}]),
            f"GET {API}/app/installations/5": Reply(200, {"id": 5, "permissions": PERMISSIONS}),
            f"POST {API}/app/installations/5/access_tokens": Tokens(),
            f"GET {API}/installation/repositories": Reply(
                200, {"total_count": 1, "repositories": [{"id": 7, "full_name": "acme/shop"}]}
            ),
            f"GET {API}/repos/acme/shop": Reply(
                200,
                {
                    "id": 7,
                    "full_name": "acme/shop",
                    "default_branch": "main",
                    "html_url": f"{running.url}/acme/shop",
                    "archived": False,
                },
            ),
        }
        yield running


@pytest.fixture
def browser(project, maintainer, signed_in) -> Client:
    return signed_in(maintainer)


def text(answer) -> str:
    return answer.content.decode()


def begin(browser, github, **changed):
    """Register, as far as the page whose form goes to GitHub: the state and the manifest."""
    answer = browser.post(FORGE + "app/", {"base_url": github.url, "organization": "acme", **changed})
    assert answer.status_code == 200
    page = text(answer)
    assert "Contents: write" in page
    target = html.unescape(re.search(r'action="([^"]+settings/apps/new[^"]+)"', page)[1])
    assert target.startswith(f"{github.url}/organizations/acme/settings/apps/new?state=")
    assert f"form-action 'self' {github.url};" in answer["Content-Security-Policy"]
    manifest = json.loads(html.unescape(re.search(r'name="manifest" value="([^"]+)"', page)[1]))
    return parse_qs(urlsplit(target).query)["state"][0], manifest


@pytest.fixture
def app(browser, github) -> App:
    state, manifest = begin(browser, github)
    browser.get(FORGE + "app/made/", {"code": "a-code", "state": state})
    found = App.objects.get()
    assert f"/hooks/github/{found.key}/" in manifest["hook_attributes"]["url"]
    return found


def test_an_app_is_registered_and_its_secrets_are_shown_to_nobody(browser, github, app):
    assert (app.number, app.slug, app.team.slug) == ("4711", "braid-acme", "acme")
    assert unseal(app.private_key) == private_key()
    page = text(browser.get(FORGE))
    assert f"{github.url}/github-apps/braid-acme/installations/new" in page
    assert SECRET not in page
    assert "PRIVATE KEY" not in page
    assert "form-action 'self';" in browser.get(FORGE)["Content-Security-Policy"]


def test_only_who_began_comes_back_and_only_once(browser, github, signed_in, owner):
    state, _ = begin(browser, github)
    sent = {"code": "a-code", "state": state}
    assert "was not begun here" in text(signed_in(owner).get(FORGE + "app/made/", sent, follow=True))
    assert not App.objects.exists()
    wrong = browser.get(FORGE + "app/made/", {**sent, "state": "other"}, follow=True)
    assert "was not begun here" in text(wrong)
    assert "was not begun here" in text(browser.get(FORGE + "app/made/", sent, follow=True))
    assert not App.objects.exists()


def test_what_is_wrong_with_a_registration_is_said(browser, github):
    answer = browser.post(FORGE + "app/", {"base_url": "https://10.0.0.1"})
    assert answer.status_code == 400
    assert "base_url" in answer.context["app_form"].errors
    assert browser.post(FORGE + "app/", {"base_url": github.url, "organization": "a b"}).status_code == 400
    state, _ = begin(browser, github)
    told = browser.get(FORGE + "app/made/", {"code": "gone", "state": state}, follow=True)
    assert "GitHub has no such thing" in text(told)


def test_developers_and_strangers_do_none_of_it(browser, github, app, signed_in, developer, stranger):
    installation = Installation.objects.create(app=app, number="5", account="acme")
    paths = ["app/", f"app/{app.pk}/look/", f"app/{app.pk}/forget/", f"installation/{installation.pk}/"]
    for person, status in ((developer, 403), (stranger, 404)):
        assert {signed_in(person).post(FORGE + path).status_code for path in paths} == {status}
        assert signed_in(person).get(FORGE + "app/made/?state=x").status_code == status


def test_an_installation_s_repository_is_followed_until_it_is_removed(browser, github, app):
    assert "installed on 1 account" in text(browser.post(f"{FORGE}app/{app.pk}/look/", follow=True))
    path = f"{FORGE}installation/{Installation.objects.get().pk}/"
    assert "acme/shop" in text(browser.get(path))
    assert browser.post(path, {"name": "acme/other"}).status_code == 400
    assert "the GitHub App" in text(browser.post(path, {"name": "acme/shop"}))
    connection = Connection.objects.get()
    assert (connection.number, connection.token, connection.writes_checks) == ("7", "", True)
    shown = text(browser.post(FORGE + "test/"))
    assert "Every permission is there." in shown
    granted = {"contents": "write", "metadata": "read", "checks": "read"}
    github.answers[f"GET {API}/app/installations/5"] = Reply(200, {"id": 5, "permissions": granted})
    shown = text(browser.post(FORGE + "test/"))
    assert "2 permissions are missing" in shown
    assert "the account has not granted it yet" in shown
    assert "Projects speak with this App" in text(browser.post(f"{FORGE}app/{app.pk}/forget/", follow=True))

    github.answers[f"GET {API}/app/installations"] = Reply(200, [])
    assert deliver(app, {"action": "deleted", "installation": {"id": 5}}) == 202
    follow_app(app.pk)
    assert Arrival.objects.get(app=app).state == "done"
    connection.refresh_from_db()
    assert connection.wanted > connection.seen
    with pytest.raises(Refused, match="was removed on acme"):
        client_of(connection).repository()
    assert browser.get(path).status_code == 404


def deliver(app, payload) -> int:
    body = json.dumps(payload).encode()
    headers = {
        "X-GitHub-Event": "installation",
        "X-GitHub-Delivery": "one",
        "X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
    }
    answer = Client().post(
        f"/hooks/github/{app.key}/", body, content_type="application/json", headers=headers
    )
    return answer.status_code
