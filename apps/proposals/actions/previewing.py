"""What would come of a choice, tried out before anybody saves it.

A worker runs it: only workers have sandboxes, and a team's SQL never runs in the process that
answers requests. The merge is kept by its content, so saving the same choice runs nothing again.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.jobs import claims
from apps.jobs.messages import enqueue, remind
from apps.merges.models import Merge
from apps.proposals.access import meeting_of
from apps.proposals.choices import checked, choices_of
from apps.proposals.models import Preview, Proposal, Trial
from apps.proposals.resolutions import find_conflict

TASK = "worker.preview"
# A message that has not come by then is lost.
PATIENCE = timedelta(seconds=20)
KEPT = timedelta(days=2)


@transaction.atomic
def ask_preview(proposal: Proposal, conflict: str, choice: Mapping[str, Any]) -> Preview:
    """Have what is chosen merged with `choice` beside it. Raises RefusedError for what is not offered.

    The same question has one answer; one that failed is asked again.
    """
    about, meeting = find_conflict(proposal, conflict), meeting_of(proposal)
    if about is None or meeting is None:
        raise RefusedError("There is no such conflict any more; look at the conflicts as they are now.")
    choices = {**choices_of(proposal), conflict: checked(about, choice)}
    now = timezone.now()
    Preview.objects.filter(proposal=proposal, asked_at__lt=now - KEPT).delete()
    heads = {"ours_commit": meeting.ours_commit, "theirs_commit": meeting.theirs_commit}
    asked = {**heads, "choices": choices, "asked_at": now}
    preview, made = Preview.objects.get_or_create(
        proposal=proposal, key=_key(choices, **heads), defaults=asked
    )
    unanswered = Q(state=Trial.FAILED) | Q(state=Trial.DONE, merge=None)
    again = not made and Preview.objects.filter(unanswered, pk=preview.pk).update(
        state=Trial.WAITING, error="", asked_at=now, attempts=0
    )
    if made or again:
        enqueue(TASK, preview.pk)
    preview.refresh_from_db()
    return preview


def claim(preview_id: int, worker: str) -> Preview | None:
    """Take it, or None where somebody else has or it is done."""
    if not claims.claim(Preview, preview_id, worker):
        return None
    return Preview.objects.select_related("proposal__project").get(pk=preview_id)


def finish(preview: Preview, merge: Merge) -> None:
    claims.held(preview).update(state=Trial.DONE, merge=merge, error="")


def fail(preview: Preview, error: str) -> None:
    """It can't be shown, and why."""
    claims.held(preview).update(state=Trial.FAILED, error=error)


def sweep(now: datetime | None = None) -> int:
    """Take back what a dead worker had, and wake workers for what waits too long; how many those are."""
    now = now or timezone.now()
    for preview in claims.silent(Preview, now):
        if claims.is_worn_out(preview):
            fail(preview, f"It was started {preview.attempts} times and the worker died each time.")
        else:
            claims.put_back(preview)
    late = Preview.objects.filter(state=Trial.WAITING, asked_at__lt=now - PATIENCE)
    return remind(TASK, late.order_by("pk").values_list("pk", flat=True))


def _key(choices: Mapping[str, Any], **heads: str) -> str:
    return hashlib.sha256(msgspec.json.encode([heads, choices], order="sorted")).hexdigest()
