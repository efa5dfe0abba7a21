"""`python -m tests.browser.screenshots [URL]`: every page of the demo team, wide and narrow, light and dark.

Takes them from a running `make up` (by default http://localhost:8000) into var/screenshots, for people to look at.
BRAID_DEMO_PASSWORD is asked for where the sign-in was changed.
"""

import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

FOLDER = Path(__file__).resolve().parents[2] / "var" / "screenshots"
WIDTHS = {"wide": 1280, "narrow": 360}
OUTSIDE = {
    "landing": "/",
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "password-reset": "/accounts/password/reset/",
    "not-found": "/no/such/page/",
}
INSIDE = {
    "home": "/",
    "team": "/demo/",
    "team-members": "/demo/-/members/",
    "team-audit": "/demo/-/audit/",
    "team-settings": "/demo/-/settings/",
    "team-new": "/teams/new/",
    "project-new": "/demo/-/projects/new/",
    "project": "/demo/shop/",
    "project-none-matches": "/demo/shop/?q=nothing+like+this",
    "project-settings": "/demo/shop/settings/",
    "forge": "/demo/shop/settings/forge/",
    "radar": "/demo/shop/radar/",
    "proposals": "/demo/shop/proposals/",
    "proposals-none-match": "/demo/shop/proposals/?q=nothing+like+this",
    "proposal-new": "/demo/shop/proposals/new/",
    "proposal-policy": "/demo/shop/settings/policy/",
    "queue": "/demo/shop/queue/",
    "pushes": "/demo/shop/pushes/",
    "branch-main": "/demo/shop/branch/main/",
    "catalog": "/demo/shop/catalog/main/",
    "table": "/demo/shop/catalog/main/?schema=public&table=Order",
    "account": "/accounts/",
    "account-email": "/accounts/email/",
    "account-delete": "/accounts/delete/",
    "account-password": "/accounts/password/change/",
    "tokens": "/accounts/tokens/",
    "api": "/api/docs/",
}


def main(url: str) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for width, pixels in WIDTHS.items():
            for scheme in ("light", "dark"):
                size = {"width": pixels, "height": 800}
                context = chromium.new_context(viewport=size, color_scheme=scheme, base_url=url)
                _take_all(context, f"{width}-{scheme}")
                context.close()
        chromium.close()


def _take_all(context: BrowserContext, look: str) -> None:
    page = context.new_page()
    for name, path in OUTSIDE.items():
        _take(page, path, f"{name}-{look}")
    _sign_in(page)
    for name, path in {**INSIDE, **_proposals(page), **_branches(page)}.items():
        _take(page, path, f"{name}-{look}")


def _sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill("ada@demo.example")
    page.get_by_label("Password", exact=True).fill(os.environ.get("BRAID_DEMO_PASSWORD", "braid-demo"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your projects").wait_for()


def _proposals(page: Page) -> dict[str, str]:
    """Every tab of every proposal, by its title, as the list links to them."""
    page.goto("/demo/shop/proposals/?state=all")
    links = {
        _dashed(link.inner_text()): link.get_attribute("href") or ""
        for link in page.locator('main a[href*="/proposals/"]').all()
        if re.search(r"/proposals/\d+/$", link.get_attribute("href") or "")
    }
    tabs = ("", "conflicts/", "checks/", "discussion/")
    return {
        f"proposal-{name}-{_dashed(tab) or 'changes'}": f"{href}{tab}"
        for name, href in links.items()
        for tab in tabs
    }


def _branches(page: Page) -> dict[str, str]:
    """Every branch of the demo project and its catalog's kinds, as the pages themselves link to them."""
    page.goto("/demo/shop/")
    names = [link.inner_text() for link in page.locator(".branch-list .branch-name").all()]
    branches = {f"branch-{_dashed(name)}": f"/demo/shop/branch/{name}/" for name in names}
    page.goto("/demo/shop/catalog/main/")
    kinds = [link.get_attribute("href") or "" for link in page.locator("nav .chip").all()[1:]]
    return branches | {f"catalog-{_dashed(link)}": f"/demo/shop/catalog/main/{link}" for link in kinds}


def _dashed(text: str) -> str:
    return re.sub(r"\W+", "-", text).strip("-")


def _take(page: Page, path: str, name: str) -> None:
    page.goto(path)
    if path == "/api/docs/":
        page.locator(".opblock").first.wait_for()
    page.wait_for_timeout(200)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", full_page=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
