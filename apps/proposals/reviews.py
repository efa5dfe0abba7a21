"""What pages and the API read of reviews, of a proposal that the caller was let into."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from apps.accounts.models import User
from apps.projects.models import Project
from apps.proposals.models import Proposal, Review, ReviewRequest
from apps.proposals.risk import RiskView, risk_of
from apps.teams.models import Membership, Role


def reviews_of(proposal: Proposal) -> tuple[Review, ...]:
    """All of them, the oldest first."""
    return tuple(Review.objects.filter(proposal=proposal).select_related("author").order_by("id"))


def ended_risk(proposal: Proposal) -> RiskView:
    """The risk of a proposal that has ended: as it was weighed when it landed, if that is known."""
    told = proposal.events.filter(kind="merged").order_by("-id").first()
    if told is not None and "risk" in told.data:
        return RiskView.from_json(told.data["risk"])
    return risk_of(proposal.kept)


def find_review(proposal: Proposal, review_id: int) -> Review:
    found = Review.objects.filter(proposal=proposal, pk=review_id).select_related("author").first()
    if found is None:
        raise Http404("No such review")
    found.proposal = proposal
    return found


def find_dismissable(proposal: Proposal, review_id: int, viewer: Membership) -> Review:
    """A review, for a maintainer or for who gave it; raises Http404 and PermissionDenied."""
    found = find_review(proposal, review_id)
    if viewer.role < Role.MAINTAINER and found.author_id != viewer.user_id:
        raise PermissionDenied("Only a maintainer, or who gave it, dismisses a review.")
    return found


def awaited(proposal: Proposal) -> tuple[ReviewRequest, ...]:
    """Whose answers are awaited; not of people who have left the team."""
    members = Membership.objects.filter(team=proposal.project.team_id, role__gte=Role.DEVELOPER)
    waiting = ReviewRequest.objects.filter(
        proposal=proposal, answered_at=None, user__in=members.values("user")
    )
    return tuple(waiting.select_related("user", "by").order_by("user__name", "id"))


def find_request(proposal: Proposal, request_id: int) -> ReviewRequest:
    found = ReviewRequest.objects.filter(proposal=proposal, pk=request_id).select_related("user").first()
    if found is None:
        raise Http404("No such request")
    found.proposal = proposal
    return found


def find_user(project: Project, sent: str) -> User:
    """A member of the project's team by id or mail address; raises Http404."""
    member = Membership.objects.filter(team=project.team_id).select_related("user")
    by = {"user_id": int(sent)} if sent.isdecimal() and len(sent) < 10 else {"user__email": sent.lower()}
    found = member.filter(**by).first()
    if found is None:
        raise Http404("No such member")
    return found.user
