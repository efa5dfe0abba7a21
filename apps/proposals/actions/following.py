"""What becomes of proposals when branches move: their own, or the default branch."""

from typing import Any

import pygit2
from django.db import transaction
from django.db.models import OuterRef, Subquery

from apps.accounts.errors import RefusedError
from apps.jobs.messages import enqueue
from apps.projects.models import Project
from apps.proposals.actions.lifecycle import default_branch, end, lock, meet
from apps.proposals.models import ASKING, Proposal, State
from apps.proposals.timeline import record
from apps.repositories.commits import distance, list_commits
from apps.repositories.models import Branch, Push, RefUpdate
from apps.repositories.storage import open_repository

TASK = "worker.meet_proposals"
MAX_COMMITS = 20
MEET_AT_ONCE = 20


@transaction.atomic
def follow_push(push: Push) -> None:
    """Bring the proposals of the branches that a push moved to where these stand.

    The push holds the project's lock, so no other push and no new proposal comes between.
    """
    updates = {update.branch_name: update for update in push.updates.all() if update.branch_name}
    moved = Proposal.objects.filter(
        project=push.project, branch__name__in=[*updates], state__in=ASKING
    ).select_related("branch")
    for proposal in moved.order_by("id"):
        _follow(lock(proposal), updates[proposal.branch.name], push)
    if push.project.default_branch in updates:
        _settle_contained(push, updates[push.project.default_branch].before)
        enqueue(TASK, push.project_id)


def meet_proposals(project: Project) -> int:
    """Merge every proposal anew that was merged with another head of the default branch; how many those were."""
    target = default_branch(project)
    if target is None:
        return 0
    asking = Proposal.objects.filter(project=project, state__in=ASKING).exclude(base=target.head)
    return sum(_meet_anew(proposal) for proposal in asking.order_by("id"))


def meet_again(project: Project) -> None:
    """Merge every proposal once more, the project being locked: what its settings ask for is another thing now."""
    for proposal in Proposal.objects.filter(project=project, state__in=ASKING).order_by("id"):
        meet(lock(proposal), again=True)


def meet_stale(limit: int = MEET_AT_ONCE) -> int:
    """The same wherever a message was lost, `limit` proposals at a time: for the sweep."""
    heads = Branch.objects.filter(project=OuterRef("project"), name=OuterRef("project__default_branch"))
    head = Subquery(heads.filter(deleted_at=None).values("head")[:1])
    stale = Proposal.objects.filter(state__in=ASKING).annotate(target=head).exclude(target=None)
    return sum(_meet_anew(p) for p in stale.exclude(base=head).order_by("id")[:limit])


@transaction.atomic
def _meet_anew(proposal: Proposal) -> bool:
    now = lock(proposal)
    target = default_branch(now.project)
    if not now.is_asking or target is None or now.base == target.head:
        return False
    if target.pk == now.branch_id:
        end(now, State.CLOSED, "closed", because="its branch is the default branch now")
        return True
    now.base = target.head
    now.save(update_fields=["base"])
    meet(now)
    return True


@transaction.atomic
def follow_rename(proposal: Proposal, branch: Branch) -> Proposal:
    """Go on with the branch under its new name. Raises RefusedError where another proposal has that."""
    now = lock(proposal)
    other = Proposal.objects.filter(branch=branch, state__in=ASKING).exclude(pk=now.pk).first()
    if other:
        raise RefusedError(f"The branch {branch.name} is proposed already, as #{other.number}.")
    before, head = now.branch.name, now.head
    now.branch, now.head = branch, branch.head
    now.save(update_fields=["branch", "head", "updated_at"])
    record(now, "branch_renamed", None, before=before, after=branch.name)
    if now.head != head:
        record(now, "pushed", None, **_pushed(now.project, head, now.head, False))
    if now.is_asking:
        meet(now)
    return now


def _follow(proposal: Proposal, update: RefUpdate, push: Push) -> None:
    if proposal.branch.deleted_at:
        end(proposal, State.CLOSED, "closed", push.pusher, because="the branch was deleted")
    elif proposal.head != proposal.branch.head:
        before, proposal.head = proposal.head, proposal.branch.head
        proposal.save(update_fields=["head", "updated_at"])
        forced = update.kind == RefUpdate.Kind.FORCED
        record(proposal, "pushed", push.pusher, **_pushed(push.project, before, proposal.head, forced))
        meet(proposal)


def _pushed(project: Project, before: str, after: str, forced: bool) -> dict[str, Any]:
    """What a push brought: `commits` are the newest of those that are new, `count` is how many there are."""
    repository = open_repository(project)
    between = distance(repository, before, after)
    new = list_commits(repository, after, without=before, limit=MAX_COMMITS)
    return {
        "before": before,
        "after": after,
        "forced": forced or bool(between and between.behind),
        "count": between.ahead if between else len(new),
        "commits": [{"id": commit.id, "subject": commit.subject[:200]} for commit in new],
    }


def _settle_contained(push: Push, before: str) -> None:
    """A proposal whose commits came to the default branch by a plain push is merged, and says by whom.

    One whose head the default branch had `before` (a branch that was reset) brought nothing with it. One that
    is queued is the queue's matter: it lands proposals by moving the default branch itself.
    """
    target = default_branch(push.project)
    if target is None:
        return
    repository = open_repository(push.project)
    for proposal in Proposal.objects.filter(project=push.project, state=State.OPEN).order_by("id"):
        if _holds(repository, target.head, proposal.head) and not _holds(repository, before, proposal.head):
            now = lock(proposal)
            if now.state == State.OPEN:
                now.merged_commit = target.head
                end(now, State.MERGED, "merged", push.pusher, commit=target.head, by_push=True)


def _holds(repository: pygit2.Repository, head: str, commit: str) -> bool:
    """Whether the commit is reachable from the head; False where either is missing."""
    between = distance(repository, head, commit) if head else None
    return between is not None and not between.ahead
