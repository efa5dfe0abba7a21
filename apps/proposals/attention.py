"""What waits for somebody: collisions of their branches, reviews they are asked for, checks that fail.

A constant number of queries, whatever the number of projects; only teams that the
person is a member of are looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import OuterRef, Q, Subquery

from apps.accounts.models import User
from apps.checks.models import State as VerdictState
from apps.checks.models import Verdict
from apps.merges.access import own_collisions
from apps.merges.models import Meeting, Outcome
from apps.projects.models import Project
from apps.proposals.models import ASKING, Answer, Proposal, Review, ReviewRequest
from apps.proposals.notifying import branch_path
from apps.repositories.models import Branch

MOST = 30
FAILING = (VerdictState.FAILED, VerdictState.UNUSABLE, VerdictState.ERROR)


class Reason(StrEnum):
    """Why it waits, the most urgent first."""

    COLLISION = "collision"
    REVIEW = "review"
    CHANGES = "changes"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do: what it is about, what is wrong or asked, and the page where it is done."""

    reason: Reason
    project: Project
    name: str
    text: str
    path: str
    since: datetime | None


def needs_of(user: User) -> tuple[Need, ...]:
    """What waits for `user`, at most `MOST` of each sort."""
    teams = Q(team__memberships__user=user, team__deleted_at=None)
    mine = Q(project__in=Project.objects.filter(teams))
    return (*_collisions(user, mine), *_reviews(user, mine), *_changes(user, mine), *_failed(user, mine))


def _collisions(user: User, mine: Q) -> list[Need]:
    """Pairs in which a branch of the person's, or one that they proposed, collides."""
    proposed = Proposal.objects.filter(author=user, state__in=ASKING).values("branch")
    concerns = Q(theirs__pushed_by=user) | Q(ours__pushed_by=user) | Q(theirs__in=proposed)
    conflict = Q(resolved__outcome=Outcome.CONFLICT) | Q(resolved=None, merge__outcome=Outcome.CONFLICT)
    living = Q(ours__deleted_at=None, theirs__deleted_at=None)
    found = Meeting.objects.filter(mine, concerns, conflict, living).order_by("-since", "-id")
    related = ("project__team", "ours", "theirs", "merge", "resolved")
    meetings = list(found.select_related(*related)[:MOST])
    own = own_collisions(meetings)
    return [_collision(user, meeting, own[meeting.pk]) for meeting in meetings if own[meeting.pk]]


def _collision(user: User, meeting: Meeting, objects: Sequence[str]) -> Need:
    """Seen from the person's own side of the pair."""
    meeting.ours.project = meeting.theirs.project = meeting.project
    is_theirs = meeting.ours.is_default or meeting.theirs.pushed_by_id == user.pk
    own, other = (meeting.theirs, meeting.ours) if is_theirs else (meeting.ours, meeting.theirs)
    more = f" and {len(objects) - 1} more" if len(objects) > 1 else ""
    text = f"collides with {other.name}" + (f" on {objects[0]}{more}" if objects else "")
    return Need(
        Reason.COLLISION, meeting.project, own.name, text, branch_path(meeting.project, own), meeting.since
    )


def _reviews(user: User, mine: Q) -> list[Need]:
    proposals = Proposal.objects.filter(mine, state__in=ASKING)
    asked = ReviewRequest.objects.filter(user=user, answered_at=None, proposal__in=proposals)
    found = asked.select_related("proposal__project__team", "by").order_by("-asked_at")[:MOST]
    return [
        _of_proposal(
            Reason.REVIEW,
            each.proposal,
            f"{each.by.name if each.by else 'Braid'} asks for your review",
            each.asked_at,
        )
        for each in found
    ]


def _changes(user: User, mine: Q) -> list[Need]:
    """Proposals of the person's whose reviewers want something else."""
    wanting = Review.objects.filter(
        proposal=OuterRef("pk"), answer=Answer.REQUEST_CHANGES, dismissed_at=None
    ).order_by("-id")
    found = Proposal.objects.filter(mine, author=user, state__in=ASKING)
    found = found.annotate(
        asker=Subquery(wanting.values("author__name")[:1]), asked=Subquery(wanting.values("created_at")[:1])
    ).filter(asked__isnull=False)
    return [
        _of_proposal(Reason.CHANGES, each, f"{each.asker or 'Somebody'} asks for changes", each.asked)
        for each in found.select_related("project__team")[:MOST]
    ]


def _failed(user: User, mine: Q) -> list[Need]:
    """Branches that the person pushed last and that do not replay."""
    newest = Verdict.objects.filter(branch=OuterRef("pk")).order_by("-id").values("pk")[:1]
    branches = Branch.objects.filter(mine, pushed_by=user, deleted_at=None)
    failing = Verdict.objects.filter(pk__in=branches.annotate(newest=Subquery(newest)).values("newest"))
    found = (
        failing.filter(state__in=FAILING).select_related("branch", "project__team").order_by("-finished_at")
    )
    return [
        Need(
            Reason.FAILED,
            each.project,
            each.branch.name,
            each.headline,
            branch_path(each.project, each.branch),
            each.finished_at,
        )
        for each in found[:MOST]
    ]


def _of_proposal(reason: Reason, proposal: Proposal, text: str, since: datetime) -> Need:
    path = f"{proposal.project.get_absolute_url()}proposals/{proposal.number}/"
    return Need(reason, proposal.project, f"#{proposal.number} {proposal.title}", text, path, since)
