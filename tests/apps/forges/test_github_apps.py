"""A GitHub App: registered by a manifest, installed, speaking for a repository, removed."""

import hashlib
import hmac
import html
import json
import re
import uuid
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.test import Client

from apps.accounts.sealing import unseal
from apps.forges.access import client_of
from apps.forges.models import App, Arrival, Connection, Installation
from apps.teams.models import AuditEntry
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
    own = [
        f"app/{app.pk}/{each}/" for each in ("look", "forget", "test", "renew-secret", "end-secret", "key")
    ]
    again = f"app/{app.pk}/deliveries/1/again/"
    paths = ["app/", *own, again, f"installation/{installation.pk}/"]
    for person, status in ((developer, 403), (stranger, 404)):
        assert {signed_in(person).post(FORGE + path).status_code for path in paths} == {status}
        for page in ("app/made/?state=x", f"app/{app.pk}/", f"app/{app.pk}/deliveries/"):
            assert signed_in(person).get(FORGE + page).status_code == status


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
    arrival = Arrival.objects.get(app=app)
    assert (arrival.state, arrival.outcome) == ("done", "Installed nowhere.")
    connection.refresh_from_db()
    assert connection.wanted > connection.seen
    with pytest.raises(Refused, match="was removed on acme"):
        client_of(connection).repository()
    assert browser.get(path).status_code == 404


def test_the_api_connects_with_an_installation(browser, github, app, api, maintainer):
    client, path = api(maintainer), "/api/v1/teams/acme/projects/shop/forge/"
    browser.post(f"{FORGE}app/{app.pk}/look/")
    [installed] = client.get(path + "installations/").json()
    assert (installed["app"], installed["account"]) == ("braid-acme", "acme")
    sent = {"kind": "github", "name": "acme/shop", "installation": installed["id"]}
    wrong = client.post(path, {**sent, "installation": installed["id"] + 1}, format="json")
    assert wrong.status_code == 404
    told = client.post(path, sent, format="json")
    assert (told.status_code, told.json()["credential"], told.json()["has_secret"]) == (201, "app", True)
    for refused in ({"token": "ghp_x"}, {"secret": "sixteen-letters-"}):
        assert client.patch(path, refused, format="json").status_code == 409


def test_the_secret_is_renewed_and_both_are_good_until_the_former_ends(browser, github, app):
    path, set_ones = f"{FORGE}app/{app.pk}/", []

    def take(asked):
        set_ones.append(asked.body)
        return Reply(200, {"url": asked.body["url"], "content_type": "json"})

    github.answers[f"PATCH {API}/app/hook/config"] = take
    page = text(browser.post(path + "renew-secret/", follow=True))
    app.refresh_from_db()
    assert "signs with a new secret" in page
    assert unseal(app.former_secret) == SECRET
    assert set_ones == [{"url": hook(app), "content_type": "json", "secret": unseal(app.secret)}]
    assert unseal(app.secret) not in page
    assert (
        deliver(app, {"action": "one"}) == deliver(app, {"action": "two"}, secret=unseal(app.secret)) == 202
    )
    assert "End it first" in text(browser.post(path + "renew-secret/", follow=True))
    browser.post(path + "end-secret/")
    app.refresh_from_db()
    assert app.former_secret == ""
    assert set_ones[1] == set_ones[0]
    assert deliver(app, {"action": "three"}) == 401
    assert AuditEntry.objects.filter(action__startswith="forge.app_secret").count() == 2


@pytest.mark.parametrize(("status", "is_kept"), [(403, False), (404, False), (500, True)])
def test_a_secret_that_github_may_have_taken_is_kept(browser, github, app, status, is_kept):
    path = f"{FORGE}app/{app.pk}/"
    github.answers[f"PATCH {API}/app/hook/config"] = Reply(status, {"message": "no"})
    page = text(browser.post(path + "renew-secret/", follow=True))
    app.refresh_from_db()
    assert SECRET in (unseal(app.secret), unseal(app.former_secret) if app.former_secret else "")
    assert bool(app.former_secret) == is_kept == ("both are good" in page)
    browser.post(path + "end-secret/")
    app.refresh_from_db()
    assert bool(app.former_secret) == is_kept, "GitHub has not confirmed it"


def test_another_key_is_tried_before_the_former_is_given_up(browser, github, app):
    path = f"{FORGE}app/{app.pk}/key/"

    def about(asked):
        jwt.decode(asked.headers["authorization"].removeprefix("Bearer "), other_public, algorithms=["RS256"])
        return Reply(200, {"id": number, "slug": "braid-acme"})

    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other_public, number = other.public_key(), 4712
    form = (Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    pem = other.private_bytes(*form).decode()
    for given, said in (("nonsense", "no RSA key"), (pem, "another App")):
        github.answers[f"GET {API}/app"] = about
        answer = browser.post(path, {"key": given})
        assert answer.status_code == 400
        assert said in text(answer)
        app.refresh_from_db()
        assert unseal(app.private_key) == private_key()
    number = 4711
    assert browser.post(path, {"key": pem.replace("\n", "\r\n")}).status_code == 302
    app.refresh_from_db()
    assert unseal(app.private_key) == pem
    assert pem.splitlines()[1] not in text(browser.get(f"{FORGE}app/{app.pk}/"))
    assert AuditEntry.objects.filter(action="forge.app_key").count() == 1


def test_an_app_is_tested(browser, github, app):
    path = f"{FORGE}app/{app.pk}/test/"
    github.answers[f"GET {API}/app/hook/config"] = Reply(200, {"url": hook(app), "content_type": "json"})
    page = text(browser.post(path))
    assert "delivers to the right address" in page
    assert "Contents: write" in page
    for told, said in (
        ({"url": "https://old.example/hook", "content_type": "json"}, "https://old.example/hook"),
        ({"url": hook(app), "content_type": "form"}, "bodies as a form"),
    ):
        github.answers[f"GET {API}/app/hook/config"] = Reply(200, told)
        assert said in text(browser.post(path))
    asked = [each.method for each in github.asked if each.path.startswith(f"{API}/app/hook")]
    assert asked == ["GET"] * 3


def test_deliveries_of_the_app_have_pages_and_run_again(browser, github, app):
    path = f"{FORGE}app/{app.pk}/deliveries/"
    assert "Nothing came yet" in text(browser.get(path))
    github.answers[f"GET {API}/app/installations"] = Reply(401, {"message": "Bad credentials"})
    assert deliver(app, {"action": "new_permissions_accepted", "sender": {"login": "dora"}}) == 202
    assert deliver(app, {"repository": {"id": 99}}, event="push") == 202
    follow_app(app.pk)
    assert "does not accept the credential" in text(browser.get(path))
    found, other = Arrival.objects.order_by("id")
    assert (found.state, other.state) == ("failed", "passed_over")
    github.answers[f"GET {API}/app/installations"] = Reply(503)
    assert browser.post(f"{path}{found.pk}/again/").status_code == 302
    follow_app(app.pk)
    page = text(browser.get(f"{path}{found.pk}/"))
    assert "Waits for GitHub" in page
    assert "new_permissions_accepted" in page
    suspended = {"id": 5, "account": {"login": "acme"}, "suspended_at": "2026-11-01T10:00:00Z"}
    github.answers[f"GET {API}/app/installations"] = Reply(200, [suspended])
    follow_app(app.pk)
    assert "Installed on acme (suspended)." in text(browser.get(path))
    assert browser.get(f"{path}{other.pk + 1}/").status_code == 404


def hook(app) -> str:
    return f"{settings.BASE_URL}/hooks/github/{app.key}/"


def deliver(app, payload, secret=SECRET, event="installation") -> int:
    body = json.dumps(payload).encode()
    headers = {
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }
    answer = Client().post(
        f"/hooks/github/{app.key}/", body, content_type="application/json", headers=headers
    )
    return answer.status_code
