"""The radar in a real browser: readable by everybody, no wider than its window, and kept up to date."""

import pytest
from playwright.sync_api import expect

from apps.merges import actions
from apps.merges.models import Merge, Outcome
from apps.repositories.models import Branch
from tests.browser.accessibility import overflow, violations

pytestmark = pytest.mark.browser
EMAIL = ["key", "column public.users.email (type)"]


@pytest.fixture
def meet(make_branch, project, developer, memory_queue):
    """A meeting of two branches that ended as said."""

    def met(ours, theirs, outcome, *collisions):
        for name in (ours, theirs):
            if not Branch.objects.filter(name=name).exists():
                make_branch(name, f"{len(name):040}")
        meeting = actions.request_meeting(*_branches(ours, theirs))
        merge = Merge.objects.create(
            project=project,
            key=f"{ours} {theirs}",
            outcome=outcome,
            headline="told",
            collisions=list(collisions),
            body=b"",
        )
        assert actions.finish(actions.claim(meeting.pk, "w"), merge, None, 1.0)

    return met


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(live_braid, new_tab, viewer, meet, scheme):
    meet("main", "users-email", Outcome.CLEAN)
    meet("main", "orders", Outcome.REWRITTEN)
    meet("users-email", "orders", Outcome.CONFLICT, EMAIL)
    for wide in (True, False):
        page = new_tab(viewer, wide=wide, scheme=scheme).open("/acme/shop/radar/")
        expect(page.get_by_role("columnheader", name="users-email")).to_be_visible()
        row = page.locator("tbody tr").filter(has=page.get_by_role("rowheader", name="orders"))
        expect(row.get_by_role("cell").nth(0)).to_have_text("merges, rewritten")
        assert violations(page) == []
        assert overflow(page) == 0


def test_it_follows_what_happens_and_leads_to_the_collision(live_braid, new_tab, viewer, meet):
    meet("main", "orders", Outcome.CLEAN)
    actions.request_meeting(*_branches("main", "orders"), again=True)
    page = new_tab(viewer).open("/acme/shop/radar/")
    expect(page.locator("#radar")).to_contain_text("No collision among 1 branch")
    meet("orders", "users-email", Outcome.CONFLICT, EMAIL)
    expect(page.locator("#radar")).to_contain_text("1 collision among 2 branches")
    page.get_by_role("link", name="collides on column public.users.email (type)").first.click()
    expect(page.locator("li:target")).to_contain_text("users-email collides with orders")


def _branches(*names):
    return [Branch.objects.select_related("project").get(name=name) for name in names]
