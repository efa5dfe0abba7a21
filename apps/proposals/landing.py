"""The moment of landing: the branch is moved by compare-and-swap, and rows follow in the same transaction.

Refs and rows can't change as one. The ref is moved first, under the locks that forbid anybody to take an
approval back meanwhile; a process that dies before its rows are written leaves a branch that holds the
candidate, which is all that `settle` needs, whoever calls it next.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.jobs.messages import enqueue
from apps.projects.models import Project
from apps.proposals.actions.leaving import TASK, has_landed, leave
from apps.proposals.actions.lifecycle import end, lock
from apps.proposals.actions.reviewing import is_ready
from apps.proposals.models import LINED_UP, Proposal, QueueEntry, Stage, State
from apps.proposals.situation import read_situation
from apps.repositories.actions import HEADS, RefChange, record_push
from apps.repositories.commits import branch_head
from apps.repositories.landing import move_branch
from apps.repositories.models import Branch
from apps.repositories.storage import open_repository

PUSHED = "The branch was pushed to while the proposal was queued."


def lock_project(project_id: int) -> Project:
    """The project, locked until the transaction ends: before any of its proposals."""
    found = Project.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("team").get(pk=project_id)


def move_default_branch(entry: QueueEntry) -> bool:
    """Land the entry's candidate in Braid's own repository; False where the branch is not where it was proved."""
    return move_branch(entry.project, entry.project.default_branch, entry.tested_on, entry.candidate)


@transaction.atomic
def land(entry: QueueEntry, move: Callable[[QueueEntry], bool] = move_default_branch) -> bool:
    """Have `move` move the default branch to the entry's candidate, if nothing has changed since it was proved.

    Approvals and rules are looked at once more, under lock. Where the branch has moved, the entry is
    tested again. What `move` raises leaves everything as it was.
    """
    entry, proposal, may_land = look_again(entry)
    if not may_land:
        return entry.stage == Stage.LANDED
    if not move(entry):
        put_back(entry)
        return False
    settle(entry, proposal)
    return True


@transaction.atomic
def turn_away(entry: QueueEntry, reason: str) -> None:
    """It was proved and can't land for a reason that trying again does not mend: out of the queue."""
    entry, proposal, may_land = look_again(entry)
    if may_land:
        leave(entry, proposal, Stage.REFUSED, reason)


def look_again(entry: QueueEntry) -> tuple[QueueEntry, Proposal, bool]:
    """The entry and its proposal under lock, and whether it may still land as it was proved; settled where it has."""
    project = lock_project(entry.project_id)
    proposal = lock(entry.proposal)
    entry = QueueEntry.objects.select_related("merge", "by").get(pk=entry.pk)
    entry.project, entry.proposal = project, proposal
    if entry.is_lined_up and has_landed(entry, proposal):
        settle(entry, proposal)
        entry.refresh_from_db(fields=["stage"])
    elif entry.stage == Stage.PROVED:
        reason = why_not(entry, proposal)
        if not reason:
            return entry, proposal, True
        leave(entry, proposal, Stage.WITHDRAWN, reason)
    return entry, proposal, False


def why_not(entry: QueueEntry, proposal: Proposal) -> str:
    """Why a locked proposal may not land as it was proved; empty where it may."""
    gone = why_gone(entry, proposal)
    if gone:
        return gone
    if entry.merge is None:
        return "What was proved is not there any more."
    drift = entry.proof.get("drift")
    found = is_ready(proposal, merge=entry.merge, on=entry.tested_on, landing_drift=drift)
    return "" if found.ready else f"It is not ready any more. {'; '.join(found.missing)}."


def why_gone(entry: QueueEntry, proposal: Proposal) -> str:
    """Why an entry has no business in the queue any more, policies aside."""
    if proposal.state != State.QUEUED:
        return f"The proposal is {proposal.state}."
    if proposal.branch.deleted_at:
        return "The branch was deleted."
    repository, target = open_repository(proposal.project), proposal.project.default_branch
    if proposal.branch.name == target:
        return f"{target} is the default branch now."
    if not branch_head(repository, target):
        return f"There is no branch {target} to land on."
    actual = branch_head(repository, proposal.branch.name)
    return "" if entry.head == proposal.head == actual else PUSHED


def put_back(entry: QueueEntry) -> None:
    """Have it tested again; a worker that still tests it finds its claim gone."""
    QueueEntry.objects.filter(pk=entry.pk, stage__in=LINED_UP).update(
        stage=Stage.WAITING,
        claimed_by="",
        tested_on="",
        candidate="",
        delivered="",
        merge=None,
        proof={},
        progress={},
        attempts=0,
        setbacks=0,
        retry_at=None,
    )


def settle(entry: QueueEntry, proposal: Proposal) -> None:
    """Note that the entry of a locked proposal has landed; its project is locked too. Twice is once."""
    landed = QueueEntry.objects.filter(pk=entry.pk, stage__in=LINED_UP)
    if not landed.update(stage=Stage.LANDED, claimed_by="", progress={}, ended_at=timezone.now()):
        return
    proposal.merged_commit = entry.candidate
    told = {"commit": entry.candidate, "head": entry.head, **_weighed(entry, proposal)}
    end(proposal, State.MERGED, "merged", entry.by, **told)
    changes = [*_moved(entry, proposal), *_deleted(entry, proposal)]
    if changes:
        record_push(proposal.project, entry.by, changes)
    enqueue(TASK, proposal.project_id)


def _weighed(entry: QueueEntry, proposal: Proposal) -> dict[str, Any]:
    """The risk as it is weighed by the sizes that are known now: they age, and others will be sent."""
    if entry.merge is None:
        return {}
    at = read_situation(proposal, merge=entry.merge, on=entry.tested_on)
    return {"risk": at.risk.to_json()}


def _moved(entry: QueueEntry, proposal: Proposal) -> list[RefChange]:
    """The default branch's move, unless it was noted before or others have moved it on, who note that."""
    project = proposal.project
    name = project.default_branch
    known = Branch.objects.filter(project=project, name=name).values_list("head", flat=True).first()
    if entry.candidate == known or branch_head(open_repository(project), name) != entry.candidate:
        return []
    return [RefChange(HEADS + name, entry.tested_on, entry.candidate)]


def _deleted(entry: QueueEntry, proposal: Proposal) -> list[RefChange]:
    """The source branch, where it was to go and is still what landed."""
    name = proposal.branch.name
    if not entry.deletes_branch or name == proposal.project.default_branch:
        return []
    if not move_branch(proposal.project, name, entry.head, ""):
        return []
    return [RefChange(HEADS + name, entry.head, "")]
