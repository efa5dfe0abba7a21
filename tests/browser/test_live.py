"""A verdict on its way: server-sent events, the fallback when they don't come through, and no scripts at all."""

import pytest
from playwright.sync_api import expect

from apps.checks.actions import claim, give_up, heartbeat, request_verdict

pytestmark = pytest.mark.browser


@pytest.fixture
def verdict(workspace):
    """A branch that was pushed a moment ago and waits for a worker."""
    workspace.commit({"migrations/0001_users.up.sql": "create table users (id int);"})
    push = workspace.push("main")
    branch = push.project.branches.get(name="main")
    return request_verdict(branch, branch.head, push=push, enqueue=False)


def test_progress_comes_by_events_and_the_verdict_replaces_it(new_tab, owner, verdict):
    page = new_tab(owner).open("/acme/shop/branch/main/")
    expect(page.locator("#progress")).to_contain_text("Waiting")
    claimed = claim(verdict.pk, "one")
    expect(page.locator("#progress")).to_contain_text("Running")
    heartbeat(claimed, {"phase": "replay", "done": 3, "total": 12, "migration": "0004_orders"})
    expect(page.locator("#progress")).to_contain_text("4 of 12")
    expect(page.locator("#progress")).to_contain_text("0004_orders")
    give_up(claimed, "the disk is full")
    expect(page.locator("#progress")).to_have_count(0)
    expect(page.locator("h1 + .badge")).to_contain_text("error")
    expect(page.locator("#announcements")).to_contain_text("the disk is full")


def test_polling_takes_over_where_events_do_not_come_through(new_tab, owner, verdict):
    tab = new_tab(owner)
    tab.page.route("**/events/", lambda route: route.abort())
    page = tab.open("/acme/shop/branch/main/")
    expect(page.locator("#progress")).to_contain_text("Waiting")
    claimed = claim(verdict.pk, "one")
    expect(page.locator("#progress")).to_contain_text("Running")
    give_up(claimed, "the disk is full")
    expect(page.locator(".headline")).to_contain_text("the disk is full")


def test_without_scripts_the_page_reloads_itself(new_tab, owner, verdict):
    page = new_tab(owner, scripts=False).open("/acme/shop/branch/main/")
    expect(page.locator("#progress")).to_contain_text("Waiting")
    give_up(claim(verdict.pk, "one"), "the disk is full")
    expect(page.locator(".headline")).to_contain_text("the disk is full")
    assert page.locator("meta[http-equiv=refresh]").count() == 0


def test_the_list_of_branches_follows_too(new_tab, owner, verdict):
    page = new_tab(owner).open("/acme/shop/")
    expect(page.locator(".default-branch .badge")).to_contain_text("Waiting")
    give_up(claim(verdict.pk, "one"), "the disk is full")
    expect(page.locator(".default-branch .badge")).to_contain_text("error")
    expect(page.locator("[hx-trigger^=every]")).to_have_count(0)
