"""What a lost message, a dead worker or a moved base left behind, put back on the queue.

Beat runs it every few seconds. Every step is conditional, so two sweeps at once
do no harm, and a message too many finds its verdict claimed or finished.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.checks.actions import changed, enqueue_verdict, request_verdict
from apps.checks.events import announce
from apps.checks.models import Judgement, State, Verdict
from apps.jobs import claims
from apps.jobs.messages import enqueue
from apps.repositories.models import Push

MESSAGE_LOST_S = 20
PUSH_FORGOTTEN_S = 10
PUSH_RETRY_S = 320
DRIFT_S = 1800
BATCH = 200
REFRESHED_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Swept:
    """How many verdicts and pushes the sweep moved."""

    revived: int
    given_up: int
    enqueued: int
    pushes: int
    refreshed: int


def sweep(now: datetime | None = None) -> Swept:
    now = now or timezone.now()
    revived, given_up = _take_back_silent(now)
    _forget_drift(now)
    return Swept(revived, given_up, _enqueue_waiting(now), _enqueue_pushes(now), _refresh_stale())


def _forget_drift(now: datetime) -> None:
    """What a worker that died was about to find out: not known, until the branch is judged again."""
    waiting = Judgement.objects.filter(awaits_drift=True, created_at__lt=now - timedelta(seconds=DRIFT_S))
    waiting.update(awaits_drift=False, conclusive=False)


@transaction.atomic
def _take_back_silent(now: datetime) -> tuple[int, int]:
    """Running verdicts whose worker fell silent: back to the queue, or given up after the last attempt."""
    found = list(claims.silent(Verdict, now).select_for_update(skip_locked=True)[:BATCH])
    worn_out = [verdict for verdict in found if claims.is_worn_out(verdict)]
    for verdict in found:
        _give_up(verdict, now) if verdict in worn_out else _put_back(verdict, now)
        announce(verdict)
    return len(found) - len(worn_out), len(worn_out)


def _put_back(verdict: Verdict, now: datetime) -> None:
    claims.put_back(verdict, enqueued_at=now, headline="its worker died; another takes over")
    enqueue_verdict(verdict.pk)


def _give_up(verdict: Verdict, now: datetime) -> None:
    error = (
        f"The check was started {verdict.attempts} times and its worker died each time: "
        f"{_last_seen(verdict)}. If that statement needs much memory or time, this is the likely reason; "
        "the worker's log says more."
    )
    Verdict.objects.filter(pk=verdict.pk).update(
        state=State.ERROR, claimed_by="", error=error, headline=claims.first_line(error), finished_at=now
    )
    changed.send(Verdict, verdict=verdict)


def _last_seen(verdict: Verdict) -> str:
    told = verdict.progress
    if not told.get("migration"):
        return "no migration had been started"
    # A message of several statements gives no sign of how far it is before its end.
    statement = f", statement {told['statement'] + 1}" if told.get("statement") else ""
    return f"migration {told['migration']}{statement} was running"


@transaction.atomic
def _enqueue_waiting(now: datetime) -> int:
    """Waiting verdicts whose message must be lost: enqueued again, each time after a longer silence."""
    lost = Q(retry_at=None, enqueued_at=None) | Q(retry_at__lte=now)
    for enqueues, wait in enumerate((1, 2, 4, 8, 16)):
        late = Q(enqueued_at__lt=now - timedelta(seconds=MESSAGE_LOST_S * wait))
        times = Q(enqueues=enqueues) if enqueues < 4 else Q(enqueues__gte=4)
        lost |= Q(late & times, retry_at=None)
    waiting = Verdict.objects.filter(lost, state=State.WAITING).order_by("id")
    ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    Verdict.objects.filter(pk__in=ids).update(enqueued_at=now, enqueues=F("enqueues") + 1, retry_at=None)
    for verdict_id in ids:
        enqueue_verdict(verdict_id)
    return len(ids)


@transaction.atomic
def _enqueue_pushes(now: datetime) -> int:
    """Pushes that nobody has turned into verdicts yet: each time after twice the silence, as their message may
    only be waiting behind others, and one more for each at every sweep would make that worse."""
    first = Q(enqueued_at=None, received_at__lt=now - timedelta(seconds=PUSH_FORGOTTEN_S))
    again = Q(enqueued_at__lt=now - (F("enqueued_at") - F("received_at")))
    at_last = Q(enqueued_at__lt=now - timedelta(seconds=PUSH_RETRY_S))
    forgotten = Push.objects.filter(first | again | at_last, settled=False).order_by("id")
    ids = list(forgotten.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    Push.objects.filter(pk__in=ids).update(enqueued_at=now)
    for push_id in ids:
        enqueue("worker.judge_push", push_id)
    return len(ids)


def _refresh_stale() -> int:
    """Verdicts whose base moved: a few at a time, and only while no push is waiting."""
    room = REFRESHED_AT_ONCE - Verdict.objects.filter(state=State.WAITING).count()
    if room <= 0:
        return 0
    stale = Verdict.objects.filter(stale=True).exclude(state=State.RUNNING)
    found = list(stale.select_related("branch__project").order_by("-requested_at")[:room])
    Verdict.objects.filter(pk__in=[v.pk for v in found]).update(stale=False)
    for verdict in found:
        if verdict.branch.deleted_at is None:
            request_verdict(verdict.branch, verdict.branch.head, again=True)
    return len(found)
