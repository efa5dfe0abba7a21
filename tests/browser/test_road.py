"""The whole road as a person walks it: account, team, project, token, `git push`, live progress, diff, failure."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.shop import ADD_INVOICES, DROP_CUSTOMERS, MAIN, slow
from tests.workspace import GIT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
SOON_MS = 30_000


@pytest.fixture
def worker(live_braid, tmp_path: Path) -> Iterator[None]:
    """A real worker with the running server's own environment."""
    celery = [sys.executable, "-m", "celery", "--app", "braid.celery", "worker", "--concurrency=1"]
    quiet = ["--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with (tmp_path / "worker.log").open("w") as log:
        environment = live_braid.process.environ()
        process = subprocess.Popen([*celery, *quiet], env=environment, stdout=log, stderr=log)
        yield
        process.terminate()
        process.wait(30)


class Shop:
    """A developer's clone, pushed by plain git with the token as the password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=GIT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def push(self, branch: str, files: dict[str, str]) -> str:
        """Commit the files on a branch of main, push it, and return what git and Braid said."""
        if branch != "main":
            self.git("switch", "--quiet", "--create", branch, "main")
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"Work on {branch}")
        return self.git("push", "braid", branch)


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
    shop = Shop(tmp_path / "shop")
    host = live_braid.url.removeprefix("http://")
    shop.git("remote", "add", "braid", f"http://nora%40example.com:{token}@{host}/acme/shop.git")

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
    orders = page.locator("details.object", has_text="public.orders").first
    expect(orders.locator(".diff-removed mark")).to_contain_text(["integer"])
    expect(orders.locator(".diff-added mark")).to_contain_text(["bigint"])
    customers = page.locator("details.object", has_text="public.customers").first
    expect(customers.locator(".change-renamed")).to_contain_text("full_name")
    names = page.locator("details.object .object-name").all_inner_texts()
    assert names.index("public.orders") < names.index("public.invoices"), "changed objects come first"
    times = page.locator("details.migration").first.locator(".statement-time").all_inner_texts()
    assert len(times) == 4
    assert all("ms" in time for time in times)


def shows_the_failure(page: Page) -> None:
    failure = page.locator(".failure")
    expect(failure).to_contain_text("cannot drop column customer_id of table orders")
    expect(failure).to_contain_text("20260302000000_drop_customer/migration.sql:2")
    expect(failure.locator(".excerpt")).to_contain_text("alter table orders drop column customer_id")
    expect(page.locator(".statement-failed")).to_contain_text("drop column customer_id")
