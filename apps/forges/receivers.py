"""What connections hear from the apps below: each line here makes a forge show something else."""

from typing import Any

from apps.checks.models import Verdict
from apps.forges.models import Connection, PullRequest
from apps.forges.outbox import want_comment, want_commit
from apps.merges.models import Meeting
from apps.proposals.models import Proposal
from forges import PullState


def verdict_changed(verdict: Verdict, **_: Any) -> None:
    _renew(verdict.project_id, {verdict.branch_id: verdict.commit})


def meeting_finished(meeting: Meeting, **_: Any) -> None:
    _renew(
        meeting.project_id,
        {meeting.ours_id: meeting.ours_commit, meeting.theirs_id: meeting.theirs_commit},
    )


def proposal_changed(proposal: Proposal, **_: Any) -> None:
    _renew(proposal.project_id, {proposal.branch_id: proposal.head})


def _renew(project_id: int, commits: dict[int, str]) -> None:
    """Have the forge show anew what it says of these branches' commits, where the project has one."""
    connection = Connection.objects.filter(project=project_id).first()
    if connection is None:
        return
    for sha in sorted(set(commits.values())):
        want_commit(connection, sha)
    if connection.comments:
        pulls = PullRequest.objects.filter(
            connection=connection, state=PullState.OPEN.value, branch__in=commits
        )
        for pull in pulls.order_by("number"):
            want_comment(pull)
