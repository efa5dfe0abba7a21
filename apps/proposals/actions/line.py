"""The queue of a project, from the first to the last: what is tested on what, and by whom.

Each entry is tested on what the default branch will be when all ahead of it have landed: the
candidate of the one before. What any of these become makes the tests behind it void or not, and
`arrange` says which, from rows and refs alone, as often as it is asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.jobs import claims
from apps.jobs.messages import enqueue, remind
from apps.merges.models import Merge
from apps.projects.models import Project
from apps.proposals.actions.leaving import TASK, has_landed, leave
from apps.proposals.actions.lifecycle import lock
from apps.proposals.landing import lock_project, put_back, settle, why_gone, why_not
from apps.proposals.models import LINED_UP, Proposal, QueueEntry, Stage
from apps.repositories.commits import branch_head
from apps.repositories.storage import open_repository

# How many are tested ahead at once: a test behind one that fails was run for nothing.
AHEAD = 6


@dataclass(frozen=True, slots=True)
class Test:
    """An entry that waits for a worker, and the commit to test it on."""

    entry: QueueEntry
    on: str


@dataclass(frozen=True, slots=True)
class Line:
    """What there is to do: the proved entry that is first, and tests that nobody runs yet."""

    landing: QueueEntry | None
    tests: tuple[Test, ...]

    @property
    def is_idle(self) -> bool:
        return self.landing is None and not self.tests


@transaction.atomic
def arrange(project_id: int) -> Line:
    """Take out what has left or landed, send back what was tested on something else, say what there is to do."""
    project = lock_project(project_id)
    head = branch_head(open_repository(project), project.default_branch)
    landing: QueueEntry | None = None
    tests: list[Test] = []
    on, now = head, timezone.now()
    entries = _lined_up(project)
    # All of them before any policy, as everywhere: whoever passes a policy by holds one of them already.
    proposals = [lock(entry.proposal) for entry in entries]
    for entry, proposal in zip(entries, proposals, strict=True):
        if not _stays(entry, proposal):
            continue
        if entry.stage != Stage.WAITING and (not on or entry.tested_on != on or _has_lost_its_merge(entry)):
            put_back(entry)
            entry.refresh_from_db()
        if entry.stage == Stage.WAITING and on and len(tests) < AHEAD and _is_due(entry, now):
            tests.append(Test(entry, on))
        if entry.stage == Stage.PROVED and on == head and landing is None:
            landing = entry
        on = entry.candidate
    return Line(landing, tuple(tests[:AHEAD]))


def _lined_up(project: Project) -> list[QueueEntry]:
    found = QueueEntry.objects.filter(project=project, stage__in=LINED_UP)
    return list(found.select_related("merge", "by", "proposal__branch").order_by("id"))


def _has_lost_its_merge(entry: QueueEntry) -> bool:
    return entry.stage == Stage.PROVED and entry.merge is None


def _is_due(entry: QueueEntry, now: datetime) -> bool:
    return entry.retry_at is None or entry.retry_at <= now


def _stays(entry: QueueEntry, proposal: Proposal) -> bool:
    """Whether the entry is in the queue after a look at its proposal, which is locked."""
    if has_landed(entry, proposal):
        settle(entry, proposal)
        return False
    reason = why_not(entry, proposal) if entry.merge is not None else why_gone(entry, proposal)
    return not (reason and leave(entry, proposal, Stage.WITHDRAWN, reason))


def claim(test: Test, worker: str) -> QueueEntry | None:
    """Take the test, or None when somebody else has it or the entry has left."""
    fresh: dict[str, Any] = {
        "tested_on": test.on,
        "candidate": "",
        "merge": None,
        "reason": "",
        "progress": {},
    }
    if not claims.claim(QueueEntry, test.entry.pk, worker, **fresh):
        return None
    loaded = QueueEntry.objects.select_related("project__team", "proposal__branch", "proposal__author", "by")
    return loaded.get(pk=test.entry.pk)


@transaction.atomic
def offer(entry: QueueEntry, candidate: str, merge: Merge, proof: Mapping[str, Any]) -> bool:
    """Show the commit that would land, not proved yet: whoever is next can begin to test on it."""
    offered = bool(claims.held(entry).update(candidate=candidate, merge=merge, proof=dict(proof)))
    if offered:
        enqueue(TASK, entry.project_id)
    return offered


@transaction.atomic
def prove(entry: QueueEntry, proof: Mapping[str, Any]) -> bool:
    """The candidate gives what it must. False when the claim was lost."""
    told = {"stage": Stage.PROVED, "proof": dict(proof), "progress": {}, "reason": ""}
    return bool(claims.held(entry).update(claimed_by="", retry_at=None, **told))


@transaction.atomic
def refuse(entry: QueueEntry, reason: str) -> bool:
    """It can't land on what is ahead of it: out, with the reason. False when the claim was lost."""
    proposal = lock(entry.proposal)
    return claims.held(entry).exists() and leave(entry, proposal, Stage.REFUSED, reason)


@transaction.atomic
def postpone(entry: QueueEntry, error: str) -> bool:
    """The sandboxes are down: wait, longer each time, and leave after the last wait."""
    if claims.is_last_setback(entry):
        return refuse(entry, f"{error}\nBraid tried {claims.tries(entry)} times.")
    return claims.put_off(entry, candidate="", merge=None, reason=claims.waits_for_sandbox(error))


def sweep(now: datetime | None = None) -> int:
    """Take back tests whose worker fell silent, wake the queues with something in them; how many those are."""
    now = now or timezone.now()
    for entry in claims.silent(QueueEntry, now).select_related("proposal"):
        _take_back(entry)
    waiting = QueueEntry.objects.filter(stage__in=LINED_UP).values_list("project", flat=True)
    return remind(TASK, sorted(set(waiting)))


@transaction.atomic
def _take_back(entry: QueueEntry) -> None:
    if claims.is_worn_out(entry):
        refuse(entry, f"Its test was started {entry.attempts} times and the worker died each time.")
        return
    claims.put_back(entry, candidate="", merge=None)
