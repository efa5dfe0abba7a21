"""What becomes of reviews when Braid has merged a proposal anew: kept, dismissed, asked for again.

It happens in the transaction that writes the merge, so nobody sees a change with the approvals of another.
"""

from apps.accounts.models import User
from apps.merges.models import Meeting, Merge
from apps.proposals.actions.reviewing import ask, put_aside
from apps.proposals.models import ASKING, Answer, Proposal, Review, ReviewRequest
from apps.proposals.readiness import MERGES, readiness_of
from apps.proposals.since import changed_since
from apps.proposals.situation import Situation, read_situation
from apps.proposals.timeline import record


def lock_proposals(meeting: Meeting) -> list[Proposal]:
    """The open proposals that the meeting is about, locked; none where it is not with the default branch."""
    if meeting.ours.name != meeting.project.default_branch:
        return []
    asking = Proposal.objects.filter(branch=meeting.theirs_id, state__in=ASKING).order_by("id")
    found = asking.select_for_update(of=("self",), no_key=True)
    return list(found.select_related("branch__project", "project__team", "author"))


def follow_merge(meeting: Meeting) -> None:
    """Dismiss approvals of another change than the meeting now gives, and ask the owners of this one."""
    merge = meeting.result
    if merge is None or merge.outcome not in MERGES:
        # Nobody knows yet what will land. What was approved does not count meanwhile, and may be that again.
        return
    for proposal in lock_proposals(meeting):
        _keep_or_dismiss(proposal, merge)
        ask_reviewers(proposal)


def ask_reviewers(proposal: Proposal) -> None:
    """Await the answers that the locked proposal still needs, and no others that Braid asked for.

    The owners of what it changes are asked, and whoever approved what it was before.
    """
    if proposal.is_draft or not proposal.is_asking:
        return
    at = read_situation(proposal)
    wanted = {**_asked_again(at), **_owners_wanted(at)} if at.merge else {}
    unasked = ReviewRequest.objects.filter(proposal=proposal, by=None, answered_at=None)
    unasked.exclude(user_id__in=wanted).delete()
    for user in User.objects.filter(pk__in=wanted).order_by("pk"):
        ask(proposal, user, because=wanted[user.pk])


def _owners_wanted(at: Situation) -> dict[int, str]:
    """Whose answers as owners are awaited, by id, and for what each is asked."""
    unmet = [each for each in readiness_of(at).unmet if each.key.startswith("owners:")]
    return {person.id: each.title for each in reversed(unmet) for person in each.waits_for}


def _asked_again(at: Situation) -> dict[int, str]:
    """Who approved a change that is another one now, by id, while approvals are missing."""
    unmet = {each.key: each for each in readiness_of(at).unmet}
    last = {review.author_id: review for review in at.reviews if review.answer != Answer.COMMENT}
    return {
        person.id: "The change is another one since they approved it"
        for person in (unmet["approvals"].waits_for if "approvals" in unmet else ())
        if (review := last.get(person.id)) and review.answer == Answer.APPROVE and _is_outdated(review, at)
    }


def _is_outdated(review: Review, at: Situation) -> bool:
    return at.merge is not None and review.change_hash != at.merge.change_hash


def _keep_or_dismiss(proposal: Proposal, merge: Merge) -> None:
    approvals = Review.objects.filter(proposal=proposal, answer=Answer.APPROVE, dismissed_at=None)
    kept = []
    for approval in approvals.select_related("author", "merge__diff").order_by("id"):
        if approval.change_hash == merge.change_hash:
            kept.append(approval)
        else:
            changes = changed_since(approval.merge, merge)
            put_aside(
                proposal, approval, f"the change is another one now: {'; '.join(changes)}", changes=changes
            )
    if kept and _is_pushed_since(proposal, kept[-1]):
        record(proposal, "approvals_kept", count=len(kept), names=[str(each.author) for each in kept])


def _is_pushed_since(proposal: Proposal, approval: Review) -> bool:
    """Whether a push came after the approval that nothing was yet said about."""
    told = proposal.events.filter(kind="approvals_kept").order_by("-id").first()
    pushed = proposal.events.filter(kind="pushed", created_at__gt=approval.created_at).order_by("-id").first()
    return pushed is not None and (told is None or told.pk < pushed.pk)
