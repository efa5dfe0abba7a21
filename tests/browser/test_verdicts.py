"""The pages of what was judged: fit every window, are accessible, work without scripts, name the unnameable."""

import pytest
from playwright.sync_api import expect

from apps.repositories.storage import ensure_repository
from tests.browser.accessibility import overflow, violations
from tests.browser.shop import ADD_INVOICES, DROP_CUSTOMERS, MAIN
from tests.workspace import Workspace
from worker import process
from worker.judging import judge_push, judge_verdict

pytestmark = pytest.mark.browser
LOOKS = [(True, "light"), (True, "dark"), (False, "light"), (False, "dark")]
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


@pytest.fixture(scope="module", autouse=True)
def _closed_sandboxes():
    yield
    process.close_sandboxes()


@pytest.fixture
def shop(live_braid, project, tmp_path, memory_queue):
    """main, a branch that changes things and one that breaks, judged in this process, shown by the server."""
    folder = tmp_path / "clone"
    folder.mkdir()
    made = Workspace(folder, ensure_repository(project), project)
    made.git("init", "--quiet", "--initial-branch", "main")
    made.commit(MAIN)
    judge(made.push("main"))
    for name, files in {"add-invoices": ADD_INVOICES, "drop/customers": DROP_CUSTOMERS}.items():
        made.switch(name, "main")
        made.commit(files)
        judge(made.push(name))
    return made


def judge(push):
    judge_push(push.pk)
    for verdict in push.verdicts.filter(state="waiting"):
        judge_verdict(verdict.pk)


@pytest.mark.slow
@pytest.mark.parametrize(("wide", "scheme"), LOOKS)
def test_pages_fit_and_are_accessible(new_tab, owner, shop, wide, scheme):
    tab = new_tab(owner, wide=wide, scheme=scheme)
    for path in PAGES:
        page = tab.open(path)
        assert violations(page) == [], path
        assert overflow(page) == 0, path


def test_everything_is_there_without_scripts(new_tab, owner, shop):
    page = new_tab(owner, scripts=False).open("/acme/shop/")
    page.get_by_label("Search branches").fill("drop")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".branch-list .branch-name")).to_have_text(["drop/customers"])
    page.get_by_role("link", name="drop/customers").click()
    expect(page.locator(".failure")).to_contain_text("cannot drop column")
    page.get_by_role("link", name="Catalog", exact=True).first.click()
    page.get_by_role("link", name="orders", exact=True).click()
    expect(page.get_by_role("row", name="customer_id")).to_contain_text("public.customers")


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


def test_a_name_that_would_be_a_script_is_text(new_tab, owner, shop):
    shop.switch("hostile", "main")
    name = "20260501000000_hostile"
    text = 'create table "<script>alert(1)</script>" ("\u202eevil" int);\n'
    shop.commit({f"prisma/migrations/{name}/migration.sql": text}, "<img src=x onerror=alert(2)>")
    judge(shop.push("hostile"))
    tab = new_tab(owner)
    tab.page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for path in ("branch/hostile/", "catalog/hostile/", "", "pushes/"):
        page = tab.open(f"/acme/shop/{path}")
        assert "\u202e" not in page.locator("main").inner_text()
    page = tab.open("/acme/shop/branch/hostile/")
    expect(page.locator("#changes")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator("#changes")).to_contain_text("‹U+202E›evil")
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(2)>")
