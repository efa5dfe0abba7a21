"""What is handed to a forge: from the push of what was proved to the merge of its pull request there.

Such an entry is in nobody's way: those behind it are tested without it. Its proposal is open, and can be queued again.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.jobs.messages import enqueue
from apps.proposals.actions.leaving import TASK, leave
from apps.proposals.actions.lifecycle import lock
from apps.proposals.landing import lock_project, look_again
from apps.proposals.models import LINED_UP, ONGOING, Proposal, QueueEntry, Stage, State
from apps.proposals.timeline import record
from apps.repositories.commits import branch_head
from apps.repositories.landing import is_in_branch
from apps.repositories.storage import open_repository

STANDS = "What was proved stands on {branch} as {commit}; it lands when the forge merges it."
OTHER = "Something else than what was proved was merged on the forge."
MOVED = "{branch} has moved since it was proved; queue it again to have it proved on what is there now."

# What the forge has merged is seen with the next look, sooner or later; where it never is, people go on.
MERGED = {"phase": "merged on the forge"}
LOOK = timedelta(minutes=10)


def note_delivery(entry: QueueEntry, commit: str) -> bool:
    """Say what is about to be pushed to the branch, so that its push is known whoever dies; False where it has left."""
    proved = QueueEntry.objects.filter(pk=entry.pk, stage=Stage.PROVED, candidate=entry.candidate)
    return bool(proved.update(delivered=commit))


def forget_delivery(entry: QueueEntry) -> None:
    """What was noted was pushed nowhere, and is not going to be."""
    QueueEntry.objects.filter(pk=entry.pk, stage=Stage.PROVED).update(delivered="")


@transaction.atomic
def hand_over(entry: QueueEntry, deliver: Callable[[QueueEntry], str]) -> None:
    """Give what was proved and noted to a forge that lands it: `deliver` does, and says what becomes of it.

    The same looks are taken as before landing. What `deliver` raises leaves everything as it was.
    """
    entry, proposal, may_land = look_again(entry)
    if may_land and entry.delivered:
        _hand(entry, proposal, deliver(entry))


def _hand(entry: QueueEntry, proposal: Proposal, words: str) -> None:
    """Note that the branch of a locked proposal has what the forge is to merge. Twice is once."""
    lined_up = QueueEntry.objects.filter(pk=entry.pk, stage__in=LINED_UP)
    if not lined_up.update(stage=Stage.HANDED, reason=words, claimed_by="", progress={}, retry_at=None):
        return
    proposal.state = State.OPEN
    proposal.save(update_fields=["state", "updated_at"])
    record(proposal, "handed_over", None, reason=words, commit=entry.delivered)
    enqueue(TASK, proposal.project_id)


def arrive(entry: QueueEntry, proposal: Proposal) -> None:
    """The branch of a locked proposal has what was to be delivered, whether or not whoever pushed it lived on."""
    _hand(entry, proposal, STANDS.format(branch=proposal.branch.name, commit=entry.delivered[:12]))


def settle_handed(entry: QueueEntry, proposal: Proposal, merged: str) -> None:
    """The forge has merged a locked proposal, with `merged` (empty: not told) as its head: landed, if that was it."""
    if not _is_it(entry, proposal, merged):
        leave(entry, proposal, Stage.WITHDRAWN, OTHER)
        return
    ongoing = QueueEntry.objects.filter(pk=entry.pk, stage__in=ONGOING)
    commit = proposal.merged_commit or entry.candidate
    ongoing.update(stage=Stage.LANDED, candidate=commit, reason="", claimed_by="", ended_at=timezone.now())


def _is_it(entry: QueueEntry, proposal: Proposal, merged: str) -> bool:
    """Some forges tell a commit by the beginning of its name."""
    if merged and entry.delivered.startswith(merged):
        return True
    repository = open_repository(proposal.project)
    return is_in_branch(repository, entry.delivered, proposal.project.default_branch)


@transaction.atomic
def merge(entry: QueueEntry, do: Callable[[QueueEntry], bool]) -> None:
    """Have the forge merge what is handed to it, once: `do` does, under lock, and says whether it did.

    So nobody takes it back meanwhile. What `do` raises leaves everything as it was.
    """
    entry, _ = _locked(entry)
    if entry.stage == Stage.HANDED and not was_merged(entry) and do(entry):
        QueueEntry.objects.filter(pk=entry.pk).update(progress=MERGED, heartbeat_at=timezone.now())


def was_merged(entry: QueueEntry) -> bool:
    """Whether the forge has just merged it, which Braid's copy does not hold yet."""
    if entry.stage != Stage.HANDED or entry.progress != MERGED or entry.heartbeat_at is None:
        return False
    return timezone.now() - entry.heartbeat_at < LOOK


@transaction.atomic
def test_again(entry: QueueEntry) -> bool:
    """Line up again, in its old place, what was proved on another commit of the default branch than is there now."""
    entry, proposal = _locked(entry)
    if not _is_behind(entry, proposal):
        return False
    because = MOVED.partition(";")[0].format(branch=proposal.project.default_branch)
    fresh: dict[str, Any] = {"candidate": "", "tested_on": "", "merge": None, "proof": {}, "attempts": 0}
    QueueEntry.objects.filter(pk=entry.pk, stage=Stage.HANDED).update(
        stage=Stage.WAITING, head=entry.delivered, delivered="", reason="", progress={}, **fresh
    )
    proposal.state = State.QUEUED
    proposal.save(update_fields=["state", "updated_at"])
    record(proposal, "queued", None, head=proposal.head, because=because)
    enqueue(TASK, proposal.project_id)
    return True


@transaction.atomic
def warn(entry: QueueEntry) -> bool:
    """Say of what people are to merge that the default branch has moved since; whether that was news."""
    entry, proposal = _locked(entry)
    if not _is_behind(entry, proposal) or is_warned(entry):
        return False
    words = MOVED.format(branch=proposal.project.default_branch)
    QueueEntry.objects.filter(pk=entry.pk, stage=Stage.HANDED).update(reason=f"{entry.reason} {words}")
    record(proposal, "fell_behind", None, reason=words)
    return True


@transaction.atomic
def fail(entry: QueueEntry, reason: str) -> bool:
    """The forge does not merge it, and why."""
    entry, proposal = _locked(entry)
    return entry.stage == Stage.HANDED and leave(entry, proposal, Stage.REFUSED, reason)


def wait(entry: QueueEntry, reason: str) -> None:
    """The forge merges it later, and says why not now."""
    QueueEntry.objects.filter(pk=entry.pk, stage=Stage.HANDED).update(reason=reason)


@transaction.atomic
def take_all_back(project_id: int, reason: str) -> None:
    """What the forge was to merge is not to be merged by it, or not in that way, any more. Locks the project first."""
    lock_project(project_id)
    handed = QueueEntry.objects.filter(project=project_id, stage=Stage.HANDED)
    for entry in handed.select_related("proposal").order_by("id"):
        leave(entry, lock(entry.proposal), Stage.WITHDRAWN, reason)


def _locked(entry: QueueEntry) -> tuple[QueueEntry, Proposal]:
    """The project before the proposal, as everywhere."""
    project = lock_project(entry.project_id)
    proposal = lock(entry.proposal)
    entry = QueueEntry.objects.get(pk=entry.pk)
    entry.project, entry.proposal = project, proposal
    return entry, proposal


def _is_behind(entry: QueueEntry, proposal: Proposal) -> bool:
    """Whether it still stands as it was handed over while the default branch does not."""
    if entry.stage != Stage.HANDED or proposal.state != State.OPEN or proposal.head != entry.delivered:
        return False
    return not was_merged(entry) and not is_on_newest(entry)


def is_on_newest(entry: QueueEntry) -> bool:
    """Whether what was handed over was proved on what the default branch is in Braid's copy."""
    project = entry.project
    return branch_head(open_repository(project), project.default_branch) == entry.tested_on


def is_warned(entry: QueueEntry) -> bool:
    """Whether it is told that the default branch has moved since."""
    return entry.reason.endswith(MOVED.format(branch=entry.project.default_branch))
