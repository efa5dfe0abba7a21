"""What people do with the queue: let a proposal land, and take it out again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.jobs.messages import enqueue
from apps.merges.models import ACTIVE, Merge
from apps.proposals.access import meeting_of
from apps.proposals.actions.handing import arrive, settle_handed, was_merged
from apps.proposals.actions.leaving import TASK, has_landed, leave
from apps.proposals.actions.lifecycle import lock
from apps.proposals.actions.reviewing import is_ready
from apps.proposals.landing import PUSHED, lock_project, settle
from apps.proposals.models import LINED_UP, ONGOING, Proposal, QueueEntry, Stage, State
from apps.proposals.since import look_again
from apps.proposals.timeline import record
from apps.repositories.models import Push

# Lines of the timeline after which a proposal is not queued any more, and why.
ENDS = {"pushed": PUSHED, "closed": "The proposal was closed."}
PUSHED_SINCE = "The branch was pushed to after it was handed to the forge."
AGAIN = "It was queued again."
MERGED_THERE = "#{number} has just been merged on the forge."
ANSWERS = frozenset({"changes_requested", "dismissed", "bypassed"})


@transaction.atomic
def queue(
    actor: User, proposal: Proposal, *, deletes_branch: bool = False, change_hash: str | None = None
) -> QueueEntry:
    """Line the proposal up to land after those that are lined up. Raises RefusedError where it is not ready.

    `change_hash` is that of the change which the actor saw: where it is another one by now, it is refused
    too, whatever the policy asks. None: the actor takes it as it is.
    """
    lock_project(proposal.project_id)
    now = lock(proposal)
    if now.state != State.OPEN:
        raise RefusedError(f"#{now.number} is {now.state}; only an open proposal can be queued.")
    found = is_ready(now, merge=_known_merge(now))
    if change_hash is not None and found.change_hash not in ("", change_hash):
        raise RefusedError(_look_again(now, change_hash))
    if not found.ready:
        raise RefusedError(f"#{now.number} is not ready to land. {'; '.join(found.missing)}.")
    if handed := QueueEntry.objects.filter(proposal=now, stage=Stage.HANDED).first():
        if was_merged(handed):
            raise RefusedError(MERGED_THERE.format(number=now.number))
        leave(handed, now, Stage.WITHDRAWN, AGAIN, actor)
    entry = QueueEntry.objects.create(
        project_id=now.project_id,
        proposal=now,
        by=actor,
        bypassed=found.bypass.reason if found.bypass and found.passed_by else "",
        deletes_branch=deletes_branch,
        head=now.head,
        change_hash=found.change_hash,
    )
    now.state = State.QUEUED
    now.save(update_fields=["state", "updated_at"])
    record(now, "queued", actor, head=now.head, deletes_branch=deletes_branch)
    enqueue(TASK, now.project_id)
    return entry


def _look_again(proposal: Proposal, seen: str) -> str:
    meeting = meeting_of(proposal)
    return look_again(seen, meeting.result if meeting else None)


def _known_merge(proposal: Proposal) -> Merge | None:
    """What its head gave with an earlier head of the default branch, while it is merged with the newest.

    Good enough to line up: the queue merges it anew, and lets nothing land but that very change.
    """
    meeting = meeting_of(proposal)
    if meeting is None or meeting.is_current or meeting.state not in ACTIVE:
        return None
    return meeting.result if meeting.merged_theirs == proposal.head else None


@transaction.atomic
def withdraw(actor: User | None, proposal: Proposal, *, because: str = "") -> bool:
    """Take the proposal out of the queue, or back from the forge; False where it has just landed.

    What was pushed to its branch stays there. Without an actor `because` says what took it out. Raises RefusedError
    where it is in none.
    """
    lock_project(proposal.project_id)
    now = lock(proposal)
    entry = QueueEntry.objects.filter(proposal=now, stage__in=ONGOING).first()
    if entry is None:
        raise RefusedError(f"#{now.number} is not in the queue; it is {now.state}.")
    if has_landed(entry, now):
        settle(entry, now)
        return False
    if was_merged(entry):
        return False
    return leave(entry, now, Stage.WITHDRAWN, because or f"{actor} took it out.", actor)


def follow_line(proposal: Proposal, kind: str, data: Mapping[str, Any]) -> None:
    """What a line of the timeline means for a locked proposal that is queued or handed to a forge."""
    entry = QueueEntry.objects.filter(proposal=proposal, stage__in=ONGOING).first()
    if entry is None:
        return
    if kind == "pushed" and entry.delivered and proposal.head == entry.delivered:
        arrive(entry, proposal)
    elif kind == "merged" and entry.delivered:
        settle_handed(entry, proposal, str(data.get("head", "")))
    elif kind in ENDS:
        is_late = kind == "pushed" and entry.stage == Stage.HANDED
        leave(entry, proposal, Stage.WITHDRAWN, PUSHED_SINCE if is_late else ENDS[kind])
    elif kind in ANSWERS and entry.is_lined_up:
        enqueue(TASK, proposal.project_id)


def wake_queue(push: Push) -> None:
    """The default branch has moved: whatever is proved on another commit is to be tested again."""
    moved = [update.branch_name for update in push.updates.all()]
    waiting = QueueEntry.objects.filter(project=push.project, stage__in=LINED_UP)
    if push.project.default_branch in moved and waiting.exists():
        enqueue(TASK, push.project_id)
