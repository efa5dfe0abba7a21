"""What a lost message or a dead worker left behind of meetings and footprints, put back on the queue.

As with verdicts (`apps.checks.sweep`): every step is conditional, and a message too many finds its
row claimed or finished.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from apps.checks.models import ACTIVE as JUDGING
from apps.checks.models import Verdict
from apps.jobs import claims
from apps.jobs.messages import enqueue
from apps.merges.actions import TASK, unsettled
from apps.merges.events import announce
from apps.merges.models import Footprint, Meeting, State
from apps.repositories.models import Branch

CHART = "worker.chart"
MESSAGE_LOST_S = 60
BATCH = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """How many meetings and branches the sweep moved."""

    revived: int
    given_up: int
    enqueued: int
    charted: int


def sweep(now: datetime | None = None) -> Swept:
    now = now or timezone.now()
    revived, given_up = _take_back_silent(now)
    return Swept(revived, given_up, _enqueue_waiting(now), _chart_forgotten(now))


@transaction.atomic
def _take_back_silent(now: datetime) -> tuple[int, int]:
    """Running meetings whose worker fell silent: back to the queue, or given up after the last attempt."""
    found = list(claims.silent(Meeting, now).select_for_update(skip_locked=True)[:BATCH])
    worn_out = [meeting for meeting in found if claims.is_worn_out(meeting)]
    for meeting in found:
        _give_up(meeting, now) if meeting in worn_out else _put_back(meeting, now)
        announce(meeting)
    return len(found) - len(worn_out), len(worn_out)


def _put_back(meeting: Meeting, now: datetime) -> None:
    claims.put_back(meeting, enqueued_at=now)
    enqueue(TASK, meeting.pk)


def _give_up(meeting: Meeting, now: datetime) -> None:
    error = (
        f"The merge was started {meeting.attempts} times and its worker died each time; "
        "the worker's log says more."
    )
    Meeting.objects.filter(pk=meeting.pk).update(
        state=State.ERROR, claimed_by="", error=error, progress={}, finished_at=now
    )
    unsettled.send(Meeting, meeting=meeting)


@transaction.atomic
def _enqueue_waiting(now: datetime) -> int:
    """Waiting meetings whose message must be lost, and those whose time to try again has come.

    A message may only be waiting behind others, so each is sent again after twice the silence.
    """
    first = Q(enqueued_at=None) | Q(enqueued_at__lt=now - timedelta(seconds=MESSAGE_LOST_S))
    patient = Q(enqueued_at=None) | Q(enqueued_at__lt=now - (F("enqueued_at") - F("requested_at")))
    lost = Q(retry_at=None) & first & patient
    waiting = Meeting.objects.filter(lost | Q(retry_at__lte=now), state=State.WAITING).order_by("id")
    ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    Meeting.objects.filter(pk__in=ids).update(enqueued_at=now, retry_at=None)
    for meeting_id in ids:
        enqueue(TASK, meeting_id)
    return len(ids)


@transaction.atomic
def _chart_forgotten(now: datetime) -> int:
    """Branches that were judged, but whose worker died before it knew whom they meet."""
    newest = Verdict.objects.filter(branch=OuterRef("pk")).order_by("-id")
    judged = Branch.objects.filter(deleted_at=None).annotate(
        judged=Subquery(newest.values("commit")[:1]), state=Subquery(newest.values("state")[:1])
    )
    behind = ~Q(footprint__commit=F("head")) | Q(footprint=None)
    early = Q(footprint__enqueued_at__gt=now - timedelta(seconds=MESSAGE_LOST_S))
    found = judged.filter(behind, judged=F("head")).exclude(early).exclude(state__in=JUDGING)
    branches = list(found.order_by("pk")[:BATCH])
    for branch in branches:
        Footprint.objects.update_or_create(
            branch=branch, defaults={"enqueued_at": now}, create_defaults=_blank(branch, now)
        )
        enqueue(CHART, branch.pk)
    return len(branches)


def _blank(branch: Branch, now: datetime) -> dict[str, object]:
    return {"project_id": branch.project_id, "commit": "", "enqueued_at": now}
