"""Meetings that a lost message or a dead worker left, and branches that were never charted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.checks import actions as checks
from apps.checks.models import Judgement
from apps.jobs.claims import MAX_ATTEMPTS
from apps.merges import actions, radar
from apps.merges.models import Footprint, Meeting, State
from apps.merges.sweep import sweep
from schemata.merge.footprint import Footprint as Found


@pytest.fixture
def meeting(make_branch):
    return actions.request_meeting(make_branch("main", "1" * 40), make_branch("feature", "2" * 40))


def later(seconds):
    return timezone.now() + timedelta(seconds=seconds)


def row(meeting):
    return Meeting.objects.get(pk=meeting.pk)


def test_a_lost_message_is_sent_again_each_time_later(meeting):
    assert sweep().enqueued == 0
    assert sweep(later(61)).enqueued == 1
    assert sweep(later(110)).enqueued == 0
    assert sweep(later(130)).enqueued == 1


def test_a_silent_claim_goes_to_another_and_is_given_up_at_last(meeting):
    for attempt in range(MAX_ATTEMPTS):
        assert actions.claim(meeting.pk, f"w{attempt}")
        assert sweep(later(10)).revived == 0
        swept = sweep(later(16))
    assert (swept.revived, swept.given_up) == (0, 1)
    assert row(meeting).state == State.ERROR
    assert "its worker died each time" in row(meeting).error


def test_what_waits_for_a_sandbox_comes_back(meeting):
    claimed = actions.claim(meeting.pk, "w")
    actions.postpone(claimed, "no room")
    assert sweep().enqueued == 0
    assert sweep(later(3)).enqueued == 1
    assert actions.claim(meeting.pk, "again")


def test_a_branch_that_was_judged_and_not_charted_is_asked_for_once_a_minute(make_branch, project):
    branch = make_branch("feature", "2" * 40)
    verdict = checks.request_verdict(branch, branch.head)
    assert sweep().charted == 0
    judgement = Judgement.objects.create(
        project=project, key="k", outcome="passed", headline="", conclusive=True, shared=0, length=0
    )
    checks.finish(checks.claim(verdict.pk, "w"), judgement)
    assert sweep().charted == 1
    assert sweep().charted == 0
    assert sweep(later(61)).charted == 1
    radar.chart(branch, "", Found(frozenset({"users"})))
    assert sweep(later(130)).charted == 0
    assert Footprint.objects.get(branch=branch).objects_touched == ["+users"]
