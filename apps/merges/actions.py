"""The writes on meetings: asked for, claimed, kept alive, finished, given up.

The row is the truth, and every step a conditional UPDATE (`apps.jobs.claims`): a head that
moves while its merge runs takes the claim away.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from apps.jobs import claims
from apps.jobs.messages import enqueue
from apps.merges.events import announce
from apps.merges.models import Meeting, Merge, Outcome, State
from apps.repositories.models import Branch

TASK = "worker.merge"

# Sent as the transaction that finishes a meeting begins: what stands on the meeting is locked before the meeting.
finishing = Signal()
# Sent in that transaction once the result is written, with `meeting` and the `before` Merge (or None).
finished = Signal()
# Sent in the transaction in which a meeting begins to wait for other heads, or ends without a result, with `meeting`.
unsettled = Signal()
# Sent in the transaction that takes a pair which collided off the radar, with `meeting`: the two share nothing now.
parted = Signal()
# Sent in the transaction that keeps whom a branch touches, with `branch`: its meetings follow from that.
charted = Signal()


@transaction.atomic
def request_meeting(
    ours: Branch, theirs: Branch, *, choices: Mapping[str, Any] | None = None, again: bool = False
) -> Meeting:
    """The meeting of both branches at their heads: the one that there is, or one that waits for a worker.

    `choices`, where given, replace those that the meeting had. With `again` a finished one is run anew.
    """
    meeting, made = Meeting.objects.select_for_update().get_or_create(
        ours=ours,
        theirs=theirs,
        defaults={
            "project_id": ours.project_id,
            "ours_commit": ours.head,
            "theirs_commit": theirs.head,
            "choices": dict(choices or {}),
            "requested_at": timezone.now(),
        },
    )
    wanted = (ours.head, theirs.head, dict(choices) if choices is not None else meeting.choices)
    asked = (meeting.ours_commit, meeting.theirs_commit, meeting.choices)
    if not made and not again and wanted == asked and meeting.state != State.ERROR:
        return meeting
    meeting.ours_commit, meeting.theirs_commit, meeting.choices = wanted
    _ask(meeting)
    return meeting


def _ask(meeting: Meeting) -> None:
    """Wait for a worker; one that runs for older heads finds its claim gone."""
    meeting.state, meeting.claimed_by, meeting.error = State.WAITING, "", ""
    meeting.attempts, meeting.setbacks, meeting.retry_at = 0, 0, None
    meeting.requested_at = meeting.enqueued_at = timezone.now()
    meeting.save()
    enqueue(TASK, meeting.pk)
    unsettled.send(Meeting, meeting=meeting)
    announce(meeting)


def enqueue_next() -> None:
    """Ask for the meeting that waits longest, if there is one: its message may have come when no worker was free."""
    waiting = Meeting.objects.filter(state=State.WAITING, retry_at=None).order_by("requested_at", "id")
    found = waiting.values_list("pk", flat=True).first()
    if found is not None:
        enqueue(TASK, found)


def claim(meeting_id: int, worker: str) -> Meeting | None:
    """Take the meeting, or None when somebody else has it, it is finished, or its time has not come."""
    if not claims.claim(Meeting, meeting_id, worker, progress={}):
        return None
    meeting = Meeting.objects.select_related("project", "ours", "theirs").get(pk=meeting_id)
    announce(meeting)
    return meeting


def heartbeat(meeting: Meeting, progress: Mapping[str, Any] | None = None) -> bool:
    """Say that the claim is alive, and how far it is; False when it was taken back: stop."""
    alive = claims.heartbeat(meeting, progress)
    if alive and progress is not None:
        announce(meeting)
    return alive


@transaction.atomic
def finish(meeting: Meeting, merge: Merge, resolved: Merge | None, job_ms: float) -> bool:
    """Write what came of it. False when the claim was lost."""
    finishing.send(Meeting, meeting=meeting)
    collides = (resolved or merge).outcome == Outcome.CONFLICT
    closed = claims.held(meeting).update(
        state=State.DONE,
        merge=merge,
        resolved=resolved,
        merged_ours=meeting.ours_commit,
        merged_theirs=meeting.theirs_commit,
        since=(meeting.since or timezone.now()) if collides else None,
        progress={},
        error="",
        finished_at=timezone.now(),
        job_ms=job_ms,
    )
    if closed:
        before = meeting.merge
        meeting.refresh_from_db()
        finished.send(Meeting, meeting=meeting, before=before)
        announce(meeting)
    return bool(closed)


@transaction.atomic
def give_up(meeting: Meeting, error: str) -> bool:
    """End in `error`: Braid could not merge, through no fault of the team's."""
    ended = {"state": State.ERROR, "progress": {}, "finished_at": timezone.now()}
    closed = bool(claims.held(meeting).update(error=error, **ended))
    if closed:
        unsettled.send(Meeting, meeting=meeting)
        announce(meeting)
    return closed


@transaction.atomic
def postpone(meeting: Meeting, error: str) -> bool:
    """The sandboxes are down: wait, longer each time, and give up after the last wait."""
    if claims.is_last_setback(meeting):
        tried = f"Braid tried {claims.tries(meeting)} times"
        return give_up(meeting, f"{error}\n{tried}; run it again once it is mended.")
    put_off = claims.put_off(meeting, error=claims.waits_for_sandbox(error))
    announce(meeting)
    return put_off
