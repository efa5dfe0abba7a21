"""What a lost message, a dead worker or a moved base left behind comes back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.checks import actions
from apps.checks.models import Judgement, State, Verdict
from apps.checks.sweep import sweep
from apps.jobs.claims import MAX_ATTEMPTS
from apps.repositories.models import Push

COMMIT = "1" * 40


@pytest.fixture
def verdict(make_branch):
    return actions.request_verdict(make_branch("feature", COMMIT), COMMIT)


def later(seconds):
    return timezone.now() + timedelta(seconds=seconds)


def row(verdict):
    return Verdict.objects.get(pk=verdict.pk)


def test_what_waits_with_a_fresh_message_is_left_alone(verdict):
    assert sweep().enqueued == 0


def test_a_lost_message_is_sent_again_each_time_later(verdict):
    assert sweep(later(21)).enqueued == 1
    assert sweep(later(22)).enqueued == 0
    assert sweep(later(21 + 21)).enqueued == 0
    assert sweep(later(21 + 41)).enqueued == 1
    assert row(verdict).state == State.WAITING


def test_a_running_claim_with_a_pulse_is_left_alone(verdict):
    actions.claim(verdict.pk, "w1")
    assert sweep(later(10)).revived == 0


def test_a_silent_claim_goes_to_another(verdict):
    dead = actions.claim(verdict.pk, "w1")
    assert sweep(later(16)).revived == 1
    assert row(verdict).state == State.WAITING
    assert not actions.heartbeat(dead)
    assert actions.claim(verdict.pk, "w2").attempts == 2


def test_after_the_last_attempt_it_says_what_was_running(verdict):
    for attempt in range(MAX_ATTEMPTS):
        claimed = actions.claim(verdict.pk, f"w{attempt}")
        actions.heartbeat(claimed, {"migration": "007_big", "statement": 3})
        swept = sweep(later(16))
    assert swept.given_up == 1
    given_up = row(verdict)
    assert given_up.state == State.ERROR
    assert "started 3 times" in given_up.error
    assert "migration 007_big, statement 4" in given_up.error


def test_a_postponed_verdict_comes_back_when_its_time_has_come(verdict):
    actions.postpone(actions.claim(verdict.pk, "w1"), "down")
    assert sweep().enqueued == 0
    assert sweep(later(3)).enqueued == 1
    assert actions.claim(verdict.pk, "w2") is not None


def test_a_forgotten_push_is_enqueued(project):
    Push.objects.create(project=project)
    assert sweep().pushes == 0
    assert sweep(later(11)).pushes == 1
    Push.objects.update(settled=True)
    assert sweep(later(11)).pushes == 0


def test_a_push_that_waits_behind_others_does_not_lengthen_the_queue_at_every_sweep(project):
    received = Push.objects.create(project=project).received_at
    seconds = range(1, 1800, 10)
    enqueued = [second for second in seconds if sweep(received + timedelta(seconds=second)).pushes]
    assert enqueued == [11, 31, 71, 151, 311, 631, 961, 1291, 1621]


def test_stale_verdicts_are_asked_for_again_but_not_those_of_deleted_branches(project, make_branch):
    judgement = Judgement.objects.create(project=project, key="k", outcome="passed", headline="fine")
    for name in ("kept", "gone"):
        verdict = actions.request_verdict(make_branch(name, COMMIT), COMMIT)
        actions.finish(actions.claim(verdict.pk, name), judgement)
    actions.mark_stale(project)
    project.branches.filter(name="gone").update(deleted_at=timezone.now())
    sweep()
    assert list(Verdict.objects.filter(state=State.WAITING).values_list("branch__name", flat=True)) == [
        "kept"
    ]
    assert not Verdict.objects.filter(stale=True).exists()
    assert sweep().refreshed == 0
