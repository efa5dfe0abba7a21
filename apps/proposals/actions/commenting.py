"""What people say about a proposal, one object of its changes, or one of its conflicts."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.proposals.access import changed_addresses
from apps.proposals.actions.lifecycle import (
    lock,
    subscribe,
    subscribe_mentioned,
    subscribe_newly_mentioned,
)
from apps.proposals.models import Comment, Event, Proposal
from apps.proposals.resolutions import find_conflict
from apps.proposals.timeline import record

TOLD = 2000


@transaction.atomic
def comment(
    actor: User,
    proposal: Proposal,
    body: str,
    *,
    address: str = "",
    conflict: str = "",
    thread: int | None = None,
) -> Comment:
    """Say something, and hear of the proposal from now on.

    `address` names an object of the changes, or one that was talked about before; `thread` is a comment that
    this one answers, whose object is its own. What is said about an object or a conflict goes on with the
    thread about it, unless that is resolved. Raises RefusedError for an empty text, another object or a
    resolved thread.
    """
    now = lock(proposal)
    body = _tidy(body)
    answered = _answered(now, thread) if thread else None
    if answered:
        address, conflict = answered.address, answered.conflict
    elif conflict and not _is_in_conflict(now, conflict):
        raise RefusedError(f"#{now.number} has no such conflict.")
    elif address and not _is_known(now, address):
        raise RefusedError(f"{address} is not among the changes of #{now.number}.")
    said = Comment.objects.create(
        proposal=now,
        author=actor,
        body=body,
        address=address,
        conflict=conflict,
        head=now.head,
        thread=answered or _open_thread(now, address, conflict),
    )
    subscribe(now, actor)
    subscribe_mentioned(now, body)
    record(now, "commented", actor, comment=said.pk, body=body[:TOLD], **_about(address, conflict))
    return said


@transaction.atomic
def change_comment(actor: User, comment: Comment, body: str) -> Comment:
    """Let its author say it otherwise; that it was changed stays to be seen. Whom it names now hears of that."""
    now = _lock(comment)
    body = _tidy(body)
    if body != now.body:
        named = subscribe_newly_mentioned(now.proposal, now.body, body)
        now.body, now.edited_at = body, timezone.now()
        now.save(update_fields=["body", "edited_at"])
        _retell(now, body[:TOLD])
        record(now.proposal, "comment_changed", actor, comment=now.pk, **({"named": named} if named else {}))
    return now


@transaction.atomic
def delete_comment(actor: User, comment: Comment) -> None:
    """Take what was said away for good; that something was said stays in the timeline."""
    now = _lock(comment)
    now.body, now.deleted_at = "", timezone.now()
    now.save(update_fields=["body", "deleted_at"])
    _retell(now, "")
    record(now.proposal, "comment_deleted", actor, comment=now.pk)


@transaction.atomic
def settle_thread(actor: User, comment: Comment, is_resolved: bool) -> Comment:
    """Mark the thread that the comment belongs to as resolved, or open it again; its first comment comes back."""
    proposal = lock(comment.proposal)
    first = Comment.objects.select_related("resolved_by").get(pk=comment.thread_id or comment.pk)
    first.proposal = proposal
    if first.is_resolved != is_resolved:
        first.resolved_at, first.resolved_by = (timezone.now(), actor) if is_resolved else (None, None)
        first.save(update_fields=["resolved_at", "resolved_by"])
        kind = "thread_resolved" if is_resolved else "thread_reopened"
        record(proposal, kind, actor, comment=first.pk, **_about(first.address, first.conflict))
    return first


def _answered(proposal: Proposal, comment_id: int) -> Comment:
    """The first comment of the thread that a comment of this proposal belongs to."""
    found = Comment.objects.filter(proposal=proposal, pk=comment_id).select_related("thread").first()
    if found is None:
        raise RefusedError(f"#{proposal.number} has no comment {comment_id}.")
    first = found.thread or found
    if first.is_resolved:
        raise RefusedError("The thread is resolved; open it again to say more.")
    return first


def _open_thread(proposal: Proposal, address: str, conflict: str) -> Comment | None:
    if not (address or conflict):
        return None
    first = Comment.objects.filter(proposal=proposal, address=address, conflict=conflict, thread=None)
    return first.filter(resolved_at=None).order_by("-id").first()


def _about(address: str, conflict: str) -> dict[str, str]:
    return {key: each for key, each in (("address", address), ("conflict", conflict)) if each}


def _lock(comment: Comment) -> Comment:
    """The comment as it is now, under the lock of its proposal. Raises RefusedError for a deleted one."""
    proposal = lock(comment.proposal)
    now = Comment.objects.get(pk=comment.pk)
    now.proposal = proposal
    if now.deleted_at:
        raise RefusedError("The comment is deleted.")
    return now


def _retell(comment: Comment, body: str) -> None:
    """The timeline must not keep what the comment does not say any more."""
    for event in Event.objects.filter(
        proposal=comment.proposal_id, kind="commented", data__comment=comment.pk
    ):
        event.data["body"] = body
        event.save(update_fields=["data"])


def _is_in_conflict(proposal: Proposal, conflict: str) -> bool:
    """Or was: what was talked about before can be talked about on."""
    said = Comment.objects.filter(proposal=proposal, conflict=conflict)
    return find_conflict(proposal, conflict) is not None or said.exists()


def _is_known(proposal: Proposal, address: str) -> bool:
    said = Comment.objects.filter(proposal=proposal, address=address)
    return address in changed_addresses(proposal) or said.exists()


def _tidy(body: str) -> str:
    body = body.replace("\r\n", "\n").replace("\0", "").strip()
    if not body:
        raise RefusedError("A comment says something; this one is empty.")
    return body
