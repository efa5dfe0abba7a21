"""Reviews: given, dismissed, asked for; and whether a proposal is ready, under lock.

Locks are taken in the order project, proposal, policy, meeting. Whoever approves says which change they
saw; under the proposal's lock that is the newest that Braid knows, or they are asked to look again. So an
approval that meets a push is either refused or stands for what was seen, and never for what came after.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.merges.models import Meeting, Merge
from apps.proposals.access import meeting_of
from apps.proposals.actions.lifecycle import lock, subscribe, subscribe_mentioned
from apps.proposals.actions.policing import lock_policy
from apps.proposals.models import Answer, Bypass, Proposal, Review, ReviewRequest
from apps.proposals.readiness import MERGES, Readiness, readiness_of
from apps.proposals.since import look_again
from apps.proposals.situation import Situation, read_situation
from apps.proposals.timeline import record
from apps.teams import audit

# How the timeline calls each answer.
LINES = {
    Answer.APPROVE: "approved",
    Answer.REQUEST_CHANGES: "changes_requested",
    Answer.COMMENT: "reviewed",
}


@transaction.atomic
def is_ready(
    proposal: Proposal,
    *,
    merge: Merge | None = None,
    on: str = "",
    landing_drift: Sequence[str] | None = None,
) -> Readiness:
    """Whether the proposal may land, with its row and its project's policy locked until the transaction ends.

    `merge`, where given, is what would land, and `on` the commit that it would land on: approvals count for that
    change, and braid.toml as it stands there. `landing_drift` is what was found of the schema file that would land.
    Call it in the transaction that acts on the answer: no approval and no rule can change in between.
    """
    now = lock(proposal)
    at = read_situation(now, merge=merge, on=on, policy=lock_policy(now.project))
    drift = None if landing_drift is None else tuple(landing_drift)
    return readiness_of(replace(at, landing_drift=drift))


@transaction.atomic
def review(
    actor: User, proposal: Proposal, answer: Answer, *, body: str = "", change_hash: str = ""
) -> Review:
    """Write what the actor says to the proposal. `change_hash` is that of the change which they saw.

    Raises RefusedError for a change that is not the newest any more or does not merge, and for
    an approval of one's own work where the policy does not let it count.
    """
    now = lock(proposal)
    meeting = meeting_of(now)
    if answer == Answer.APPROVE:
        _check_approval(actor, now, meeting, change_hash)
    elif answer == Answer.REQUEST_CHANGES:
        _check_objection(actor, now)
    elif not body.strip():
        raise RefusedError("Write what you want to say.")
    seen = meeting.result if meeting else None
    written = Review.objects.create(
        proposal=now,
        author=actor,
        answer=answer,
        body=body.strip(),
        change_hash=seen.change_hash if seen else "",
        head=meeting.merged_theirs if meeting and seen else now.head,
        diff=seen.diff if seen else None,
        merge=seen,
    )
    if answer != Answer.COMMENT:
        _answered(now, actor)
    subscribe(now, actor)
    subscribe_mentioned(now, written.body)
    record(now, LINES[answer], actor, review=written.pk, body=written.body)
    return written


@transaction.atomic
def dismiss(actor: User, review: Review, because: str) -> Review:
    """Take an answer out of the count, for a reason that stays with it. Raises RefusedError."""
    now = lock(review.proposal)
    review = Review.objects.select_related("author", "proposal").get(pk=review.pk)
    if not because.strip():
        raise RefusedError("Say why the review is dismissed.")
    if review.answer == Answer.COMMENT or review.dismissed_at:
        raise RefusedError("That review does not count any more, or never did.")
    put_aside(now, review, because.strip(), actor)
    return review


def put_aside(
    proposal: Proposal, review: Review, because: str, actor: User | None = None, changes: tuple[str, ...] = ()
) -> None:
    """Dismiss an answer of a locked proposal, and write it down."""
    review.dismissed_at, review.dismissed_because = timezone.now(), because
    review.save(update_fields=["dismissed_at", "dismissed_because"])
    record(
        proposal,
        "dismissed",
        actor,
        review=review.pk,
        answer=review.answer,
        reviewer=str(review.author or "somebody"),
        reviewer_id=review.author_id,
        because=because,
        changes=list(changes),
    )


@transaction.atomic
def request_review(actor: User, proposal: Proposal, user: User) -> ReviewRequest:
    """Ask a member of the team for a review. Raises RefusedError for who can't give one."""
    now = lock(proposal)
    at = read_situation(now)
    if not now.is_asking:
        raise RefusedError(f"#{now.number} is {now.state}; there is nothing to review.")
    if not at.people.may_review(user.pk):
        raise RefusedError(f"{user} is no member of the team who may review.")
    if user.pk == now.author_id:
        raise RefusedError("The author is not asked for a review.")
    return ask(now, user, actor)


def ask(proposal: Proposal, user: User, actor: User | None = None, because: str = "") -> ReviewRequest:
    """Await somebody's answer to a locked proposal, and tell them; once, while it is awaited."""
    request, made = ReviewRequest.objects.get_or_create(
        proposal=proposal, user=user, defaults={"by": actor, "because": because}
    )
    if not made and request.answered_at is None:
        return request
    request.by, request.because = actor, because
    request.asked_at, request.answered_at = timezone.now(), None
    request.save()
    subscribe(proposal, user)
    record(proposal, "review_requested", actor, reviewers=[user.pk], name=str(user), because=because)
    return request


@transaction.atomic
def withdraw_request(actor: User, request: ReviewRequest) -> None:
    """Ask no more. An owner whom the policy asks is asked again when the proposal changes."""
    now = lock(request.proposal)
    if ReviewRequest.objects.filter(pk=request.pk).delete()[0]:
        record(now, "review_request_withdrawn", actor, user=request.user_id, name=str(request.user))


@transaction.atomic
def bypass(actor: User, proposal: Proposal, reason: str, *, change_hash: str) -> Bypass:
    """Let this very change land without what the policy asks, for a reason that everybody can read.

    Raises RefusedError where the actor may not, nothing is missing that can be passed by, or the
    change is another one than they saw.
    """
    now = lock(proposal)
    at = read_situation(now, policy=lock_policy(now.project))
    if not reason.strip():
        raise RefusedError("Say why the policy is passed by; it is kept in the team's log.")
    if not may_bypass(at, actor):
        raise RefusedError("The policy says who may pass it by, and you are not among them.")
    if at.merge is None or at.merge.change_hash != change_hash:
        raise RefusedError(look_again(change_hash, at.merge))
    missing = [str(each) for each in readiness_of(at).unmet if each.is_policy]
    if not missing:
        raise RefusedError("The policy asks for nothing that is missing.")
    made = Bypass.objects.create(
        proposal=now, by=actor, reason=reason.strip(), missing=missing, change_hash=change_hash, head=now.head
    )
    record(now, "bypassed", actor, reason=made.reason, missing=missing)
    audit.record(
        now.project.team,
        actor,
        "policy.bypass",
        f"{now.project.slug}#{now.number}",
        reason=made.reason,
        missing=missing,
        change=change_hash,
        head=now.head,
    )
    return made


def may_bypass(at: Situation, user: User) -> bool:
    person = at.people.by_id.get(user.pk)
    return person is not None and person.role >= at.rules.bypass


def _check_approval(actor: User, proposal: Proposal, meeting: Meeting | None, change_hash: str) -> None:
    if not proposal.is_asking:
        raise RefusedError(f"#{proposal.number} is {proposal.state}; there is nothing to approve.")
    seen = meeting.result if meeting else None
    if seen is None:
        raise RefusedError("Braid has not merged this yet, so there is no change to approve. Try again soon.")
    if seen.outcome not in MERGES:
        raise RefusedError(f"It can be approved once it merges; now it {seen.headline}.")
    if seen.change_hash != change_hash:
        raise RefusedError(look_again(change_hash, seen))
    at = read_situation(proposal)
    if at.is_own_work(actor):
        raise RefusedError("The policy of this project lets nobody approve their own work.")


def _check_objection(actor: User, proposal: Proposal) -> None:
    if not proposal.is_asking:
        raise RefusedError(f"#{proposal.number} is {proposal.state}; there is nothing to change.")
    if proposal.author_id == actor.pk:
        raise RefusedError("It is your own proposal: make it a draft, or close it.")


def _answered(proposal: Proposal, user: User) -> None:
    ReviewRequest.objects.filter(proposal=proposal, user=user, answered_at=None).update(
        answered_at=timezone.now()
    )
