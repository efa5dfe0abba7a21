"""What connections hear from the apps below: each line here makes a forge show something else."""

from collections.abc import Sequence
from typing import Any

from apps.checks.models import Verdict
from apps.forges.models import BULKY, Connection, PullRequest
from apps.forges.origins import why_kept_there
from apps.forges.outbox import want_comment, want_commits
from apps.forges.reporting.facts import GROUPS
from apps.merges.models import Meeting
from apps.projects.models import Project
from apps.proposals.models import Policy, Proposal
from apps.proposals.origin import Change
from apps.repositories.models import Branch, Push
from forges import PullState


def pushed(push: Push, **_: Any) -> None:
    """What came is told as pending at once, before anybody judges it; what it took the place of, that it is over."""
    connection = Connection.objects.defer(*BULKY).filter(project=push.project_id).first()
    if connection is not None:
        updates = [update for update in push.updates.all() if update.branch_name]
        overtaken = connection.entries.filter(sha__in=[each.before for each in updates if each.before])
        came = [update.after for update in updates if update.after]
        want_commits(connection, [*came, *overtaken.values_list("sha", flat=True)])


def verdict_changed(verdict: Verdict, **_: Any) -> None:
    _renew(verdict.project_id, [verdict.commit], [verdict.branch_id])


def meeting_finished(meeting: Meeting, **_: Any) -> None:
    commits = [meeting.ours_commit, meeting.theirs_commit]
    _renew(meeting.project_id, commits, [meeting.ours_id, meeting.theirs_id])


def meeting_unsettled(meeting: Meeting, **_: Any) -> None:
    """What was true with the default branch as it was is not known now; with other branches it blocks nobody."""
    if meeting.ours.is_default:
        _renew(meeting.project_id, [meeting.theirs_commit], [meeting.theirs_id])


def branch_charted(branch: Branch, **_: Any) -> None:
    """It may meet nobody: then no meeting will say so."""
    _renew(branch.project_id, [branch.head], [branch.pk])


def proposal_changed(proposal: Proposal, **_: Any) -> None:
    _renew(proposal.project_id, [proposal.head], [proposal.branch_id])


def proposal_changing(proposal: Proposal, change: Change, **_: Any) -> str | None:
    """Why it is not changed here."""
    return why_kept_there(proposal, change)


def policy_changed(instance: Policy, **_: Any) -> None:
    """What a proposal still needs stands in its pull request's comment."""
    _say_what_is_needed(instance.project_id)


def sizes_changed(project: Project, **_: Any) -> None:
    """How large tables are decides how many approvals are needed."""
    _say_what_is_needed(project.pk)


def _say_what_is_needed(project_id: int) -> None:
    connection = Connection.objects.defer(*BULKY).filter(project=project_id).first()
    if connection is not None and connection.comments:
        for pull in connection.pulls.filter(state=PullState.OPEN.value).order_by("number"):
            want_comment(pull)


def _renew(project_id: int, commits: Sequence[str], branches: Sequence[int] = ()) -> None:
    """Have the forge show anew what it says of commits and of branches' pull requests, where the project has one."""
    connection = Connection.objects.defer(*BULKY).filter(project=project_id).first()
    if connection is None:
        return
    groups = Branch.objects.filter(project=project_id, name__startswith=GROUPS, deleted_at=None)
    want_commits(connection, [*commits, *groups.values_list("head", flat=True)])
    if connection.comments and branches:
        pulls = PullRequest.objects.filter(
            connection=connection, state=PullState.OPEN.value, branch__in=branches
        )
        for pull in pulls.order_by("number"):
            want_comment(pull)
