"""Proposals in a browser: proposed, talked about and closed with and without scripts; pages fit and are accessible."""

import pytest
from playwright.sync_api import expect

from apps.merges.models import Meeting, State
from apps.repositories.storage import ensure_repository
from tests.apps.proposals.test_diagram import BEFORE, CHANGE
from tests.browser.accessibility import overflow, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
LOOKS = [(True, "light"), (False, "dark")]
BASE = "/acme/shop/proposals/"


@pytest.fixture
def merge(memory_queue):
    """Merge what waits, in this process."""
    from worker import process
    from worker.merging import merge_meeting

    def run():
        for meeting in Meeting.objects.filter(state=State.WAITING):
            merge_meeting(meeting.pk)

    yield run
    process.close_sandboxes()


@pytest.fixture
def pushed(merge, live_braid, workspace, project, developer, settings):
    """`main`, and a branch `wide/change` that changes it in every way, in the running server's own repository."""
    settings.REPOSITORIES = live_braid.repositories
    workspace.remote = ensure_repository(project)
    workspace.commit({"migrations/0001_users.up.sql": BEFORE})
    workspace.push("main")
    workspace.switch("wide/change")
    workspace.commit({"migrations/0002_change.up.sql": CHANGE}, "Rename orders")
    workspace.push("wide/change", by=developer)
    return workspace


def test_a_branch_is_proposed_and_talked_about(new_tab, pushed, merge, developer):
    tab = new_tab(developer)
    page = tab.open("/acme/shop/branch/wide/change/")
    page.get_by_role("link", name="Propose").click()
    page.get_by_label("Description").fill("Orders become **purchases**.")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rename orders")
    expect(page.locator("#standing")).to_contain_text("Merging")
    merge()
    page.get_by_role("link", name="Show what came of it").click()
    expect(page.get_by_role("img", name="Entity diagram")).to_be_visible()
    users = page.locator("details.object", has_text="users").filter(has_text="altered").first
    users.locator(".thread-form summary").click()
    users.get_by_label("Comment on").fill("Why `old`?")
    users.get_by_role("button", name="Comment").click()
    expect(page.locator(".thread .comment")).to_contain_text("Why old?")
    users.locator(".thread-form summary", has_text="Answer").click()
    users.get_by_role("textbox", name="Answer").fill("Nobody reads it.")
    users.get_by_role("button", name="Answer").click()
    users.get_by_role("button", name="Resolve this thread").click()
    expect(users.locator(".thread-resolved")).to_contain_text("2 comments, resolved by Dora")
    expect(users.get_by_text("Nobody reads it.")).to_be_hidden()
    users.locator(".thread-resolved summary").click()
    users.get_by_role("button", name="Open again").click()
    expect(users.get_by_text("Nobody reads it.")).to_be_visible()
    page.get_by_role("link", name="Discussion").click()
    expect(page.locator(".timeline")).to_contain_text("commented on table public.users")


def test_pages_fit_and_are_accessible(new_tab, pushed, merge, developer, owner):
    from apps.proposals.actions.commenting import comment, settle_thread
    from apps.proposals.actions.labelling import set_labels
    from apps.proposals.actions.lifecycle import open_proposal
    from apps.repositories.models import Branch

    branch = Branch.objects.get(name="wide/change")
    made = open_proposal(
        developer, branch, "x" * 200, description="```sql\nselect 1;\n```\n\n| a |\n|---|\n| 1 |"
    )
    merge()
    set_labels(owner, made, ["risky", "b" * 50])
    about = comment(developer, made, "A `" + "long" * 60 + "`", address="table public.users")
    settle_thread(owner, about, True)
    comment(owner, made, "And this?", address="table public.users")
    comment(developer, made, "> quoted\n\n1. one\n2. two")
    paths = ("", "new/", "1/", "1/discussion/")
    for wide, scheme in LOOKS:
        tab = new_tab(developer, wide=wide, scheme=scheme)
        for path in paths:
            page = tab.open(BASE + path)
            if path == "1/":
                expect(page.locator(".entities")).to_be_visible()
            assert violations(page) == [], (path, wide, scheme)
            assert overflow(page) == 0, (path, wide, scheme)


def test_everything_is_there_without_scripts(new_tab, pushed, merge, developer):
    page = new_tab(developer, scripts=False).open(BASE + "new/")
    page.get_by_label("Title").fill("Purchases")
    page.get_by_role("button", name="Propose").click()
    merge()
    page.reload()
    page.get_by_role("link", name="Show the tables that change").click()
    expect(page.locator(".entities")).to_be_visible()
    page.get_by_role("link", name="Discussion").click()
    page.get_by_label("Comment").fill("Good.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator(".comment .prose")).to_have_text("Good.")
    page.get_by_role("button", name="Close without merging").click()
    expect(page.locator("#proposal-head")).to_contain_text("Closed")
    page.get_by_role("button", name="Open again").click()
    expect(page.locator(".timeline")).to_contain_text("opened it again")
