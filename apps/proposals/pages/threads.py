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


@dataclass(frozen=True, slots=True)
class ThreadView:
    """Comments that belong together. `first` is the one that says whether they are resolved; it may be deleted."""

    first: Comment
    comments: tuple[CommentView, ...]

    @property
    def id(self) -> int:
        return self.first.pk

    @property
    def is_about_something(self) -> bool:
        return bool(self.first.address or self.first.conflict)


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


def threads_of(comments: Iterable[CommentView]) -> tuple[ThreadView, ...]:
    """The comments in their threads, those first that are not resolved, else in the order in which they began."""
    gathered: dict[int, list[CommentView]] = {}
    for view in comments:
        gathered.setdefault(first_of(view.comment).pk, []).append(view)
    threads = [ThreadView(first_of(views[0].comment), tuple(views)) for views in gathered.values()]
    return tuple(sorted(threads, key=lambda each: (each.first.is_resolved, each.id)))


def first_of(comment: Comment) -> Comment:
    return comment.thread or comment


def by_object(
    comments: Sequence[CommentView], objects: Iterable[ObjectChanges]
) -> tuple[Mapping[str, tuple[ThreadView, ...]], tuple[ThreadView, ...]]:
    """The threads by the address of the changed object, and those about objects that are changed no more.

    A comment on a part (a column, an index) stands with its table.
    """
    owners = {at: each.address for each in objects for at in _addresses(each)}
    about = [each for each in threads_of(comments) if each.first.address and not each.first.conflict]
    gone = tuple(each for each in about if each.first.address not in owners)
    threads: dict[str, tuple[ThreadView, ...]] = {}
    for each in about:
        if each.first.address in owners:
            owner = owners[each.first.address]
            threads[owner] = (*threads.get(owner, ()), each)
    return threads, gone


def by_conflict(comments: Sequence[CommentView]) -> Mapping[str, tuple[ThreadView, ...]]:
    """The threads about conflicts, by their ids."""
    threads: dict[str, tuple[ThreadView, ...]] = {}
    for each in threads_of(view for view in comments if view.comment.conflict):
        threads[each.first.conflict] = (*threads.get(each.first.conflict, ()), each)
    return threads


def open_talked_about(changes: ChangeList, threads: Mapping[str, tuple[ThreadView, ...]]) -> ChangeList:
    """The list with the cards open about which a thread is not resolved."""
    talked = {at for at, found in threads.items() if any(not each.first.is_resolved for each in found)}
    cards = (replace(card, is_open=card.is_open or card.address in talked) for card in changes.cards)
    return replace(changes, cards=tuple(cards))


def _addresses(changed: ObjectChanges) -> Iterable[str]:
    """The object's own address comes last: a part may have the address of another object."""
    yield from changed.previous_addresses
    yield from (change.address for change in changed.changes)
    yield changed.address


def _is_own(comment: Comment, viewer: Membership) -> bool:
    return comment.author_id == viewer.user_id and viewer.role >= Role.DEVELOPER
