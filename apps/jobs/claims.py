"""One worker at a time: claims, heartbeats, and what becomes of a job whose worker dies or finds no sandbox.

Every step is a conditional UPDATE, so a message that comes twice, a worker that dies and two workers that want
the same row are all harmless. A claim is a word that only its worker knows; a worker whose claim was taken
back can change nothing any more. Who keeps a claim says so more often than every `SILENCE_S`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from apps.jobs.models import Job

SILENCE_S = 15
MAX_ATTEMPTS = 3
BACKOFF_S = (2, 5, 15, 30, 60)


def claim(model: type[Job], pk: int, worker: str, **values: Any) -> bool:
    """Take the row and write `values`. False when somebody else has it, it has ended, or its time has not come.

    `worker` becomes the claim; it must differ from call to call.
    """
    now = timezone.now()
    due = Q(retry_at=None) | Q(retry_at__lte=now)
    taken: dict[str, Any] = {
        model.STATE: model.RUNNING,
        "claimed_by": worker,
        "heartbeat_at": now,
        "attempts": F("attempts") + 1,
        "retry_at": None,
    }
    waiting = _rows(model).filter(due, pk=pk, **{model.STATE: model.WAITING})
    return bool(waiting.update(**taken, **values))


def held(job: Job) -> QuerySet[Any]:
    """The job's row for as long as this worker has it, else none: what all writes of a worker go through."""
    return _rows(type(job)).filter(pk=job.pk, claimed_by=job.claimed_by, **{job.STATE: job.RUNNING})


def heartbeat(job: Job, progress: Mapping[str, Any] | None = None) -> bool:
    """Say that the claim is alive, and how far it is; False when it was taken back: stop."""
    values: dict[str, Any] = {"heartbeat_at": timezone.now()}
    if progress is not None:
        values["progress"] = dict(progress)
    return bool(held(job).update(**values))


def put_back(job: Job, **values: Any) -> bool:
    """Let another worker have it, and write `values`. False when the claim was lost."""
    return bool(held(job).update(**{job.STATE: job.WAITING, "claimed_by": "", **values}))


def put_off(job: Job, **values: Any) -> bool:
    """The sandboxes are down: wait, longer each time. That is no attempt. False when the claim was lost."""
    wait = timedelta(seconds=BACKOFF_S[job.setbacks])
    counted = {"setbacks": F("setbacks") + 1, "attempts": F("attempts") - 1}
    return put_back(job, retry_at=timezone.now() + wait, **counted, **values)


def is_last_setback(job: Job) -> bool:
    """Whether there is no wait left after which to try again."""
    return job.setbacks >= len(BACKOFF_S)


def tries(job: Job) -> int:
    """How often the sandboxes were asked, this time included."""
    return job.setbacks + 1


def is_worn_out(job: Job) -> bool:
    """Whether so many workers died over it that no other should."""
    return job.attempts >= MAX_ATTEMPTS


def silent(model: type[Job], now: datetime) -> QuerySet[Any]:
    """Rows whose worker says nothing any more."""
    quiet = now - timedelta(seconds=SILENCE_S)
    return _rows(model).filter(heartbeat_at__lt=quiet, **{model.STATE: model.RUNNING})


def waits_for_sandbox(error: str) -> str:
    """What a job says while it is put off."""
    return f"waiting for a sandbox: {first_line(error)}"


def first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _rows(model: type[Job]) -> QuerySet[Any]:
    return model._default_manager.all()
