"""Approving while a push is merged, and rules that change while a proposal lands: threads against Postgres."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.merges import actions as meetings
from apps.merges.models import Meeting, State
from apps.proposals.access import meeting_of
from apps.proposals.actions import lifecycle, policing, reviewing
from apps.proposals.models import Answer, Review
from tests.rounds import rounds

pytestmark = pytest.mark.timeout(7200)
ROUNDS = rounds(20)
PATIENCE_S = 20


@pytest.fixture
def merged(transactional_db, owner, maintainer, propose, run_meetings, project):
    policing.change_policy(owner, project, required_checks=[])
    found = propose()
    run_meetings()
    return found


def claim(meeting, commit):
    """As a worker has it that merges a newer head."""
    Meeting.objects.filter(pk=meeting.pk).update(
        state=State.RUNNING, claimed_by="w", theirs_commit=commit, heartbeat_at=timezone.now()
    )
    return Meeting.objects.select_related("project", "ours", "theirs", "merge", "resolved").get(pk=meeting.pk)


def test_no_approval_outlives_the_change_it_saw(
    merged, push_branch, run_meetings, maintainer, together, shop
):
    """However the three meet: an approval that still counts is of the change that the meeting has."""
    first = meeting_of(merged).merge
    shop.git("switch", "--quiet", merged.branch.name)
    shop.commit({"migrations/0002_name.up.sql": "alter table users add column other int;\n"})
    shop.push(merged.branch.name)
    run_meetings()
    merged.refresh_from_db()
    second = meeting_of(merged).merge
    assert first.change_hash != second.change_hash
    outcomes = set()
    for number in range(ROUNDS):
        before, after = (first, second) if number % 2 else (second, first)
        Meeting.objects.update(merge=before, state=State.DONE)
        Review.objects.all().delete()
        meeting = claim(meeting_of(merged), merged.head)
        finished, answer, _ = together(
            lambda meeting=meeting, after=after: meetings.finish(meeting, after, None, 1.0),
            lambda seen=before.change_hash: reviewing.review(
                maintainer, merged, Answer.APPROVE, change_hash=seen
            ),
            lambda: _look(merged),
        )
        assert finished
        counting = Review.objects.filter(dismissed_at=None)
        assert all(review.change_hash == after.change_hash for review in counting)
        outcomes.add(type(answer))
    assert outcomes <= {Review, RefusedError}


def _look(proposal):
    """What a push does under the proposal's lock: it asks for the meeting, which it locks second."""
    with transaction.atomic():
        lifecycle.meet(lifecycle.lock(proposal))


def test_rules_wait_until_what_they_let_through_has_landed(merged, maintainer, owner, project):
    reviewing.review(maintainer, merged, Answer.APPROVE, change_hash=meeting_of(merged).result.change_hash)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert reviewing.is_ready(merged).ready
            change = pool.submit(_closing, lambda: policing.change_policy(owner, project, approvals=2))
            assert wait([change], timeout=0.3).not_done
        change.result(PATIENCE_S)
    with transaction.atomic():
        assert reviewing.is_ready(merged).missing == ("Approvals: 1 of 2",)


def test_landing_waits_for_rules_that_are_being_written(merged, maintainer, owner, project):
    reviewing.review(maintainer, merged, Answer.APPROVE, change_hash=meeting_of(merged).result.change_hash)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            policing.change_policy(owner, project, approvals=2)
            answer = pool.submit(_closing, lambda: reviewing.is_ready(merged))
            assert wait([answer], timeout=0.3).not_done
        assert answer.result(PATIENCE_S).missing == ("Approvals: 1 of 2",)


def test_landing_waits_for_a_dismissal(merged, maintainer, owner):
    given = reviewing.review(
        maintainer, merged, Answer.APPROVE, change_hash=meeting_of(merged).result.change_hash
    )
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            reviewing.dismiss(owner, given, "Too early.")
            answer = pool.submit(_closing, lambda: reviewing.is_ready(merged))
            assert wait([answer], timeout=0.3).not_done
        assert not answer.result(PATIENCE_S).ready


def _closing(function):
    try:
        return function()
    finally:
        connection.close()


def test_two_who_save_the_policy_at_once(owner, maintainer, project, together, transactional_db):
    version = policing.change_policy(owner, project, approvals=2).version
    for _ in range(rounds(10)):
        found = together(
            lambda version=version: policing.change_policy(owner, project, version=version, approvals=3),
            lambda version=version: policing.change_policy(maintainer, project, version=version, approvals=4),
        )
        assert sorted(type(each).__name__ for each in found) == ["Policy", "RefusedError"]
        version = policing.change_policy(owner, project, approvals=2).version
