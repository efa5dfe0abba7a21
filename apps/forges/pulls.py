"""Pull requests, followed: each that asks to be merged into the default branch has a proposal in Braid."""

from dataclasses import fields, replace
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from apps.accounts.errors import RefusedError
from apps.forges.models import Connection, Landing, PullRequest
from apps.forges.outbox import want_comment, want_commits
from apps.forges.people import meet
from apps.forges.strangers import WAITS
from apps.projects.models import Project
from apps.proposals.actions import lifecycle, queueing
from apps.proposals.actions.following import follow_rename
from apps.proposals.models import ASKING, Proposal, QueueEntry, Stage, State
from apps.repositories.models import Branch
from forges import Kind, Pull, PullState

MAX_TITLE = 200
MAX_BODY = 60_000
OTHER_TARGET = "It asks to be merged into {target}, not into the default branch {default}."
DRAFTED = "The pull request is a draft now."
NOT_HAD = "Its newest commit can't be had. {why}"
# They take no statuses for commits that stand in a fork alone.
SILENT_ABOUT_FORKS = (Kind.GITLAB, Kind.BITBUCKET)
NO_FORK = "It comes from a fork that is gone, or that the forge does not show to Braid."


@transaction.atomic
def follow(connection: Connection, pull: Pull, branch_name: str, *, is_waiting: bool = False) -> PullRequest:
    """Bring the row and its proposal to where the pull request stands; its branch has been fetched, unless it waits.

    Its title, description and draft state are the forge's: what is changed there is changed here.
    """
    project = _lock(connection.project)
    pull = _storable(pull)
    known = connection.pulls.filter(number=pull.number).first()
    row = _save(connection, project, pull, branch_name, is_waiting)
    proposal, before = row.proposal, row.trouble
    if pull.state is PullState.OPEN:
        proposal, row.trouble = _ask(project, row, pull)
        if refused := connection.refused.get(branch_name):
            row.trouble = NOT_HAD.format(why=refused[1])
            if connection.comments and row.trouble != before:
                want_comment(row)
    elif proposal is not None and proposal.is_asking:
        _end(project, proposal, pull)
    row.proposal = proposal
    row.save(update_fields=["proposal", "trouble"])
    if connection.comments and known is not None and known.state != row.state:
        want_comment(row)
    _tell_of_waiting(row, known)
    return row


def _tell_of_waiting(row: PullRequest, known: PullRequest | None) -> None:
    """No branch moves as long as it waits, so nobody else says that its commit does, or did."""
    waited = known.head_sha if known is not None and known.is_waiting else ""
    waits = row.head_sha if row.is_waiting and row.state == PullState.OPEN else ""
    if waits != waited:
        want_commits(row.connection, filter(None, (waited, waits)))
        if waits and row.connection.comments and row.connection.kind in SILENT_ABOUT_FORKS:
            want_comment(row)


def _storable(pull: Pull) -> Pull:
    """Without the one character that Postgres stores in no text."""
    values = ((field.name, getattr(pull, field.name)) for field in fields(pull))
    texts: dict[str, Any] = {name: value.replace("\0", "") for name, value in values if type(value) is str}
    return replace(pull, **texts)


def refresh_heads(connection: Connection) -> tuple[str, ...]:
    """A branch that moved moves the heads of its pull requests, whether or not the forge has said so yet.

    The heads that Braid is to merge through the forge: something there may have changed.
    """
    rows = connection.pulls.filter(state=PullState.OPEN.value, branch__deleted_at=None).select_related(
        "branch"
    )
    for row in rows.exclude(head_sha=F("branch__head")).exclude(branch__name__in=[*connection.refused]):
        assert row.branch is not None
        PullRequest.objects.filter(pk=row.pk).update(head_sha=row.branch.head)
    return tuple(handed_to(connection).values_list("delivered", flat=True)) if merges(connection) else ()


def merges(connection: Connection) -> bool:
    """Whether Braid itself has the forge merge what was handed over."""
    return connection.landing == Landing.FORGE


def handed_to(connection: Connection) -> QuerySet[QueueEntry]:
    """What the forge is to merge, with the commit on its branch in `delivered`."""
    found = QueueEntry.objects.filter(project=connection.project_id, stage=Stage.HANDED)
    return found.select_related("project__team", "proposal__branch", "proposal__pull").order_by("id")


def mark_of(proposal: Proposal) -> str:
    """What a commit's message calls a proposal: to a forge `#7` is a pull request, and no proposal of Braid's."""
    number = PullRequest.objects.filter(proposal=proposal).values_list("number", flat=True).first()
    if number is not None:
        return f"#{number}"
    follows = Connection.objects.filter(project=proposal.project_id).exists()
    return f"proposal {proposal.number}" if follows else f"#{proposal.number}"


def _save(
    connection: Connection, project: Project, pull: Pull, branch_name: str, is_waiting: bool
) -> PullRequest:
    branch = Branch.objects.filter(project=project, name=branch_name).first()
    values = {
        "title": pull.title,
        "state": pull.state.value,
        "is_draft": pull.is_draft,
        "head_ref": pull.head_ref,
        "head_sha": pull.head_sha,
        "head_repository": pull.head_repository,
        "is_fork": pull.is_fork,
        "can_edit": pull.can_edit,
        "base_ref": pull.base_ref,
        "ref": pull.ref,
        "author": pull.author,
        "author_account": pull.author_account,
        "web_url": pull.web_url,
        "branch": branch,
        "is_waiting": is_waiting,
    }
    row, _ = PullRequest.objects.update_or_create(connection=connection, number=pull.number, defaults=values)
    return PullRequest.objects.select_related("proposal__branch", "branch").get(pk=row.pk)


def _ask(project: Project, row: PullRequest, pull: Pull) -> tuple[Proposal | None, str]:
    """The proposal of an open pull request, and why there is none."""
    proposal, branch = row.proposal, row.branch
    if pull.base_ref != project.default_branch:
        if proposal is not None and proposal.is_asking:
            lifecycle.close(None, proposal, because=f"the pull request asks for {pull.base_ref} now")
        return proposal, OTHER_TARGET.format(target=pull.base_ref, default=project.default_branch)
    if row.is_waiting:
        return proposal, WAITS
    if branch is None or branch.deleted_at:
        is_hidden = pull.is_fork and not pull.ref and not pull.head_repository
        return proposal, NO_FORK if is_hidden else "Its branch is not here yet."
    try:
        return _proposed(row, branch, pull), ""
    except RefusedError as refused:
        return proposal, str(refused)


def _proposed(row: PullRequest, branch: Branch, pull: Pull) -> Proposal:
    """The proposal, opened, opened again or brought to what the pull request says."""
    title, description = pull.title[:MAX_TITLE], pull.body[:MAX_BODY]
    proposal = row.proposal or Proposal.objects.filter(branch=branch, state__in=ASKING, pull=None).first()
    member = meet(row.connection, pull.author, pull.author_account)
    author = member.user if member else None
    if proposal is None or proposal.state == State.MERGED:
        return lifecycle.open_proposal(author, branch, title, description=description, draft=pull.is_draft)
    if proposal.branch_id != branch.pk:
        # What stands on its former branch now may be somebody else's.
        proposal = follow_rename(proposal, branch)
    if proposal.state == State.CLOSED:
        proposal = lifecycle.reopen(None, proposal)
    if (proposal.title, proposal.description) != (" ".join(title.split()), description):
        proposal = lifecycle.edit(None, proposal, title=title, description=description)
    if proposal.state == State.QUEUED and pull.is_draft:
        queueing.withdraw(None, proposal, because=DRAFTED)
        proposal.refresh_from_db()
    if proposal.author_id is None and author is not None:
        # Somebody has said meanwhile who that login is.
        proposal = lifecycle.name_author(proposal, author)
    if proposal.state == State.OPEN and proposal.is_draft != pull.is_draft:
        proposal = lifecycle.set_draft(None, proposal, pull.is_draft)
    return proposal


def _end(project: Project, proposal: Proposal, pull: Pull) -> None:
    """A merge that made other commits of it (squash, rebase) is one all the same."""
    if pull.state is PullState.CLOSED or pull.base_ref != project.default_branch:
        happened = "was closed" if pull.state is PullState.CLOSED else f"was merged into {pull.base_ref}"
        lifecycle.close(None, proposal, because=f"the pull request {happened}")
        return
    now = lifecycle.lock(proposal)
    if now.is_asking:
        target = lifecycle.default_branch(project)
        now.merged_commit = pull.merge_commit or (target.head if target else "")
        facts = {"commit": now.merged_commit, "head": pull.head_sha, "by_push": True}
        lifecycle.end(now, State.MERGED, "merged", None, **facts)


def _lock(project: Project) -> Project:
    """Before any proposal, as everywhere."""
    found = Project.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("team").get(pk=project.pk)
