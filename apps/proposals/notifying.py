"""Which events of verdicts, meetings and proposals are told to whom.

Everything is told in the transaction in which it happens, so nobody hears of what was undone.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from apps.accounts.models import User
from apps.checks.models import State as VerdictState
from apps.checks.models import Verdict
from apps.merges.access import own_change
from apps.merges.models import Meeting, Merge
from apps.notices.actions import Notice, tell
from apps.projects.models import Project
from apps.proposals.models import ASKING, Comment, Event, Proposal, Subscription
from apps.repositories.models import Branch

SHOWN = 10

# The lines of a timeline that are told, the notice they make, and what is said of the proposal.
TOLD = {
    "opened": ("proposal.opened", "{who} proposed {title}"),
    "reopened": ("proposal.opened", "{who} opened {title} again"),
    "closed": ("proposal.closed", "{who} closed {title}"),
    "merged": ("proposal.merged", "{title} is merged"),
    "commented": ("comment", "{who} commented on {title}"),
    "review_requested": ("review.requested", "{who} asks for a review of {title}"),
    "approved": ("review.given", "{who} approved {title}"),
    "changes_requested": ("review.given", "{who} asks for changes to {title}"),
    "reviewed": ("review.given", "{who} reviewed {title}"),
    "dismissed": ("review.given", "An approval of {title} is dismissed"),
    "handed_over": ("queue.handed", "{title} is proved and waits to be merged on the forge"),
    "refused": ("queue.refused", "{title} left the queue unmerged"),
}


# The lines of which only those hear whom a text names since.
NAMING = {
    "comment_changed": ("comment", "{who} names you in a comment on {title}"),
    "described": ("comment", "{who} names you in {title}"),
}


def timeline_changed(proposal: Proposal, kind: str, event: Event, **_: Any) -> None:
    """A line of a proposal's timeline, told to who follows it and to who is asked in it."""
    if kind in NAMING and event.data.get("named"):
        notice = _notice(proposal, event, *NAMING[kind])
        tell(replace(notice, text=_named_in(proposal, event)), _named(proposal, event), actor=event.actor)
    elif kind in TOLD:
        people = [*followers([proposal.pk]), *_asked(event)]
        tell(_notice(proposal, event, *TOLD[kind]), people, actor=event.actor)


def _notice(proposal: Proposal, event: Event, kind: str, words: str) -> Notice:
    who = event.actor.name if event.actor else "Braid"
    return Notice(
        kind,
        proposal.project,
        words.format(who=who, title=f"#{proposal.number} {proposal.title}"),
        f"{proposal.project.get_absolute_url()}proposals/{proposal.number}/",
        text=_text(event.data),
        data={
            "proposal": proposal.number,
            "event": event.kind,
            "branch": proposal.branch.name,
            **_plain(event.data),
        },
    )


def meeting_finished(meeting: Meeting, before: Merge | None, **_: Any) -> None:
    """A pair of branches that begins to collide, on something new too, or no longer does.

    What one of them collides on with the default branch was told then.
    """
    then, now = own_change(meeting, before)
    if now - then or (then and not now):
        _tell_collision(meeting, now)


def meeting_parted(meeting: Meeting, **_: Any) -> None:
    """A pair that collided and shares nothing any more, so that nobody merges it."""
    then, _now = own_change(meeting, meeting.result)
    if then:
        _tell_collision(meeting, frozenset())


def _tell_collision(meeting: Meeting, now: frozenset[str]) -> None:
    """That the two collide on `now`, or no longer do."""
    ours, theirs = meeting.ours, meeting.theirs
    project = theirs.project
    words = (
        f"{theirs.name} collides with {ours.name}"
        if now
        else f"{theirs.name} and {ours.name} no longer collide"
    )
    notice = Notice(
        "collision" if now else "collision.ended",
        project,
        f"{words} on {sorted(now)[0]}" if now else words,
        branch_path(project, ours if theirs.deleted_at else theirs),
        text="\n".join(f"- {each}" for each in sorted(now)[:SHOWN]),
        data={"ours": ours.name, "theirs": theirs.name, "objects": sorted(now)},
    )
    tell(notice, [*_owners(theirs), *([] if ours.is_default else _owners(ours))])


def verdict_finished(verdict: Verdict, **_: Any) -> None:
    """A branch that does not replay, told once: not again while the same fault stands."""
    if verdict.state not in (VerdictState.FAILED, VerdictState.UNUSABLE):
        return
    earlier = Verdict.objects.filter(branch=verdict.branch_id, judgement__isnull=False, pk__lt=verdict.pk)
    last = earlier.order_by("-id").first()
    if last and (last.state, last.headline) == (verdict.state, verdict.headline):
        return
    branch = verdict.branch
    notice = Notice(
        "check.failed",
        branch.project,
        f"{branch.name}: {verdict.headline}",
        branch_path(branch.project, branch),
        data={"branch": branch.name, "commit": verdict.commit, "state": verdict.state},
    )
    tell(notice, _owners(branch))


def followers(proposals: Iterable[int]) -> list[User]:
    found = Subscription.objects.filter(proposal__in=list(proposals), muted=False)
    return [each.user for each in found.select_related("user")]


def branch_path(project: Project, branch: Branch) -> str:
    return f"{project.get_absolute_url()}branch/{quote(branch.name)}/"


def _owners(branch: Branch) -> list[User | None]:
    """Who pushed it last, and who follows its proposal."""
    asking = Proposal.objects.filter(branch=branch, state__in=ASKING).values_list("pk", flat=True)
    return [branch.pushed_by, *followers(asking)]


def _asked(event: Event) -> list[User]:
    ids = event.data.get("reviewers", [])
    return list(User.objects.filter(pk__in=[each for each in ids if isinstance(each, int)]))


def _named(proposal: Proposal, event: Event) -> list[User]:
    """Those of whom the line says that a text names them now, unless they have had enough of the proposal."""
    return [each for each in followers([proposal.pk]) if each.pk in event.data["named"]]


def _named_in(proposal: Proposal, event: Event) -> str:
    """The text itself, which no line keeps: what is deleted is gone."""
    said = Comment.objects.filter(pk=event.data.get("comment")).first()
    return (said.body if said else proposal.description)[:2000]


def _text(data: dict[str, Any]) -> str:
    return str(data.get("body") or data.get("reason") or data.get("because") or "")[:2000]


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """What of the line a webhook gets: short values only."""
    return {
        key: each
        for key, each in data.items()
        if isinstance(each, str | int | bool) and len(str(each)) <= 500
    }
