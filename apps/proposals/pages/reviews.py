"""The Checks tab arranged: what is met, what is missing, who said what, and what the viewer may do."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.proposals.models import Answer, Bypass, Review, ReviewRequest
from apps.proposals.people import Person
from apps.proposals.readiness import MERGES, Readiness
from apps.proposals.risk import RiskView
from apps.proposals.situation import Situation
from apps.teams.models import Role

TAGS = {Answer.APPROVE: "tag-good", Answer.REQUEST_CHANGES: "tag-bad", Answer.COMMENT: ""}


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review. `tag` is its colour; `note` says why it does not count, where it does not."""

    review: Review
    word: str
    tag: str
    note: str
    may_dismiss: bool


@dataclass(frozen=True, slots=True)
class ReviewsView:
    """`people` can be asked; `may_approve` and the others are the viewer's own possibilities."""

    readiness: Readiness
    risk: RiskView
    bypass: Bypass | None
    reviews: tuple[ReviewRow, ...]
    awaited: tuple[ReviewRequest, ...]
    people: tuple[Person, ...]
    change_hash: str
    may_review: bool
    may_approve: bool
    may_object: bool
    may_bypass: bool
    why_not_approve: str = ""


def arrange(
    at: Situation,
    readiness: Readiness,
    awaited: tuple[ReviewRequest, ...],
    viewer: User,
    risk: RiskView | None = None,
) -> ReviewsView:
    """`risk`, where given, is that of a proposal that has ended."""
    person = at.people.by_id.get(viewer.pk)
    role = person.role if person else 0
    may_review = role >= Role.DEVELOPER and at.proposal.is_asking
    why_not = _why_not_approve(at, viewer) if may_review else ""
    policy_unmet = any(each.is_policy for each in readiness.unmet)
    can_pass_by = at.proposal.is_asking and policy_unmet and readiness.bypass is None and at.merge is not None
    waiting = {request.user_id for request in awaited}
    return ReviewsView(
        readiness=readiness,
        risk=risk or at.risk,
        bypass=readiness.bypass if at.proposal.is_asking else _last_bypass(at),
        reviews=tuple(_row(at, review, viewer, role) for review in reversed(at.reviews)),
        awaited=awaited,
        people=tuple(
            each
            for each in at.people.reviewers
            if each.id != at.proposal.author_id and each.id not in waiting
        ),
        change_hash=at.shown_hash,
        may_review=may_review,
        may_approve=may_review and not why_not,
        may_object=may_review and viewer.pk != at.proposal.author_id,
        may_bypass=can_pass_by and role >= at.rules.bypass,
        why_not_approve=why_not,
    )


def _last_bypass(at: Situation) -> Bypass | None:
    """The one that stood when the proposal ended."""
    return next((each for each in reversed(at.bypasses) if each.head == at.proposal.head), None)


def _why_not_approve(at: Situation, viewer: User) -> str:
    """Why the viewer can't approve now, or empty."""
    if at.is_own_work(viewer):
        return "This is your own work; the policy lets somebody else approve it."
    if at.shown is None:
        return "It can be approved once Braid has merged it."
    return "" if at.shown.outcome in MERGES else "It can be approved once it merges."


def _row(at: Situation, review: Review, viewer: User, role: int) -> ReviewRow:
    answer = Answer(review.answer)
    counts = answer != Answer.COMMENT and review.dismissed_at is None
    may_dismiss = (
        counts and at.proposal.is_asking and (role >= Role.MAINTAINER or review.author_id == viewer.pk)
    )
    tag = TAGS[answer] if counts else ""
    return ReviewRow(review, answer.label, tag, _note(at, review) if counts else "", may_dismiss)


def _note(at: Situation, review: Review) -> str:
    if review not in at.deciding:
        return "does not count: a later answer does, or they may not review any more"
    if review.answer != Answer.APPROVE or at.merge is None:
        return ""
    why = at.why_not_counted(review)
    return f"does not count: {why}" if why else ""
