"""Pages and API of a connection: who sees what, what is asked and said, and that no secret is shown twice."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Scope
from apps.accounts.sealing import seal, unseal
from apps.forges.connecting import connect
from apps.forges.models import Arrival, Connection, Entry, PullRequest
from apps.forges.retention import forget_old
from apps.teams.models import AuditEntry
from forges import Kind
from tests.forges.gitea import NAME, SECRET, TOKEN

FORGE = "/acme/shop/settings/forge/"
HOSTILE = '<script>alert(1)</script>\u202e"><img src=x onerror=alert(1)>'


@pytest.fixture
def browser(maintainer, signed_in) -> Client:
    return signed_in(maintainer)


@pytest.fixture
def linked(project, owner, forge) -> Connection:
    """The project follows the forge's repository; nobody has looked at it."""
    made, _ = connect(owner, project, Kind.GITEA, forge.base_url, NAME, token=TOKEN)
    Connection.objects.filter(pk=made.pk).update(secret=seal(SECRET))
    made.refresh_from_db()
    return made


def text(answer) -> str:
    return answer.content.decode()


def arrival(connection, **values) -> Arrival:
    told = {
        "event": "push",
        "actor": "dora",
        "subject": "branches",
        "identity": "one",
        "body": b'{"ref": "x"}',
    }
    return Arrival.objects.create(connection=connection, **{**told, **values})


def test_connecting_asks_the_forge_and_shows_the_secret_once(project, browser, forge):
    assert "Contents: Read and write" in text(browser.get(FORGE))
    shown = text(browser.get(FORGE + "?kind=gitlab"))
    assert "write_repository" in shown
    assert "https://gitlab.com" in shown
    sent = {"kind": "gitea", "base_url": forge.base_url, "name": NAME, "token": TOKEN}
    answer = browser.post(FORGE, sent)
    assert answer.status_code == 200
    connection = Connection.objects.get(project=project)
    secret = unseal(connection.secret)
    assert secret in text(answer)
    assert f"/hooks/gitea/{connection.key}/" in text(answer)
    assert answer["Cache-Control"].count("no-store") == 1
    for path in ("", "settings/", "deliveries/", "reports/"):
        page = text(browser.get(FORGE + path))
        assert 'aria-current="page"><span class="icon icon-gear"' in page
        for never in (secret, connection.secret, TOKEN, connection.token):
            assert never not in page


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"token": "wrong"}, "token", "does not accept the credential"),
        ({"name": "acme/other"}, "name", "has no such thing"),
        ({"name": "acme"}, "name", "full path"),
        ({"base_url": "https://10.0.0.1"}, "base_url", "10.0.0.1"),
        ({"token": ""}, "token", "required"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(project, browser, forge, changed, field, said):
    sent = {"kind": "gitea", "base_url": forge.base_url, "name": NAME, "token": TOKEN, **changed}
    answer = browser.post(FORGE, sent)
    assert answer.status_code == 400
    assert said in str(answer.context["form"].errors[field])
    assert re.search(rf'name="{field}"[^>]*autofocus', text(answer)), "it may be out of sight"
    assert not Connection.objects.exists()
    assert TOKEN not in text(answer)


PAGES = ["", "settings/", "deliveries/", "deliveries/1/", "reports/"]
POSTS = [
    "token/",
    "settings/",
    "deliveries/1/again/",
    "reports/1/again/",
    "test/",
    "renew-secret/",
    "disconnect/",
]


def test_only_maintainers_see_and_change_it(linked, signed_in, developer, stranger):
    for person, status in ((developer, 403), (stranger, 404)):
        other = signed_in(person)
        assert {other.get(FORGE + path).status_code for path in PAGES} == {status}
        assert {other.post(FORGE + path).status_code for path in ["", *POSTS]} == {status}
    assert Connection.objects.exists()


def test_a_project_without_a_connection_has_no_pages_of_one(project, browser):
    assert {browser.get(FORGE + path).status_code for path in PAGES[1:]} == {404}
    assert {browser.post(FORGE + path).status_code for path in POSTS} == {404}


def test_members_see_what_is_followed_and_its_trouble(linked, signed_in, developer):
    Connection.objects.update(trouble="Gitea does not accept the credential.", web_url="javascript:alert(1)")
    page = text(signed_in(developer).get("/acme/shop/"))
    assert f"Follows <bdi>{NAME}</bdi>" in page
    assert "does not accept the credential" in page
    assert "javascript:" not in page
    assert FORGE not in page
    assert "git remote add braid" not in page


@pytest.mark.parametrize(
    ("address", "warned"), [("http://localhost:8000", True), ("https://b.example", False)]
)
def test_an_address_that_no_forge_finds_is_warned_of(linked, browser, settings, address, warned):
    settings.BASE_URL = address
    assert ("Only this machine finds this address" in text(browser.get(FORGE))) == warned


def test_a_wrong_secret_is_told_until_a_right_one_comes(linked, browser):
    assert "was refused" not in text(browser.get(FORGE))
    Connection.objects.update(rejected_at=timezone.now())
    assert "not signed with this secret, and was refused" in text(browser.get(FORGE))
    arrival(linked)
    assert "was refused" not in text(browser.get(FORGE))


def test_testing_says_what_the_forge_says_and_wakes_what_waits(linked, browser, forge):
    Connection.objects.update(trouble="down", attempts=3, not_before=timezone.now())
    page = text(browser.post(FORGE + "test/"))
    for shown in (
        "repository: Read and Write",
        "Git is ready to take a push.",
        "1 permission can't be known",
    ):
        assert shown in page
    assert TOKEN not in page
    linked.refresh_from_db()
    assert (linked.trouble, linked.not_before) == ("", None)
    forge.faults.append(lambda handler: handler.send({"message": "no"}, 401))
    assert "does not accept the credential" in text(browser.post(FORGE + "test/", follow=True))
    forge.faults.append(lambda handler: handler.send({}, 503))
    assert "Braid tries again by itself" in text(browser.post(FORGE + "test/", follow=True))


def test_tokens_and_secrets_are_renewed(linked, browser):
    assert browser.post(FORGE + "token/", {"token": "wrong"}).status_code == 400
    assert browser.post(FORGE + "token/", {"token": TOKEN}).status_code == 302
    page = text(browser.post(FORGE + "renew-secret/"))
    linked.refresh_from_db()
    assert unseal(linked.secret) in page
    assert unseal(linked.former_secret) == SECRET
    assert SECRET not in page
    assert "End the former secret" in page
    assert "end it first" in text(browser.post(FORGE + "renew-secret/", follow=True))
    kept = linked.secret
    linked.refresh_from_db()
    assert linked.secret == kept
    browser.post(FORGE + "forget-secret/")
    linked.refresh_from_db()
    assert linked.former_secret == ""
    assert browser.post(FORGE + "what/").status_code == 404


def settings_of(*people, **changed):
    lines = {
        f"people-{at}-{name}": value
        for at, (login, member) in enumerate(people)
        for name, value in (("login", login), ("member", member))
    }
    count = {"people-TOTAL_FORMS": len(people), "people-INITIAL_FORMS": 0}
    return {"landing": "branch", "context": "schema", **count, **lines, **changed}


def test_landing_and_people_are_chosen(linked, browser, developer, stranger):
    for way in ("target", "branch", "forge"):
        assert f'value="{way}"' in text(browser.get(FORGE + "settings/"))
    assert browser.post(FORGE + "settings/", settings_of(("@Dora", developer.email))).status_code == 302
    linked.refresh_from_db()
    assert (linked.landing, linked.comments, linked.context) == ("branch", False, "schema")
    assert linked.people == {"dora": developer.email}
    assert AuditEntry.objects.filter(action="forge.change").count() == 1
    twice = settings_of(("dora", developer.email), ("DORA", developer.email))
    wrong = [
        twice,
        settings_of(("a b", developer.email)),
        settings_of(("x", stranger.email)),
        settings_of(("x", "")),
    ]
    for sent in [*wrong, settings_of(landing="force"), settings_of(context=HOSTILE)]:
        assert browser.post(FORGE + "settings/", sent).status_code == 400
    kept = {"people-INITIAL_FORMS": 1}
    assert browser.post(FORGE + "settings/", settings_of(("", developer.email), **kept)).status_code == 302
    linked.refresh_from_db()
    assert linked.people == {}


def test_deliveries_are_listed_shown_and_run_again(linked, browser):
    body = json.dumps({"title": HOSTILE, "half": "\ud83d"}).encode()
    found = arrival(linked, event=HOSTILE, actor=HOSTILE, outcome=HOSTILE, body=body, state="done", repeats=2)
    for path in ("deliveries/", f"deliveries/{found.pk}/"):
        page = text(browser.get(FORGE + path))
        assert "<script>alert" not in page
        assert "<img" not in re.sub(r'<img src="[^"]*mark.svg"', "", page)
        assert "‹U+202E›" in page
    assert "&quot;title&quot;: &quot;&lt;script&gt;" in page
    assert browser.post(f"{FORGE}deliveries/{found.pk}/again/").status_code == 302
    found.refresh_from_db()
    assert found.state == "waiting"
    assert browser.get(f"{FORGE}deliveries/{found.pk + 1}/").status_code == 404


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 100_000, b'"' + b"x" * 3_000_000 + b'"'])
def test_any_body_can_be_shown(linked, browser, body):
    found = arrival(linked, body=body)
    page = browser.get(f"{FORGE}deliveries/{found.pk}/")
    assert page.status_code == 200
    assert len(page.content) < 400_000


def test_deliveries_come_in_pages(linked, browser):
    for number in range(52):
        arrival(linked, identity=str(number), event=f"event-{number:02}")
    first = browser.get(FORGE + "deliveries/")
    assert "event-51" in text(first)
    assert "event-01" not in text(first)
    older = text(browser.get(f"{FORGE}deliveries/?before={first.context['older']}"))
    assert "event-01" in older
    assert "Older" not in older
    assert browser.get(FORGE + "deliveries/?before=x").status_code == 200


def test_another_project_s_delivery_is_not_found(linked, project, owner, team, browser):
    from apps.projects.actions import create_project

    other = create_project(owner, team, "Other", "other")
    values = {"number": "8", "secret": "", "key": "00000000-0000-0000-0000-000000000001", "token": "x"}
    foreign = Connection.objects.create(
        project=other, kind=Kind.GITEA, base_url="https://x", name="a/b", **values
    )
    found = arrival(foreign)
    told = Entry.objects.create(
        connection=foreign, sha="1" * 40, wanted_at=timezone.now(), due_at=timezone.now()
    )
    assert browser.get(f"{FORGE}deliveries/{found.pk}/").status_code == 404
    assert browser.post(f"{FORGE}deliveries/{found.pk}/again/").status_code == 404
    assert browser.post(f"{FORGE}reports/{told.pk}/again/").status_code == 404


def test_a_pull_request_stands_on_the_pages_of_its_proposal(
    connection, forge, dora, deliver, work, browser, pull_of
):
    assert "none yet" in text(browser.get(FORGE))
    assert 'hx-trigger="every 2s"' in text(browser.get(FORGE))
    work()
    dora.push("name", {"migrations/0002_name.up.sql": "alter table users add column name text;\n"})
    pull = forge.open_pull("name", "Add <b>a name</b>")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    link = f'<a href="{forge.base_url}/acme/shop/pulls/1" rel="noreferrer"><bdi>#1 Add &lt;b&gt;a name&lt;/b&gt;</bdi>'
    for path in ("/acme/shop/proposals/1/", "/acme/shop/branch/name/"):
        assert link in text(browser.get(path))
    page = text(browser.get("/acme/shop/proposals/1/"))
    assert "<bdi>dora</bdi> asks to merge" in page
    assert f'<a href="{FORGE}settings/">who is this in Braid?</a>' in page
    assert 'not named yet: <bdi class="mono">dora</bdi>.' in text(browser.get(FORGE + "settings/"))
    assert "none yet" not in text(browser.get(FORGE))
    assert 'hx-trigger="every 2s"' not in text(browser.get(FORGE))
    assert "Lands by a push to the default branch" in text(browser.get("/acme/shop/queue/"))
    reports = text(browser.get(FORGE + "reports/"))
    assert "Comment on" in reports
    assert reports.count("told") >= 2
    entry = Entry.objects.get(connection=connection, pull=pull_of(pull))
    forge.comments[1]["body"] = "spoiled"
    assert browser.post(f"{FORGE}reports/{entry.pk}/again/").status_code == 302
    work()
    assert "Add" not in forge.comment(1)
    assert "Braid" in forge.comment(1)


def test_the_api_tells_maintainers_and_never_a_secret(linked, api, maintainer, developer, stranger):
    found = arrival(linked, state="failed")
    path = "/api/v1/teams/acme/projects/shop/forge/"
    told = api(maintainer, Scope.READ).get(path)
    assert (told.status_code, told.json()["name"], told.json()["credential"]) == (200, NAME, "token")
    assert not {"token", "secret", "former_secret"} & told.json().keys()
    assert api(maintainer).get(path + "deliveries/").json()[0]["id"] == found.pk
    assert api(maintainer).get(path + "deliveries/?before=0").status_code == 400
    again = f"{path}deliveries/{found.pk}/again/"
    assert api(maintainer, Scope.READ).post(again).status_code == 403
    for person, status in ((developer, 403), (stranger, 404)):
        assert {api(person).get(path).status_code, api(person).post(again).status_code} == {status}
    assert api(maintainer).post(again).status_code == 202
    found.refresh_from_db()
    assert found.state == "waiting"


API = "/api/v1/teams/acme/projects/shop/forge/"
GIVEN = "of-the-webhook-16"


def test_the_api_connects_changes_tests_and_ends(project, forge, api, maintainer, developer):
    client = api(maintainer)
    sent = {"kind": "gitea", "base_url": forge.base_url, "name": NAME, "token": TOKEN, "secret": GIVEN}
    told = client.post(API, sent, format="json")
    assert told.status_code == 201
    connection = Connection.objects.get(project=project)
    assert (unseal(connection.token), unseal(connection.secret)) == (TOKEN, GIVEN)
    assert told.json()["has_secret"] is True
    assert client.post(API, sent, format="json").status_code == 409
    people = {"@Dora": developer.email.upper()}
    change = {"landing": "branch", "comments": False, "context": "schema", "people": people}
    told = client.patch(API, {**change, "secret": GIVEN + "-new"}, format="json")
    assert told.status_code == 200
    assert (told.json()["landing"], told.json()["people"]) == ("branch", {"dora": developer.email})
    assert told.json()["has_former_secret"] is True
    assert client.patch(API, {"secret": GIVEN + "-newer"}, format="json").status_code == 409
    assert client.post(API + "end-former-secret/").status_code == 204
    connection.refresh_from_db()
    assert (unseal(connection.secret), connection.former_secret) == (GIVEN + "-new", "")
    found = client.post(API + "test/").json()
    assert [(each["name"], each["standing"]) for each in found["permissions"]] == [
        ("repository: Read and Write", "held"),
        ("issue: Read and Write", "unknown"),
        ("user: Read", "held"),
    ]
    for shown in (told, client.get(API)):
        assert not [
            each for each in (TOKEN, GIVEN, connection.token, connection.secret) if each in text(shown)
        ]
    assert client.delete(API).status_code == 204
    assert client.get(API).status_code == 404
    actions = list(AuditEntry.objects.filter(action__startswith="forge").values_list("action", flat=True))
    assert sorted(actions) == [
        "forge.change",
        "forge.connect",
        "forge.disconnect",
        "forge.secret",
        "forge.secret_forgotten",
    ]


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"token": "wrong"}, "token"),
        ({"name": "acme/other"}, "name"),
        ({"base_url": "https://10.0.0.1"}, "base_url"),
        ({"kind": "sourceforge"}, "kind"),
        ({"secret": "short"}, "secret"),
        ({"secret": "with a space in between"}, "secret"),
        ({"installation": 1}, "token"),
    ],
)
def test_the_api_says_what_is_wrong_where(project, forge, api, maintainer, changed, where):
    sent = {"kind": "gitea", "base_url": forge.base_url, "name": NAME, "token": TOKEN, **changed}
    answer = api(maintainer).post(API, sent, format="json")
    assert answer.status_code == 400
    assert [each["where"] for each in answer.json()["errors"]] == [where]
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"landing": "force"},
        {"context": HOSTILE},
        {"people": {"a b": "developer@example.com"}},
        {"people": {"dora": "stranger@example.com"}},
        {"people": {"Dora": "DEV", "dora": "DEV"}},
        {"token": "wrong"},
    ],
)
def test_the_api_changes_nothing_where_something_is_wrong(linked, api, maintainer, developer, changed):
    sent = {"comments": False, **changed}
    if "people" in sent:
        sent["people"] = {k: v.replace("DEV", developer.email) for k, v in sent["people"].items()}
    assert api(maintainer).patch(API, sent, format="json").status_code == 400
    before = linked.token
    linked.refresh_from_db()
    assert (linked.comments, linked.token) == (True, before)


def test_the_api_s_writes_are_for_maintainers_with_the_scope(linked, api, maintainer, developer, stranger):
    calls = [("post", ""), ("patch", ""), ("delete", ""), ("post", "test/"), ("post", "end-former-secret/")]
    for client, status in (
        (api(developer), 403),
        (api(stranger), 404),
        (api(maintainer, Scope.READ), 403),
        (api(maintainer, Scope.WRITE), 403),
    ):
        for method, path in calls:
            assert getattr(client, method)(API + path, {}, format="json").status_code == status
    assert api(developer).get(API + "installations/").status_code == 403
    assert Connection.objects.exists()


def test_a_connection_without_a_secret_takes_no_deliveries(project, forge, api, maintainer, client):
    sent = {"kind": "gitea", "base_url": forge.base_url, "name": NAME, "token": TOKEN}
    told = api(maintainer).post(API, sent, format="json").json()
    assert told["has_secret"] is False
    body, headers = forge.delivery("push", {"ref": "refs/heads/main"})
    path = "/hooks/gitea/" + told["webhook"].rpartition("/hooks/gitea/")[2]
    assert client.post(path, body, content_type="application/json", headers=headers).status_code == 404


def test_a_month_later_what_is_over_is_forgotten(linked):
    long_ago = timezone.now() - timezone.timedelta(days=31)
    for identity in ("old", "new"):
        arrival(linked, identity=identity)
    Arrival.objects.filter(identity="old").update(received_at=long_ago)
    values = {"connection": linked, "wanted_at": long_ago, "due_at": long_ago, "sent_at": long_ago}
    pulls = {}
    for number, state in ((1, "open"), (2, "closed")):
        pulls[state] = PullRequest.objects.create(
            connection=linked, number=number, title="x", state=state, head_ref="x", base_ref="main"
        )
        Entry.objects.create(pull=pulls[state], sent=1, **values)
    PullRequest.objects.update(updated_at=long_ago)
    Entry.objects.create(sha="1" * 40, sent=1, **values)
    Entry.objects.create(sha="2" * 40, sent=0, **values)
    assert forget_old() == 2
    assert [each.identity for each in Arrival.objects.all()] == ["new"]
    assert {each.sha or each.pull.state for each in Entry.objects.all()} == {"2" * 40, "open", "closed"}
