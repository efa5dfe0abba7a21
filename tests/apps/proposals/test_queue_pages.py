"""The queue as a browser and as a program sees it: who may look, who may act, and what is shown."""

import re

import pytest

from apps.proposals.actions.resolving import choose
from apps.proposals.models import Proposal, QueueEntry, Stage, State
from apps.proposals.resolutions import conflicts_of
from tests.apps.proposals.queues import ask_for, queue, run, state_of

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/acme/shop/queue/"
ONE = "/acme/shop/proposals/1/"
API = "/api/v1/teams/acme/projects/shop/"


@pytest.fixture
def ready(shop, push_branch, propose, run_meetings, project, developer):
    """#1 and #2, of which the second has to be restamped; nobody has to approve."""
    ask_for(project, approvals=0)
    made = [propose(f"0002_{name}", f"alter table users add column {name} int;\n") for name in ("a", "b")]
    run_meetings()
    return made


def test_members_see_the_queue_and_developers_use_it(signed_in, ready, project, developer, viewer, stranger):
    member, browser = signed_in(viewer), signed_in(developer)
    assert "Nobody waits" in member.get(PAGE).content.decode()
    assert signed_in(stranger).get(PAGE).status_code == 404
    assert member.post(f"{ONE}queue/enter/").status_code == 403
    assert signed_in(stranger).post(f"{ONE}queue/enter/").status_code == 404
    assert browser.get(f"{ONE}queue/enter/").status_code == 405
    assert "Queue it" in browser.get(f"{ONE}checks/").content.decode()
    assert "Queue it" not in member.get(f"{ONE}checks/").content.decode()
    asked = {"deletes_branch": "yes", "change_hash": _change_on(browser.get(f"{ONE}checks/"))}
    answer = browser.post(f"{ONE}queue/enter/", asked, follow=True)
    assert "#1 is in the queue." in answer.content.decode()
    assert QueueEntry.objects.get().deletes_branch
    page = member.get(PAGE).content.decode()
    assert "Add 0002_a" in page
    assert "Take out" not in page
    assert "only an open proposal can be queued" in (
        browser.post(f"{ONE}queue/enter/", follow=True).content.decode()
    )
    assert "Number 1 in" in browser.get(ONE).content.decode()
    head = member.get(f"{ONE}head/", headers={"HX-Request": "true"}).content.decode()
    assert ("Number 1 in" in head, f'hx-get="{ONE}head/"' in head) == (True, True)
    assert member.get(f"{ONE}head/").status_code == 302
    assert signed_in(stranger).get(f"{ONE}head/").status_code == 404
    assert member.post(f"{ONE}queue/leave/").status_code == 403
    assert "taken out of the queue" in browser.post(f"{ONE}queue/leave/", follow=True).content.decode()
    assert state_of(ready[0]) == State.OPEN
    head = member.get(f"{ONE}head/", headers={"HX-Request": "true"}).content.decode()
    assert ("hx-get" in head, "Show what came of it" in head) == (False, True)


def test_a_page_from_before_a_push_queues_nothing(
    signed_in, api, ready, shop, run_meetings, project, developer
):
    """With a policy of no approvals it is ready all the same: who queues it has to have seen it."""
    browser, program = signed_in(developer), api(developer)
    seen = _change_on(browser.get(f"{ONE}checks/"))
    shop.git("switch", "--quiet", "0002_a")
    shop.commit({"migrations/0002_a.up.sql": "alter table users drop column email;\n"})
    shop.push("0002_a")
    run_meetings()
    answer = browser.post(f"{ONE}queue/enter/", {"change_hash": seen}, follow=True).content.decode()
    assert "another one since you looked at it" in answer
    assert "new: column users.email dropped" in answer
    assert "gone: column users.a added" in answer
    refused = program.post(f"{API}proposals/1/queue/", {"change_hash": seen}, format="json")
    assert (refused.status_code, "users.email" in refused.json()["detail"]) == (409, True)
    assert browser.post(f"{ONE}queue/enter/", follow=True).status_code == 200
    assert state_of(ready[0]) == State.OPEN
    newest = _change_on(browser.get(f"{ONE}checks/"))
    entered = program.post(f"{API}proposals/1/queue/", {"change_hash": newest}, format="json")
    assert (entered.status_code, entered.json()["change_hash"]) == (201, newest)


def _change_on(page):
    form = page.content.decode().partition("queue/enter/")[2]
    return re.search(r'name="change_hash" value="([0-9a-f]{64})"', form)[1]


def test_what_landed_says_how_to_mend_a_database_and_offers_the_way_back(
    signed_in, ready, project, developer, viewer
):
    for each in ready:
        queue(developer, each)
    run(project, 2)
    page = signed_in(viewer).get("/acme/shop/proposals/2/").content.decode()
    assert "0003_b" in page
    assert "UPDATE schema_migrations SET version = 3" in page
    assert "Propose the way back" not in page
    browser = signed_in(developer)
    assert "Propose the way back" in browser.get("/acme/shop/proposals/2/").content.decode()
    assert signed_in(viewer).post("/acme/shop/proposals/2/revert/").status_code == 403
    answer = browser.post("/acme/shop/proposals/2/revert/", follow=True).content.decode()
    assert "A worker finds the way back" in answer
    assert "Landed" in browser.get(PAGE).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_line(
    signed_in, ready, developer, viewer, django_assert_max_num_queries
):
    browser = signed_in(viewer)
    queue(developer, ready[0])
    with django_assert_max_num_queries(100) as one:
        browser.get(PAGE)
    queue(developer, ready[1])
    with django_assert_max_num_queries(len(one)):
        browser.get(PAGE)


def test_why_it_left_is_said_where_people_look(signed_in, ready, developer, viewer):
    QueueEntry.objects.create(
        project=ready[0].project,
        proposal=ready[0],
        head=ready[0].head,
        stage=Stage.REFUSED,
        reason="It collides.",
    )
    assert "It collides." in signed_in(viewer).get(ONE).content.decode()
    assert "It collides." in signed_in(viewer).get(PAGE).content.decode()


def test_programs_use_it_with_the_same_rights(api, ready, project, developer, viewer, stranger):
    program, reader = api(developer), api(viewer)
    turn = f"{API}proposals/1/queue/"
    assert reader.get(turn).status_code == 409
    assert reader.post(turn).status_code == 403
    assert api(stranger).get(f"{API}queue/").status_code == 404
    entered = program.post(turn, {"deletes_branch": True}, format="json")
    assert (entered.status_code, entered.json()["place"]) == (201, 1)
    assert program.post(turn).status_code == 409
    assert [each["proposal"] for each in reader.get(f"{API}queue/").json()["line"]] == [1]
    assert program.delete(turn).json()["stage"] == "withdrawn"
    for number in (1, 2):
        program.post(f"{API}proposals/{number}/queue/")
    run(project, 2)
    told = reader.get(f"{API}proposals/2/queue/").json()
    assert (told["stage"], told["migrations"]) == (
        "landed",
        [{"was": "0002_b", "name": "0003_b", "is_rewritten": False}],
    )
    assert told["mend"][-1].startswith("psql ")
    assert Proposal.objects.get(number=2).merged_commit == told["candidate"]
    assert program.get(f"{API}proposals/2/revert/").status_code == 409
    assert program.post(f"{API}proposals/2/revert/").status_code == 202
    assert reader.get(f"{API}proposals/2/revert/").json()["state"] == "waiting"
    assert reader.post(f"{API}proposals/2/revert/").status_code == 403


def test_a_rewritten_one_shows_sql_that_was_run(signed_in, collide, run_meetings, project, developer):
    ask_for(project, approvals=0)
    proposal = collide(
        "alter table users alter email set default 'a';\n", "alter table users alter email set default 'b';\n"
    )
    (found,) = conflicts_of(proposal).conflicts
    choose(developer, proposal, found.id, {"choose": "theirs"}, seen=0)
    run_meetings()
    queue(developer, proposal)
    run(project, 1)
    assert state_of(proposal) == State.MERGED
    page = signed_in(developer).get(ONE).content.decode()
    assert "Braid ran the SQL on such a database" in page
    assert "ALTER COLUMN email SET DEFAULT" in page
