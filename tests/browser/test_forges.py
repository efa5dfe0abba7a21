"""The pages of a forge in a browser: they fit, axe finds nothing, and one form may leave the site, to GitHub."""

import pytest
from django.utils import timezone

from apps.accounts.sealing import seal
from apps.forges.models import App, Arrival, Connection, Entry, Installation, PullRequest
from apps.proposals.models import Proposal, QueueEntry, Stage
from apps.repositories.models import Branch
from tests.browser.accessibility import overflow, violations

pytestmark = pytest.mark.browser
HANDED = "The merge stands on name as aaaaaaaaaaaa; merge pull request #7 on the forge."
FORGE = "/acme/shop/settings/forge/"


def looks_good(tab, path):
    page = tab.open(path)
    assert violations(page) == [], path
    assert overflow(page) == 0, path


@pytest.fixture
def connection(project, live_braid):
    now = timezone.now()
    made = Connection.objects.create(
        project=project,
        kind="gitlab",
        base_url="https://gitlab.com",
        name="acme/backend/shop",
        web_url="https://gitlab.com/acme/backend/shop",
        token=seal("x"),
        secret=seal("x"),
        former_secret=seal("x"),
        trouble="GitLab does not accept the credential: it has expired, was revoked or is wrong. (HTTP 401)",
        not_before=now,
        people={"dora": "dora@example.com"},
        accounts={"dora": "41"},
    )
    told = {"event": "merge_request", "subject": "pull", "body": b'{"title": "' + b"x" * 300 + b'"}'}
    for state in Arrival.State.values:
        Arrival.objects.create(connection=made, identity=state, state=state, repeats=2, **told)
    pull = PullRequest.objects.create(
        connection=made, number=7, title="Add a name " * 9, state="open", head_ref="x", base_ref="main"
    )
    said = {"author": "dora", "author_account": "66", "is_fork": True, "is_waiting": True}
    PullRequest.objects.update(trouble="Braid can't read the fork dora/shop. " * 4, **said)
    branch = Branch.objects.create(project=project, name="name", head="a" * 40, pushed_at=now)
    proposal = Proposal.objects.create(project=project, number=1, branch=branch, title="Add a name " * 9)
    QueueEntry.objects.create(
        project=project, proposal=proposal, stage=Stage.HANDED, delivered="a" * 40, reason=HANDED
    )
    due = {"connection": made, "wanted_at": now, "due_at": now}
    Entry.objects.create(pull=pull, attempts=4, error="GitLab failed (HTTP 502).", **due)
    Entry.objects.create(sha="a" * 40, sent=1, sent_at=now, **due)
    return made


@pytest.mark.parametrize(("wide", "scheme"), [(True, "light"), (False, "dark")])
def test_a_connection_can_be_read_by_everybody(connection, maintainer, new_tab, wide, scheme):
    tab = new_tab(maintainer, wide=wide, scheme=scheme)
    arrival = connection.arrivals.first()
    tab.open(FORGE)
    assert tab.page.get_by_role("button", name="Let #7 in").is_visible()
    tab.open(f"{FORGE}settings/")
    assert tab.page.get_by_text("has this login now, and is nobody here").is_visible()
    for path in ("", "settings/", "deliveries/", f"deliveries/{arrival.pk}/", "reports/"):
        looks_good(tab, FORGE + path)
    looks_good(tab, "/acme/shop/")
    looks_good(tab, "/acme/shop/queue/")
    assert tab.page.get_by_role("button", name="Take back #1 from the forge").is_visible()


def test_a_connection_shows_by_itself_that_the_first_look_is_over(connection, maintainer, new_tab):
    Connection.objects.update(trouble="", not_before=None, looked_at=None)
    tab = new_tab(maintainer)
    page = tab.open(FORGE)
    page.get_by_text("Looking", exact=True).wait_for()
    Connection.objects.update(looked_at=timezone.now())
    page.get_by_text("Working").wait_for()
    assert violations(page) == []
    assert tab.complaints == []


def test_what_is_wrong_with_a_connection_is_in_sight(project, maintainer, live_braid, new_tab):
    page = new_tab(maintainer, wide=False).open(FORGE + "?kind=gitea")
    page.get_by_label("Address of the forge").fill("https://10.0.0.1")
    page.get_by_label("Repository").fill("acme/shop")
    page.get_by_role("textbox", name="Token").fill("x")
    page.get_by_role("button", name="Connect").click()
    error = page.get_by_text("not a public address")
    error.wait_for()
    assert page.evaluate("document.activeElement.name") == "base_url"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top < innerHeight")


@pytest.mark.parametrize(("wide", "scheme"), [(True, "light"), (False, "dark")])
def test_the_page_of_an_app_can_be_read_by_everybody(project, maintainer, live_braid, new_tab, wide, scheme):
    app = App.objects.create(
        team=project.team,
        base_url="https://github.com",
        number="1",
        slug="braid",
        name="Braid",
        former_secret="x",
    )
    Installation.objects.create(app=app, number="1", account="acme", is_suspended=True)
    told = {"event": "installation", "action": "suspend", "subject": "access", "body": b"{}"}
    arrival = Arrival.objects.create(app=app, identity="1", state="failed", outcome="GitHub failed.", **told)
    for path in ("", "deliveries/", f"deliveries/{arrival.pk}/"):
        looks_good(new_tab(maintainer, wide=wide, scheme=scheme), f"{FORGE}app/{app.pk}/{path}")


def test_a_registration_leads_to_github(project, maintainer, live_braid, new_tab):
    app = App.objects.create(
        team=project.team, base_url="https://github.com", number="1", slug="braid-acme", name="braid-acme"
    )
    Installation.objects.create(app=app, number="1", account="acme")
    Installation.objects.create(app=app, number="2", account="labs", is_suspended=True)
    looks_good(new_tab(maintainer, wide=False, scheme="dark"), FORGE)
    tab = new_tab(maintainer)
    looks_good(tab, FORGE)
    page, asked = tab.page, []

    def github(route):
        asked.append(route.request.post_data)
        route.fulfill(body="GitHub", content_type="text/plain")

    page.route("https://github.com/**", github)
    page.get_by_text("Register another").click()
    page.get_by_label("Organisation").fill("acme")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="Register a GitHub App").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Continue on GitHub").click()
    page.wait_for_url("https://github.com/organizations/acme/settings/apps/new?state=*")
    assert asked[0].startswith("manifest=")
