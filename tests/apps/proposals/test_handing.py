"""What is handed to a forge, as pages, programs and the command show it. The forges' side: tests/apps/forges."""

import pytest

from apps.proposals.actions import handing, line
from apps.proposals.models import Event, QueueEntry, Stage, State
from apps.proposals.pages.timeline import sentence
from braid.command.queue import _report
from tests.apps.proposals.queues import ask_for, entry_of, queue, run, state_of
from worker import queueing

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/acme/shop/queue/"
ONE = "/acme/shop/proposals/1/"
API = "/api/v1/teams/acme/projects/shop/"
WORDS = "The merge stands on 0002_a; merge pull request #7 on the forge."


@pytest.fixture
def handed(propose, run_meetings, project, developer):
    """#1, handed over as its branch is, and #2, which waits in the queue."""
    ask_for(project, approvals=0)
    made = [propose(f"0002_{name}", f"alter table users add column {name} int;\n") for name in ("a", "b")]
    run_meetings()
    queue(developer, made[0])
    assert queueing._test(line.arrange(project.pk).tests[0])
    entry = entry_of(made[0])
    assert handing.note_delivery(entry, entry.head)
    handing.hand_over(entry, lambda _entry: WORDS)
    queue(developer, made[1])
    return made[0]


def test_it_is_shown_and_holds_up_nobody(handed, signed_in, api, project, developer, viewer):
    assert (state_of(handed), entry_of(handed).stage) == (State.OPEN, Stage.HANDED)
    for place in (PAGE, ONE):
        assert WORDS in signed_in(viewer).get(place).content.decode()
    assert "Take it back" not in signed_in(viewer).get(ONE).content.decode()
    assert "Take it back" in signed_in(developer).get(ONE).content.decode()
    (line_of_it,) = Event.objects.filter(proposal=handed, kind="handed_over")
    assert sentence(line_of_it) == f"handed it to the forge: {WORDS}"
    told = api(viewer).get(f"{API}queue/").json()
    shown = [(each["proposal"], each["stage"], each["place"]) for each in told["handed"]]
    assert (shown, [each["proposal"] for each in told["line"]], told["recent"]) == (
        [(1, "handed", 0)],
        [2],
        [],
    )
    assert told["handed"][0]["delivered"] == handed.head
    printed = list(_report(told["handed"][0]))
    assert printed[0] == "#1 Add 0002_a  handed to the forge"
    assert printed[1].strip() == WORDS
    run(project, 1)
    assert QueueEntry.objects.get(proposal__number=2).stage == Stage.LANDED


def test_it_is_taken_back_or_queued_again(handed, signed_in, api, developer, viewer):
    assert signed_in(viewer).post(f"{ONE}queue/leave/").status_code == 403
    assert "Queue it" in signed_in(developer).get(f"{ONE}checks/").content.decode()
    assert api(developer).post(f"{API}proposals/1/queue/").status_code == 201
    stages = handed.queue_entries.order_by("id").values_list("stage", flat=True)
    assert list(stages) == [Stage.WITHDRAWN, Stage.WAITING]
    entry = QueueEntry.objects.filter(proposal=handed).first()
    assert not handing.fail(entry, "It is nobody's any more.")
    page = signed_in(developer).post(f"{ONE}queue/leave/", follow=True).content.decode()
    assert "taken out of the queue" in page


def test_taken_back_it_says_so(handed, signed_in, developer):
    page = signed_in(developer).post(f"{ONE}queue/leave/", follow=True).content.decode()
    assert "It was taken back from the forge" in page
    assert Event.objects.filter(proposal=handed, kind="withdrawn", data__was_handed=True).count() == 1
    assert state_of(handed) == State.OPEN


def test_twice_is_once(handed):
    entry = entry_of(handed)
    handing.hand_over(entry, lambda _entry: pytest.fail("it is handed over already"))
    assert not handing.note_delivery(entry, "f" * 40)
    assert handing.fail(entry, "No.")
    assert not handing.fail(entry, "No, again.")
    assert (entry_of(handed).stage, entry_of(handed).reason) == (Stage.REFUSED, "No.")
    assert not handing.test_again(entry)
    assert not handing.warn(entry)
