"""The whole road as a person walks it: account, team, project, token, `git push`, live progress, diff, failure."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.shop import ADD_INVOICES, DROP_CUSTOMERS, MAIN, Shop, slow

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
SOON_MS = 30_000


def sign_up(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="Create an account").first.click()
    page.get_by_label("Your name").fill("Nora")
    page.get_by_label("Email").fill("nora@example.com")
    page.get_by_label("Password", exact=True).fill("a long and private sentence")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Your projects")).to_be_visible()


def make_project(page: Page) -> None:
    page.get_by_role("link", name="Create a team").click()
    page.get_by_label("Name").fill("Acme")
    page.get_by_label("Address").fill("acme")
    page.get_by_role("button", name="Create team").click()
    page.get_by_role("link", name="New project").first.click()
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("Address").fill("shop")
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("heading", name="Push an existing repository")).to_be_visible()


def make_token(page: Page) -> str:
    page.get_by_role("link", name="API token").click()
    page.get_by_label("What is it for?").fill("my laptop")
    page.get_by_role("button", name="Create token").click()
    return page.locator(".command code").first.inner_text()


def test_from_signing_up_to_the_diff_of_a_branch(new_tab, live_braid, worker, tmp_path):
    page = new_tab().page
    sign_up(page, live_braid.url)
    make_project(page)
    token = make_token(page)
    shop = Shop(tmp_path / "shop", f"{live_braid.url}/acme/shop.git", "nora@example.com", token)

    said = shop.push("main", MAIN)
    assert f"{live_braid.url}/acme/shop/" in said
    page.goto(f"{live_braid.url}/acme/shop/")
    expect(page.locator(".default-branch .badge")).to_contain_text("Passed", timeout=SOON_MS)

    shop.push("add-invoices", {**ADD_INVOICES, **slow(3)})
    page.goto(f"{live_braid.url}/acme/shop/branch/add-invoices/")
    expect(page.locator("#progress")).to_contain_text("20260401000000_wait", timeout=SOON_MS)
    expect(page.locator("h1 + .badge")).to_contain_text("Passed", timeout=SOON_MS)
    shows_the_diff(page)

    shop.push("feature/drop-customers", DROP_CUSTOMERS)
    page.get_by_role("link", name="Branches").click()
    page.get_by_role("link", name="feature/drop-customers").click()
    expect(page.locator("h1 + .badge")).to_contain_text("Failed", timeout=SOON_MS)
    shows_the_failure(page)

    page.get_by_role("link", name="Pushes").click()
    expect(page.locator(".pushes > li")).to_have_count(3)
    page.get_by_role("link", name="Catalog").click()
    page.get_by_role("link", name="orders", exact=True).click()
    expect(page.get_by_role("heading", name="public.orders")).to_be_visible()
    expect(page.get_by_role("link", name="public.customers")).to_be_visible()


def shows_the_diff(page: Page) -> None:
    orders = page.locator("details.object", has_text="orders").first
    expect(orders.locator(".diff-removed mark")).to_contain_text(["integer"])
    expect(orders.locator(".diff-added mark")).to_contain_text(["bigint"])
    customers = page.locator("details.object", has_text="customers").first
    expect(customers.locator(".change-renamed")).to_contain_text("full_name")
    names = page.locator("details.object .object-name").all_inner_texts()
    assert names.index("orders") < names.index("invoices"), "changed objects come first"
    times = page.locator("details.migration").first.locator(".statement-time").all_inner_texts()
    assert len(times) == 4
    assert all("ms" in time for time in times)


def shows_the_failure(page: Page) -> None:
    failure = page.locator(".failure")
    expect(failure).to_contain_text("cannot drop column customer_id of table orders")
    expect(failure).to_contain_text("20260302000000_drop_customer/migration.sql:2")
    expect(failure.locator(".excerpt")).to_contain_text("alter table orders drop column customer_id")
    expect(page.locator(".statement-failed")).to_contain_text("drop column customer_id")
