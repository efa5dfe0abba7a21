"""Leaving the queue without having landed, for whatever reason."""

from django.utils import timezone

from apps.accounts.models import User
from apps.jobs.messages import enqueue
from apps.proposals.models import ONGOING, Proposal, QueueEntry, Stage, State
from apps.proposals.timeline import record
from apps.repositories.landing import is_in_branch
from apps.repositories.storage import open_repository

TASK = "worker.queue"
LINES = {Stage.REFUSED: "refused", Stage.WITHDRAWN: "withdrawn"}


def leave(
    entry: QueueEntry, proposal: Proposal, stage: Stage, reason: str, actor: User | None = None
) -> bool:
    """Take the entry of a locked proposal out of the queue, or back from the forge; those behind it are tested
    without it.

    False where it has left already, or has landed without anybody having noted it: then it stays
    for `line.arrange`, which notes it.
    """
    if has_landed(entry, proposal):
        enqueue(TASK, proposal.project_id)
        return False
    ongoing = QueueEntry.objects.filter(pk=entry.pk, stage__in=ONGOING)
    was_handed = entry.stage == Stage.HANDED
    values = {"stage": stage, "reason": reason, "claimed_by": "", "progress": {}, "ended_at": timezone.now()}
    # What was only about to be delivered was delivered to nobody.
    if not ongoing.update(**values, delivered=entry.delivered if was_handed else ""):
        return False
    if proposal.state == State.QUEUED:
        proposal.state = State.OPEN
        proposal.save(update_fields=["state", "updated_at"])
    record(proposal, LINES[stage], actor, reason=reason, was_handed=was_handed)
    enqueue(TASK, proposal.project_id)
    return True


def has_landed(entry: QueueEntry, proposal: Proposal) -> bool:
    """Whether the default branch holds the candidate, whatever the rows say."""
    if not entry.candidate:
        return False
    repository = open_repository(proposal.project)
    return is_in_branch(repository, entry.candidate, proposal.project.default_branch)
