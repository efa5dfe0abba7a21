"""Three developers on an 80-table schema, from the radar to a revert, each in a browser and a clone of their own.

With BRAID_TOUR=FOLDER the pictures of docs/tour.md are taken on the way (`make tour`).
"""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.merges.models import Meeting
from apps.projects.models import Project
from apps.proposals.models import Proposal, QueueEntry
from apps.teams.models import Role, Team
from sandbox import Sandboxes
from sandbox.settings import SandboxSettings
from schemata.layouts import FolderTree, read_project
from tests.browser import bazaar
from tests.browser.accessibility import overflow, violations
from tests.browser.conftest import NARROW, WIDE
from tests.browser.shop import Shop
from tests.cast import make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
SOON_S = 60
PROJECT = "/acme/shop/"
OWNERS = "table public.billing_* -> olga@example.com\nenum public.InvoiceState -> olga@example.com\n"


@dataclass
class Person:
    """Somebody with a browser and a clone."""

    user: User
    page: Page
    url: str
    clone: Shop

    def see(self, path: str) -> Page:
        self.page.goto(f"{self.url}{PROJECT}{path}")
        return self.page


@pytest.fixture
def people(
    live_braid: Any,
    team: Team,
    owner: User,
    project: Project,
    new_tab: Callable[..., Any],
    token_of: Callable[..., str],
    worker: Path,
    tmp_path: Path,
) -> Callable[[str], Person]:
    """`people("Ida")`: the owner Olga, or a new developer of the team."""
    known: dict[str, Person] = {}

    def find(name: str) -> Person:
        if name not in known:
            user = owner if name == owner.name else make_member(team, name, Role.DEVELOPER).user
            clone = Shop(tmp_path / name, live_braid.git_url(project), user.email, token_of(user))
            known[name] = Person(user, new_tab(user).page, live_braid.url, clone)
        return known[name]

    return find


def shot(page: Page, name: str) -> None:
    """The page holds in a wide light window and in a dark phone; a picture for the tour, where one is wanted."""
    folder = os.environ.get("BRAID_TOUR")
    as_it_was = page.viewport_size
    for (width, height), scheme in ((NARROW, "dark"), (WIDE, "light")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        # Colours fade into each other.
        page.wait_for_timeout(400)
        found = violations(page)
        assert (found, overflow(page) <= 0) == ([], True), (name, width, scheme)
    if as_it_was:
        page.set_viewport_size(as_it_was)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def until(seen: Callable[[], object]) -> None:
    deadline = time.monotonic() + SOON_S
    while not seen():
        assert time.monotonic() < deadline, [
            list(Meeting.objects.values("theirs__name", "ours__name", "state", "error")),
            list(QueueEntry.objects.values("proposal__number", "stage", "reason")),
        ]
        time.sleep(0.2)


def is_merged_anew(number: int) -> bool:
    """Whether the proposal's merge speaks of its head and of main as both stand."""
    proposal = Proposal.objects.select_related("branch").get(number=number)
    meeting = Meeting.objects.filter(theirs=proposal.branch, ours__name="main").first()
    return bool(meeting and meeting.is_current and meeting.merged_theirs == proposal.branch.head)


def main_is_pushed(people: Callable[[str], Person]) -> None:
    olga = people("Olga")
    said = olga.clone.push("main", bazaar.base_files(), "The schema as it is")
    assert "packages/db/prisma" in said
    for name in ("Ida", "Jon", "Kim"):
        clone = people(name).clone
        clone.git("pull", "--quiet", "braid", "main")


def rules_are_set(olga: Person) -> None:
    page = olga.see("settings/policy/")
    page.get_by_role("textbox", name="Owners").fill(OWNERS)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("textbox", name="Owners")).to_have_value(re.compile("billing_"))
    shot(page, "policy")


def branches_are_pushed(people: Callable[[str], Person]) -> None:
    text = bazaar.schema()
    people("Ida").clone.push("bigger-totals", bazaar.ida(text), "Totals outgrow an int")
    people("Kim").clone.push("gift-cards", bazaar.kim(text), "Sell gift cards")
    people("Jon").clone.push("exact-totals", bazaar.jon(text), "Fractions of a cent")
    pair = {"ours__name": "bigger-totals", "theirs__name": "exact-totals"}
    until(lambda: Meeting.objects.filter(**pair, merge__outcome="conflict").exists())


def the_radar_shows_the_collision(jon: Person) -> None:
    page = jon.see("radar/")
    line = page.locator("li[id^=pair-]").first
    expect(line).to_contain_text("exact-totals collides with bigger-totals")
    expect(line).to_contain_text("billing_invoices.total")
    expect(line).to_contain_text("InvoiceState")
    expect(page.locator("li[id^=pair-]")).to_have_count(1)
    shot(page, "radar")
    page = jon.see("branch/exact-totals/")
    expect(page.locator(".collisions")).to_contain_text("Collides with bigger-totals (Ida)")
    page.goto(jon.url)
    expect(page.locator(".needs")).to_contain_text("collides with bigger-totals")
    shot(page, "home")


def is_proposed(person: Person, branch: str, number: int) -> None:
    page = person.see(f"branch/{branch}/")
    page.get_by_role("link", name="Propose").click()
    page.get_by_role("button", name="Propose").click()
    expect(page.locator("#proposal-head")).to_contain_text(f"#{number}")
    until(lambda: is_merged_anew(number))


def is_approved(person: Person, number: int) -> None:
    page = person.see(f"proposals/{number}/checks/")
    page.get_by_label("Your review").fill("Fine.")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("#reviews").locator("..").locator("..")).to_contain_text("approved")


def is_landed(person: Person, number: int) -> None:
    path = f"proposals/{number}/checks/"
    until(lambda: "Queue it" in person.see(path).inner_text("main"))
    page = person.page
    page.get_by_role("button", name="Queue it").click()
    until(lambda: Proposal.objects.get(number=number).state == "merged")
    page = person.see(f"proposals/{number}/")
    expect(page.locator("#proposal-head")).to_contain_text("Merged as")


def a_changed_push_dismisses(ida: Person, olga: Person) -> None:
    """Olga has approved #1; then Ida changes more than she saw."""
    text = bazaar.ida(bazaar.schema())[f"{bazaar.ROOT}/schema.prisma"]
    text = text.replace(
        "  number    String      @unique\n", "  number    String      @unique\n  memo      String?\n"
    )
    more = {
        f"{bazaar.ROOT}/schema.prisma": text,
        f"{bazaar.ROOT}/migrations/20260302090000_memo/migration.sql": (
            'ALTER TABLE "billing_invoices" ADD COLUMN "memo" TEXT;\n'
        ),
    }
    again(ida.clone, "bigger-totals", more, "A memo on each invoice")
    until(lambda: Proposal.objects.get(number=1).reviews.filter(dismissed_at__isnull=False).exists())
    until(lambda: is_merged_anew(1))
    page = olga.see("proposals/1/checks/")
    expect(page.get_by_text("Dismissed").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("billing_invoices.memo")
    shot(page, "dismissed")


def a_rebase_keeps(ida: Person, olga: Person) -> None:
    """Main has moved on; Ida's branch is brought onto it and her approval stays."""
    ida.clone.git("fetch", "--quiet", "braid")
    ida.clone.git("rebase", "--quiet", "braid/main")
    ida.clone.git("push", "--quiet", "--force", "braid", "bigger-totals")
    until(lambda: is_merged_anew(1))
    assert Proposal.objects.get(number=1).reviews.filter(dismissed_at=None, answer="approve").exists()
    until(lambda: "Queue it" in olga.see("proposals/1/checks/").inner_text("main"))


def again(clone: Shop, branch: str, files: dict[str, str], message: str) -> None:
    """One more commit on a branch that is there."""
    clone.git("switch", "--quiet", branch)
    for path, text in files.items():
        place = clone.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--message", message)
    clone.git("push", "--quiet", "braid", branch)


def the_conflict_is_resolved(jon: Person) -> None:
    """The branch's type for the column, main's name for the value."""
    page = jon.see("proposals/3/conflicts/")
    expect(page.locator(".conflict").first).to_contain_text("total")
    shot(page, "conflicts")
    for words, side in (("billing_invoices.total", "As on exact-totals"), ("InvoiceState", "As on main")):
        page = jon.see("proposals/3/conflicts/")
        card = page.locator(".conflict", has_text=words).first
        card.get_by_label(side).check()
        card.get_by_role("button", name="Save the choice").click()
        expect(page.locator(".notice, .messages").first).to_contain_text("The choice is saved")
    until(lambda: is_merged_anew(3))
    page = jon.see("proposals/3/conflicts/")
    shot(page, "resolved")
    expect(page.locator("#proof")).to_contain_text("proved")


def a_fresh_clone_replays(live_braid: Any, project: Project, token: str, folder: Path) -> None:
    """Nothing but git and Postgres: the history of main gives the very schema that the queue proved."""
    clone = Shop(folder, live_braid.git_url(project), "olga@example.com", token)
    clone.git("pull", "--quiet", "braid", "main")
    history = read_project(FolderTree(folder))
    with Sandboxes(SandboxSettings.from_environment()) as sandboxes:
        replay = sandboxes.replay(history, owner="story", deadline_s=120)
    assert replay.failure is None
    proof = QueueEntry.objects.filter(stage="landed").latest("id").proof
    assert replay.catalog.hash == proof["replay"]["catalog"]
    schema = (folder / bazaar.ROOT / "schema.prisma").read_text()
    assert "  total     Decimal @db.Decimal(14, 4)\n" in schema
    assert "  SETTLED\n" in schema
    assert "PAID" not in schema
    assert "CLEARED" not in schema
    assert "  // In cents.\n" in schema
    assert "model GiftCard" in schema


def a_landing_is_reverted(kim: Person) -> None:
    page = kim.see("proposals/2/")
    page.get_by_role("button", name="Propose the way back").click()
    until(lambda: Proposal.objects.filter(number=4).exists())
    until(lambda: is_merged_anew(4))
    page = kim.see("proposals/4/")
    expect(page.locator("main")).to_contain_text("gift_cards")
    expect(page.locator("main")).to_contain_text("drop")
    shot(page, "revert")


def test_three_developers_and_one_schema(people, live_braid, project, owner, token_of, tmp_path):
    olga, ida, jon, kim = (people(name) for name in ("Olga", "Ida", "Jon", "Kim"))
    main_is_pushed(people)
    rules_are_set(olga)
    branches_are_pushed(people)
    the_radar_shows_the_collision(jon)

    is_proposed(ida, "bigger-totals", 1)
    page = ida.see("proposals/1/checks/")
    expect(page.locator("main")).to_contain_text("Olga")
    shot(page, "checks")
    is_approved(olga, 1)
    a_changed_push_dismisses(ida, olga)
    is_approved(olga, 1)

    is_proposed(kim, "gift-cards", 2)
    is_approved(jon, 2)
    shot(kim.see("proposals/2/"), "changes")
    is_landed(kim, 2)
    a_rebase_keeps(ida, olga)
    is_landed(ida, 1)

    is_proposed(jon, "exact-totals", 3)
    the_conflict_is_resolved(jon)
    is_approved(olga, 3)
    is_landed(jon, 3)
    shot(jon.see("queue/"), "queue")
    shot(jon.see("proposals/3/"), "merged")

    a_fresh_clone_replays(live_braid, project, token_of(owner), tmp_path / "fresh")
    a_landing_is_reverted(kim)
