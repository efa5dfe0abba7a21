"""Two branches that collide, settled on the Conflicts tab: with scripts and without, wide and narrow."""

import time

import pytest
from playwright.sync_api import expect

from apps.merges.models import Meeting
from apps.proposals.actions.policing import change_policy
from apps.proposals.models import Proposal, State
from braid.command.remote import Remote
from tests.browser.accessibility import overflow, violations
from tests.browser.shop import FOLDER, Shop

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
PAGE = "/acme/shop/proposals/2/conflicts/"
LOOKS = [(True, "light"), (True, "dark"), (False, "light"), (False, "dark")]
SCHEMA = """\
datasource db {
  provider = "postgresql"
}

enum Role {
  ADMIN
  GUEST
}

model User {
  id    Int    @id
  email String @db.VarChar(80)
  role  Role   @default(GUEST)
}
"""
TABLES = """\
CREATE TYPE "Role" AS ENUM ('ADMIN', 'GUEST');
CREATE TABLE "User" ("id" INTEGER NOT NULL, "email" VARCHAR(80) NOT NULL, "role" "Role" NOT NULL DEFAULT 'GUEST',
  CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
CREATE VIEW mails AS SELECT "email" FROM "User";
"""
OURS = 'DROP VIEW mails;\nALTER TABLE "User" ALTER COLUMN "email" TYPE VARCHAR(120);\n'
OURS += 'CREATE VIEW mails AS SELECT "email" FROM "User";\n'
THEIRS = OURS.replace("120", "200") + """ALTER TABLE "User" ALTER COLUMN "role" SET DEFAULT 'ADMIN';\n"""


def files(name: str, sql: str, schema: str) -> dict[str, str]:
    return {f"{FOLDER}/{name}/migration.sql": sql, "prisma/schema.prisma": schema}


@pytest.fixture
def collision(live_braid, project, owner, token_of, wait_for_verdicts, tmp_path):
    """Proposal 2: a branch that gives a column another length than main does."""
    shop = Shop(tmp_path / "shop", live_braid.git_url(project), owner.email, token_of(owner))
    shop.push(
        "main",
        {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'}
        | files("1_init", TABLES, SCHEMA),
    )
    ours, theirs = (SCHEMA.replace("(80)", f"({length})") for length in (120, 200))
    shop.push("long-mails", files("2_long", OURS, ours), "Longer addresses")
    longest = files("3_longer", THEIRS, theirs.replace("(GUEST)", "(ADMIN)"))
    shop.push("longer-mails", longest, "Let addresses be longer")
    wait_for_verdicts(3)
    change_policy(owner, project, approvals=0, required_checks=[])
    asked = Remote(live_braid.url, token_of(owner), "acme", "shop")
    asked.post("proposals/", {"branch": "long-mails"})
    until(lambda: is_merged("long-mails"))
    asked.post("proposals/1/queue/")
    until(lambda: Proposal.objects.get(number=1).state == State.MERGED)
    asked.post("proposals/", {"branch": "longer-mails"})
    until(lambda: is_merged("longer-mails") and meeting_of_branch("longer-mails").merge.outcome == "conflict")
    return shop


def meeting_of_branch(name):
    return Meeting.objects.select_related("merge").filter(theirs__name=name, ours__name="main").first()


def is_merged(name) -> bool:
    meeting = meeting_of_branch(name)
    return bool(meeting and meeting.state == "done")


def until(seen) -> None:
    """Until the worker is that far."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if seen():
            return
        time.sleep(0.1)
    raise AssertionError(list(Meeting.objects.values("theirs__name", "state", "error")))


def test_a_conflict_is_tried_out_and_settled(new_tab, owner, collision, tmp_path):
    page = new_tab(owner).open(PAGE)
    card = page.locator(".conflict").first
    expect(card).to_contain_text("email")
    expect(card.locator("mark")).to_have_text(["80", "120", "200"])
    expect(card).to_contain_text("Let addresses be longer")
    card.get_by_label("As on longer-mails").check()
    expect(card.locator(".preview")).to_contain_text("What it gives", timeout=30_000)
    expect(card.locator(".preview")).to_contain_text("character varying(200)")
    with page.expect_response(lambda answer: "/preview/" in answer.url):
        card.get_by_role("button", name="Show what it gives").click()
    assert page.url.endswith(PAGE)
    card.locator(".preview summary", has_text="schema.prisma").click()
    expect(card.locator(".preview .diff-added mark").first).to_have_text("200")
    card.get_by_label("Why").fill("The new provider allows them.")
    card.get_by_role("button", name="Save the choice").click()
    expect(page.locator(".notice, .messages").first).to_contain_text("The choice is saved")
    until(lambda: is_merged("longer-mails") and meeting_of_branch("longer-mails").resolved_id)
    page.reload()
    expect(page.locator(".conflict .tag-good").first).to_have_text("settled")
    expect(page.locator("#proof")).to_contain_text("proved")
    for wide, scheme in LOOKS:
        page = new_tab(owner, wide=wide, scheme=scheme).open(PAGE)
        page.screenshot(path=tmp_path / f"settled-{wide}-{scheme}.png", full_page=True)
        assert violations(page) == [], (wide, scheme)
        assert overflow(page) == 0, (wide, scheme)


def test_the_open_page_fits_and_needs_no_scripts(new_tab, owner, collision, tmp_path):
    for wide, scheme in LOOKS:
        page = new_tab(owner, wide=wide, scheme=scheme).open(PAGE)
        page.screenshot(path=tmp_path / f"open-{wide}-{scheme}.png", full_page=True)
        assert violations(page) == [], (wide, scheme)
        assert overflow(page) == 0, (wide, scheme)
    page = new_tab(owner, scripts=False).open(PAGE)
    page.get_by_label("Another value").check()
    page.get_by_label("Value", exact=True).fill("character varying(150)")
    page.get_by_role("button", name="Show what it gives").click()
    expect(page.locator(".preview")).to_contain_text("character varying(150)", timeout=30_000)
    page.get_by_role("link", name="Back to the conflict").click()
    expect(page.locator(".conflict").first).to_contain_text("open")
