"""The pages of what was judged: fit every window, are accessible, work without scripts, name the unnameable."""

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import overflow, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
LOOKS = [(True, "light"), (False, "dark")]
PAGES = [
    "/",
    "/acme/",
    "/acme/shop/",
    "/acme/shop/?q=drop&sort=name",
    "/acme/shop/pushes/",
    "/acme/shop/branch/main/",
    "/acme/shop/branch/add-invoices/",
    "/acme/shop/branch/drop/customers/",
    "/acme/shop/catalog/main/",
    "/acme/shop/catalog/main/?kind=enum",
    "/acme/shop/catalog/main/?schema=public&table=orders",
]


def test_pages_fit_and_are_accessible(new_tab, owner, shop):
    for wide, scheme in LOOKS:
        tab = new_tab(owner, wide=wide, scheme=scheme)
        for path in PAGES:
            page = tab.open(path)
            assert violations(page) == [], (path, wide, scheme)
            assert overflow(page) == 0, (path, wide, scheme)


def test_everything_is_there_without_scripts(new_tab, owner, shop):
    page = new_tab(owner, scripts=False).open("/acme/shop/")
    page.get_by_label("Search branches").fill("drop")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".branch-list .branch-name")).to_have_text(["drop/customers"])
    page.get_by_role("link", name="drop/customers").click()
    expect(page.locator(".failure")).to_contain_text("cannot drop column")
    page.get_by_role("link", name="Catalog", exact=True).first.click()
    page.get_by_role("link", name="orders", exact=True).click()
    expect(page.get_by_role("row", name="customer_id")).to_contain_text("customers")


def test_searching_branches_swaps_the_list_and_keeps_focus(new_tab, owner, shop):
    page = new_tab(owner).open("/acme/shop/")
    search = page.get_by_label("Search branches")
    search.press_sequentially("invoices")
    expect(page.locator(".branch-list .branch-name")).to_have_text(["add-invoices"])
    assert "q=invoices" in page.url
    assert search.evaluate("element => element === document.activeElement")
    page.reload()
    expect(page.locator(".branch-list .branch-name")).to_have_text(["add-invoices"])


def test_searching_the_catalog(new_tab, owner, shop):
    page = new_tab(owner).open("/acme/shop/catalog/main/")
    page.get_by_label("Search names and comments").press_sequentially("who buy")
    page.get_by_label("Search names and comments").fill("buy")
    expect(page.locator("tbody .catalog-name")).to_have_text(["customers"])


def test_a_name_that_would_be_a_script_is_text(new_tab, owner, shop, wait_for_verdicts):
    name = "20260501000000_hostile"
    text = 'create table "<script>alert(1)</script>" ("\u202eevil" int);\n'
    files = {f"prisma/migrations/{name}/migration.sql": text}
    shop.push("hostile", files, "<img src=x onerror=alert(2)>")
    wait_for_verdicts(4)
    tab = new_tab(owner)
    tab.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for path in ("branch/hostile/", "catalog/hostile/", "", "pushes/"):
        page = tab.open(f"/acme/shop/{path}")
        assert "\u202e" not in page.locator("main").inner_text()
    page = tab.open("/acme/shop/branch/hostile/")
    expect(page.locator("#changes")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("#changes")).to_contain_text("‹U+202E›evil")
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(2)>")
