"""Asking for a verdict, claiming it, keeping and losing the claim."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from apps.checks import actions
from apps.checks.models import Judgement, State, Verdict
from apps.jobs import claims
from apps.repositories.models import Branch

FIRST, SECOND = "1" * 40, "2" * 40


@pytest.fixture
def branch(make_branch):
    make_branch("main", "0" * 40)
    return make_branch("feature", FIRST)


@pytest.fixture
def verdict(branch):
    return actions.request_verdict(branch, FIRST)


def move(branch, commit):
    Branch.objects.filter(pk=branch.pk).update(head=commit)
    return actions.request_verdict(branch, commit)


def state(verdict):
    return Verdict.objects.get(pk=verdict.pk).state


def make_judgement(project, outcome="passed"):
    return Judgement.objects.create(project=project, key="k", outcome=outcome, headline="1 new migration")


def test_asked_twice_there_is_one(branch, verdict):
    assert actions.request_verdict(branch, FIRST) == verdict
    assert Verdict.objects.count() == 1
    assert (verdict.state, verdict.base_commit) == (State.WAITING, "0" * 40)


def test_a_newer_commit_supersedes_what_waits(branch, verdict):
    newer = move(branch, SECOND)
    assert state(verdict) == State.SUPERSEDED
    assert state(newer) == State.WAITING


def test_a_push_that_is_late_does_not_undo_a_newer_one(branch, verdict):
    newer = move(branch, SECOND)
    assert actions.request_verdict(branch, FIRST) is None
    assert state(newer) == State.WAITING


def test_a_deleted_branch_gets_none(branch):
    Branch.objects.filter(pk=branch.pk).update(deleted_at=timezone.now())
    assert actions.request_verdict(branch, FIRST) is None


def test_a_finished_verdict_stays_when_the_branch_moves(project, branch, verdict):
    claimed = actions.claim(verdict.pk, "w1")
    assert actions.finish(claimed, make_judgement(project))
    move(branch, SECOND)
    assert state(verdict) == State.PASSED


def test_a_moved_base_asks_for_another(make_branch, branch, verdict):
    claimed = actions.claim(verdict.pk, "w1")
    actions.finish(claimed, make_judgement(branch.project))
    branch.project.branches.filter(name="main").update(head="9" * 40)
    again = actions.request_verdict(branch, FIRST)
    assert again != verdict
    assert again.base_commit == "9" * 40


def test_an_error_is_tried_again_when_asked(branch, verdict):
    actions.give_up(actions.claim(verdict.pk, "w1"), "the disk is full\nand more")
    again = actions.request_verdict(branch, FIRST)
    assert again != verdict
    assert Verdict.objects.get(pk=verdict.pk).headline == "the disk is full"


def test_only_the_first_claim_holds(verdict):
    first = actions.claim(verdict.pk, "w1")
    assert first is not None
    assert (first.state, first.attempts) == (State.RUNNING, 1)
    assert actions.claim(verdict.pk, "w2") is None


@pytest.mark.django_db(transaction=True)
def test_of_ten_workers_at_once_one_gets_it(verdict):
    barrier, won = threading.Barrier(10), []

    def run(name):
        barrier.wait()
        try:
            if actions.claim(verdict.pk, name):
                won.append(name)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(f"w{n}",)) for n in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(won) == 1
    assert Verdict.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_requests_at_once_one_row_waits(branch):
    barrier, made = threading.Barrier(10), []
    Branch.objects.update(head=SECOND)

    def run():
        barrier.wait()
        try:
            made.append(actions.request_verdict(branch, SECOND).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(made) == 10
    assert len(set(made)) == 1


def test_a_lost_claim_changes_nothing(project, branch, verdict):
    claimed = actions.claim(verdict.pk, "w1")
    move(branch, SECOND)
    assert not actions.heartbeat(claimed, {"done": 1})
    assert not actions.finish(claimed, make_judgement(project))
    assert not actions.give_up(claimed, "no")
    assert not actions.postpone(claimed, "no")
    assert state(verdict) == State.SUPERSEDED


def test_a_heartbeat_says_how_far_it_is(verdict):
    claimed = actions.claim(verdict.pk, "w1")
    assert actions.heartbeat(claimed, {"migration": "002", "done": 1, "total": 2})
    assert Verdict.objects.get().progress["migration"] == "002"


def test_a_sandbox_that_is_down_is_waited_for_and_then_given_up(verdict):
    for wait in claims.BACKOFF_S:
        claimed = actions.claim(verdict.pk, "w1")
        assert actions.postpone(claimed, "the sandbox server does not answer")
        row = Verdict.objects.get()
        assert row.state == State.WAITING
        assert "does not answer" in row.headline
        assert 0 < (row.retry_at - timezone.now()).total_seconds() <= wait
        assert actions.claim(verdict.pk, "w2") is None
        Verdict.objects.update(retry_at=timezone.now())
    assert actions.postpone(actions.claim(verdict.pk, "w1"), "the sandbox server does not answer")
    row = Verdict.objects.get()
    assert row.state == State.ERROR
    assert "tried 6 times" in row.error


def test_a_moved_default_branch_marks_what_stands(project, branch, verdict):
    actions.finish(actions.claim(verdict.pk, "w1"), make_judgement(project))
    assert actions.mark_stale(project) == 1
    assert Verdict.objects.get().stale
    assert actions.mark_stale(project) == 0


def test_changed_settings_mark_what_stands(project, branch, verdict):
    actions.finish(actions.claim(verdict.pk, "w1"), make_judgement(project))
    project.root = "packages/db"
    project.save()
    assert Verdict.objects.get().stale
