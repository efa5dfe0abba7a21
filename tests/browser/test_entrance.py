"""Getting in, and everything before the first push, in every theme and width: fits, is accessible, works."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.notices.actions import add_webhook
from apps.proposals.actions.sizing import replace_sizes
from apps.proposals.models import Measurement
from schemata.sizes import Measured
from tests.browser.accessibility import overflow, violations
from tests.cast import PASSWORD

pytestmark = pytest.mark.browser

OUTSIDE = ["/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/no/such/page/"]
INSIDE = [
    "/",
    "/acme/",
    "/acme/shop/",
    "/acme/shop/pushes/",
    "/acme/shop/catalog/",
    "/acme/shop/settings/",
    "/acme/-/members/",
    "/acme/-/audit/",
    "/acme/-/settings/",
    "/acme/-/projects/new/",
    "/teams/new/",
    "/accounts/",
    "/accounts/tokens/",
]
LOOKS = [(True, "light"), (False, "dark")]


@pytest.mark.parametrize(("wide", "scheme"), LOOKS)
def test_pages_for_strangers(new_tab, wide, scheme):
    tab = new_tab(wide=wide, scheme=scheme)
    for path in OUTSIDE:
        page = tab.open(path)
        assert violations(page) == [], path
        assert overflow(page) == 0, path


@pytest.mark.parametrize(("wide", "scheme"), LOOKS)
def test_sizes_on_the_settings_page(new_tab, owner, project, wide, scheme):
    now = timezone.now()
    tables = [
        (("public", f"{'long' * number}_{number}"), Measured(10**number, 20**number, "0" * 16))
        for number in range(15)
    ]
    tables.append((("public", "never"), Measured(None, 8192, "0" * 16)))
    replace_sizes(owner, project, now, tables)
    page = new_tab(owner, wide=wide, scheme=scheme).open("/acme/shop/settings/")
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_role("button", name="Remove the sizes").click()
    expect(page.get_by_text("None are known, so every rewrite of a table counts as a risk.")).to_be_visible()
    assert not Measurement.objects.exists()


@pytest.mark.parametrize(("wide", "scheme"), LOOKS)
def test_pages_before_the_first_push(new_tab, owner, project, wide, scheme):
    tab = new_tab(owner, wide=wide, scheme=scheme)
    for path in INSIDE:
        page = tab.open(path)
        assert violations(page) == [], path
        assert overflow(page) == 0, path


def test_the_theme_stays_as_chosen_without_a_flash(new_tab):
    tab = new_tab(scheme="light")
    page = tab.open("/")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert tab.page.request.get(tab.url).text().count('data-theme="dark"') == 1
    tab.open("/accounts/login/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_the_menu_opens_and_closes_by_keyboard(new_tab, owner):
    page = new_tab(owner).open("/")
    summary = page.locator("details.menu > summary").last
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    assert summary.evaluate("element => element === document.activeElement")


def test_the_first_tab_stop_leads_to_the_content(new_tab):
    page = new_tab().open("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_signing_in_without_scripts(new_tab, owner, project):
    page = new_tab(scripts=False).open("/acme/shop/")
    page.get_by_label("Email").fill(owner.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Shop")).to_be_visible()
    expect(page.get_by_text("git remote add")).to_be_visible()


def test_a_double_click_makes_one_token(new_tab, owner):
    page = new_tab(owner).open("/accounts/tokens/")
    page.get_by_label("What is it for?").fill("laptop")
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_role("button", name="Create token").dblclick()
    expect(page.get_by_text("Copy it now")).to_be_visible()
    assert (sent.count("POST"), owner.tokens.count()) == (1, 1)


def test_a_long_address_of_a_webhook_fits(new_tab, owner, project):
    webhook, _secret = add_webhook(owner, project, f"https://example.com/{'a' * 400}", ["collision"])
    for wide, scheme in LOOKS:
        tab = new_tab(owner, wide=wide, scheme=scheme)
        for path in ("", f"{webhook.pk}/"):
            assert overflow(tab.open(f"/acme/shop/settings/webhooks/{path}")) == 0, (path, wide)
