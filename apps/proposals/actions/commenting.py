"""What people say about a proposal, one object of its changes, or one of its conflicts."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.proposals.access import changed_addresses
from apps.proposals.actions.lifecycle import lock, subscribe, subscribe_mentioned
from apps.proposals.models import Comment, Event, Proposal
from apps.proposals.resolutions import find_conflict
from apps.proposals.timeline import record

TOLD = 2000


@transaction.atomic
def comment(actor: User, proposal: Proposal, body: str, *, address: str = "", conflict: str = "") -> Comment:
    """Say something, and hear of the proposal from now on.

    `address` names an object of the changes, or one that was talked about before. Raises RefusedError
    for an empty text or another object.
    """
    now = lock(proposal)
    body = _tidy(body)
    if conflict and not _is_in_conflict(now, conflict):
        raise RefusedError(f"#{now.number} has no such conflict.")
    if address and not _is_known(now, address):
        raise RefusedError(f"{address} is not among the changes of #{now.number}.")
    said = Comment.objects.create(
        proposal=now, author=actor, body=body, address=address, conflict=conflict, head=now.head
    )
    subscribe(now, actor)
    subscribe_mentioned(now, body)
    about = {"address": address, "conflict": conflict}
    record(
        now, "commented", actor, comment=said.pk, body=body[:TOLD], **{k: v for k, v in about.items() if v}
    )
    return said


@transaction.atomic
def change_comment(actor: User, comment: Comment, body: str) -> Comment:
    """Let its author say it otherwise; that it was changed stays to be seen."""
    now = _lock(comment)
    body = _tidy(body)
    if body != now.body:
        now.body, now.edited_at = body, timezone.now()
        now.save(update_fields=["body", "edited_at"])
        _retell(now, body[:TOLD])
        record(now.proposal, "comment_changed", actor, comment=now.pk)
    return now


@transaction.atomic
def delete_comment(actor: User, comment: Comment) -> None:
    """Take what was said away for good; that something was said stays in the timeline."""
    now = _lock(comment)
    now.body, now.deleted_at = "", timezone.now()
    now.save(update_fields=["body", "deleted_at"])
    _retell(now, "")
    record(now.proposal, "comment_deleted", actor, comment=now.pk)


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
