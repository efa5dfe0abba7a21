"""Comments by the object that they are about, so that they stay with it over later pushes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from apps.checks.access import ObjectChanges
from apps.checks.pages.changes import ChangeList
from apps.proposals.models import Comment, Proposal
from apps.teams.models import Membership, Role


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment. `is_outdated`: said about an older head of the branch."""

    comment: Comment
    is_outdated: bool
    may_change: bool
    may_delete: bool


def show_comments(
    comments: Iterable[Comment], proposal: Proposal, viewer: Membership
) -> tuple[CommentView, ...]:
    """The comments as `viewer` sees them: authors change theirs, maintainers may delete any."""
    return tuple(
        CommentView(
            comment,
            is_outdated=comment.head != proposal.head,
            may_change=_is_own(comment, viewer),
            may_delete=_is_own(comment, viewer) or viewer.role >= Role.MAINTAINER,
        )
        for comment in comments
    )


def by_object(
    comments: Sequence[CommentView], objects: Iterable[ObjectChanges]
) -> tuple[Mapping[str, tuple[CommentView, ...]], tuple[CommentView, ...]]:
    """The threads by the address of the changed object, and what was said about objects that are changed no more.

    A comment on a part (a column, an index) stands with its table.
    """
    owners = {at: each.address for each in objects for at in _addresses(each)}
    about = [view for view in comments if view.comment.address and not view.comment.conflict]
    gone = tuple(view for view in about if view.comment.address not in owners)
    threads: dict[str, tuple[CommentView, ...]] = {}
    for view in about:
        if view.comment.address in owners:
            owner = owners[view.comment.address]
            threads[owner] = (*threads.get(owner, ()), view)
    return threads, gone


def open_talked_about(changes: ChangeList, threads: Mapping[str, object]) -> ChangeList:
    """The list with the cards open that somebody said something about."""
    cards = (replace(card, is_open=card.is_open or card.address in threads) for card in changes.cards)
    return replace(changes, cards=tuple(cards))


def _addresses(changed: ObjectChanges) -> Iterable[str]:
    """The object's own address comes last: a part may have the address of another object."""
    yield from changed.previous_addresses
    yield from (change.address for change in changed.changes)
    yield changed.address


def _is_own(comment: Comment, viewer: Membership) -> bool:
    return comment.author_id == viewer.user_id and viewer.role >= Role.DEVELOPER
