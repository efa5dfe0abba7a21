"""Opening, changing, closing and reopening a proposal.

Locks are taken in one order everywhere: the project's row, then the proposal's. A push holds the
first while it tells proposals that their branch moved.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.merges.actions import request_meeting
from apps.projects.models import Project
from apps.proposals.access import meeting_of
from apps.proposals.choices import choices_of
from apps.proposals.mentions import mentioned
from apps.proposals.models import ASKING, Proposal, State, Subscription
from apps.proposals.origin import Change, keep_to_origin
from apps.proposals.people import people_of
from apps.proposals.timeline import changed, record
from apps.repositories.commits import distance, list_commits
from apps.repositories.models import Branch
from apps.repositories.storage import open_repository

__all__ = [
    "changed",
    "close",
    "default_branch",
    "edit",
    "end",
    "lock",
    "meet",
    "merge_again",
    "name_author",
    "open_proposal",
    "reopen",
    "set_draft",
    "subscribe",
    "subscribe_mentioned",
]

MAX_TITLE = 200


@transaction.atomic
def open_proposal(
    actor: User | None,
    branch: Branch,
    title: str,
    *,
    description: str = "",
    draft: bool = False,
    reverts: Proposal | None = None,
) -> Proposal:
    """Ask that `branch` be merged into the default branch of its project.

    An empty title becomes the subject of the branch's one commit, or its name. Subscribes the author and
    asks for the meeting with the default branch. Raises RefusedError where there is nothing to merge,
    nothing to merge into, or the branch asks already.
    """
    project = _lock_project(branch.project_id)
    branch, target = _askable(project, branch)
    proposal = Proposal.objects.create(
        project=project,
        number=_next_number(project),
        branch=branch,
        title=_tidy(title) or _suggested_title(branch, target),
        description=description,
        author=actor,
        is_draft=draft,
        head=branch.head,
        base=target.head,
        reverts=reverts,
    )
    subscribe(proposal, actor)
    subscribe_mentioned(proposal, description)
    record(proposal, "opened", actor, head=branch.head, base=target.head, draft=draft)
    meet(proposal)
    return proposal


@transaction.atomic
def edit(actor: User | None, proposal: Proposal, *, title: str, description: str) -> Proposal:
    """Give it another title or description; what stays as it is leaves no line."""
    now = lock(proposal)
    before, title = now.title, _tidy(title) or now.title
    is_described = description != now.description
    if title != before or is_described:
        keep_to_origin(actor, now, Change.TEXT)
    named = subscribe_newly_mentioned(now, now.description, description)
    now.title, now.description = title, description
    now.save(update_fields=["title", "description", "updated_at"])
    if title != before:
        record(now, "renamed", actor, before=before, after=title)
    if is_described:
        record(now, "described", actor, **({"named": named} if named else {}))
    return now


@transaction.atomic
def name_author(proposal: Proposal, author: User) -> Proposal:
    """Who asks, of a proposal that was nobody's so far; from then on it is their own work."""
    now = lock(proposal)
    if now.author_id is None:
        now.author = author
        now.save(update_fields=["author", "updated_at"])
        subscribe(now, author)
        record(now, "author_named", name=str(author))
    return now


@transaction.atomic
def set_draft(actor: User | None, proposal: Proposal, draft: bool) -> Proposal:
    """Mark it as not ready yet, or as ready. One that is queued can't become a draft."""
    now = lock(proposal)
    if now.state != State.OPEN:
        raise RefusedError(f"#{now.number} is {now.state}; only an open proposal is a draft or ready.")
    if now.is_draft != draft:
        keep_to_origin(actor, now, Change.DRAFT)
        now.is_draft = draft
        now.save(update_fields=["is_draft", "updated_at"])
        record(now, "drafted" if draft else "readied", actor)
    return now


@transaction.atomic
def close(actor: User | None, proposal: Proposal, *, because: str = "") -> Proposal:
    """End it without merging. One that is queued leaves the queue."""
    now = lock(proposal)
    if not now.is_asking:
        raise RefusedError(f"#{now.number} is {now.state} already.")
    keep_to_origin(actor, now, Change.CLOSED)
    return end(now, State.CLOSED, "closed", actor, **({"because": because} if because else {}))


def end(proposal: Proposal, state: State, kind: str, actor: User | None = None, **data: Any) -> Proposal:
    """Write the end of a locked proposal, keep its merge as it stands, and record the line in the timeline."""
    meeting = meeting_of(proposal)
    if meeting and meeting.merged_theirs == proposal.head:
        proposal.kept = meeting.result
    proposal.state, proposal.ended_at = state, timezone.now()
    proposal.save(update_fields=["state", "ended_at", "merged_commit", "kept", "updated_at"])
    record(proposal, kind, actor, **data)
    return proposal


@transaction.atomic
def reopen(actor: User | None, proposal: Proposal) -> Proposal:
    """Ask again with the branch as it stands now. What is merged stays merged."""
    project = _lock_project(proposal.project_id)
    now = lock(proposal)
    if now.state != State.CLOSED:
        raise RefusedError(f"#{now.number} is {now.state}; only a closed proposal can be opened again.")
    keep_to_origin(actor, now, Change.REOPENED)
    branch, target = _askable(project, now.branch)
    before, now.head, now.base = now.head, branch.head, target.head
    now.state, now.ended_at, now.kept = State.OPEN, None, None
    now.save(update_fields=["state", "ended_at", "kept", "head", "base", "updated_at"])
    record(now, "reopened", actor, before=before, head=now.head)
    meet(now)
    return now


def lock(proposal: Proposal) -> Proposal:
    """The proposal as it is now, locked until the end of the transaction."""
    found = Proposal.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("branch__project", "project__team", "author").get(pk=proposal.pk)


@transaction.atomic
def merge_again(proposal: Proposal) -> None:
    """Try the merge once more, where Braid itself failed at it."""
    now = lock(proposal)
    if not now.is_asking:
        raise RefusedError(f"#{now.number} is {now.state}; nothing is merged any more.")
    meet(now, again=True)


def meet(proposal: Proposal, *, again: bool = False) -> None:
    """Have the branch merged with the default branch as both stand; one that has become that itself meets nobody.

    `again`: also where these very heads were merged before.
    """
    target = default_branch(proposal.project)
    if target and target.pk != proposal.branch_id and not proposal.branch.deleted_at:
        request_meeting(target, proposal.branch, choices=choices_of(proposal), again=again)


def subscribe(proposal: Proposal, user: User | None) -> None:
    """Let somebody hear of the proposal from now on, unless they have muted it."""
    if user is not None:
        Subscription.objects.get_or_create(proposal=proposal, user=user)


def subscribe_mentioned(proposal: Proposal, text: str) -> None:
    """Let those hear of the proposal whom a text about it names, from this text on."""
    subscribe_newly_mentioned(proposal, "", text)


def subscribe_newly_mentioned(proposal: Proposal, before: str, text: str) -> list[int]:
    """The same of a changed text: those whom it did not name before, by their ids."""
    if "@" not in text:
        return []
    people = people_of(proposal.project.team)
    known = {person.id for person in mentioned(before, people)}
    ids = [person.id for person in mentioned(text, people) if person.id not in known]
    for user in User.objects.filter(pk__in=ids).order_by("pk"):
        subscribe(proposal, user)
    return ids


def default_branch(project: Project) -> Branch | None:
    """The branch that proposals of the project ask to be merged into; None before its first push."""
    found = Branch.objects.filter(project=project, name=project.default_branch, deleted_at=None)
    return found.select_related("project__team").first()


def _askable(project: Project, branch: Branch) -> tuple[Branch, Branch]:
    """The branch and the default branch as they stand. Raises RefusedError where it can't ask."""
    branch = Branch.objects.select_related("project__team").get(pk=branch.pk)
    target = default_branch(project)
    asking = Proposal.objects.filter(branch=branch, state__in=ASKING).first()
    if branch.name == project.default_branch:
        raise RefusedError(f"{branch.name} is the default branch; propose another one to be merged into it.")
    if branch.deleted_at:
        raise RefusedError(f"The branch {branch.name} is deleted; push it again first.")
    if target is None:
        raise RefusedError(f"There is no branch {project.default_branch} yet to merge into; push it first.")
    if asking:
        raise RefusedError(f"The branch {branch.name} is proposed already, as #{asking.number}.")
    between = distance(open_repository(project), target.head, branch.head)
    if between is not None and not between.ahead:
        raise RefusedError(f"Everything of {branch.name} is on {target.name} already.")
    return branch, target


def _suggested_title(branch: Branch, target: Branch) -> str:
    new = list_commits(open_repository(branch.project), branch.head, without=target.head, limit=2)
    return (_tidy(new[0].subject) if len(new) == 1 else "") or branch.name[:MAX_TITLE]


def _tidy(title: str) -> str:
    return " ".join(title.replace("\0", "").split())[:MAX_TITLE]


def _next_number(project: Project) -> int:
    """Under the project's lock, so that no two proposals get the same."""
    last = Proposal.objects.filter(project=project).order_by("-number").values_list("number", flat=True)
    return int(last.first() or 0) + 1


def _lock_project(project_id: int) -> Project:
    found = Project.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("team").get(pk=project_id)
