"""What pages, the API and `remote:` lines read of the radar. Whoever calls has authorised the project.

A branch that has taken in the default branch collides with a third one on what the default
branch collides on with that one: such a collision is told once, with the default branch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import F, Q, QuerySet

from apps.merges.models import ACTIVE, Footprint, Meeting, Merge, Outcome, State
from apps.projects.models import Project
from apps.repositories.models import Branch


class Standing(StrEnum):
    """How two branches get on, the worst first. INHERITED: they collide as one of them does with the default
    branch, and on nothing else. APART: they touch nothing in common, and nothing was run."""

    COLLIDES = "collides"
    BROKEN = "broken"
    ERROR = "error"
    INHERITED = "inherited"
    REWRITTEN = "rewritten"
    ORDER = "order"
    CLEAN = "clean"
    WAITING = "waiting"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Pair:
    """One meeting as it stands. `objects` are what the two collide on, for themselves.

    `is_active` while heads that are newer than what is told are merged.
    """

    id: int
    ours: Branch
    theirs: Branch
    standing: Standing
    objects: tuple[str, ...] = ()
    headline: str = ""
    since: datetime | None = None
    is_active: bool = False

    def other(self, branch: Branch) -> Branch:
        return self.ours if self.theirs.pk == branch.pk else self.theirs


@dataclass(frozen=True, slots=True)
class Radar:
    """All pairs of a project. `branches` are those that have something of their own, most collisions first."""

    default: Branch | None
    branches: tuple[Branch, ...]
    pairs: Mapping[frozenset[int], Pair]
    unclear: Mapping[int, str]

    def between(self, one: Branch, other: Branch) -> Pair | None:
        return self.pairs.get(frozenset((one.pk, other.pk)))

    @property
    def collisions(self) -> tuple[Pair, ...]:
        """Pairs that collide, the newest collision first."""
        found = (pair for pair in self.pairs.values() if pair.standing is Standing.COLLIDES)
        return tuple(sorted(found, key=_newest))

    @property
    def is_active(self) -> bool:
        return any(pair.is_active for pair in self.pairs.values())


def radar_of(project: Project) -> Radar:
    """The whole matrix; three queries, whatever the number of branches."""
    open_ones = Branch.objects.filter(project=project, deleted_at=None).select_related("pushed_by")
    branches = {branch.pk: branch for branch in open_ones}
    for branch in branches.values():
        branch.project = project
    meetings = [
        meeting
        for meeting in meetings_of(project)
        if meeting.ours_id in branches and meeting.theirs_id in branches
    ]
    default = next((branch for branch in branches.values() if branch.is_default), None)
    pairs = _pairs(meetings, default)
    prints = Footprint.objects.filter(project=project).values_list("branch", "everything", "reason")
    unclear = {branch: reason for branch, everything, reason in prints if everything}
    met = {pk for pair in pairs.values() for pk in (pair.ours.pk, pair.theirs.pk)}
    shown = [branch for pk, branch in branches.items() if pk in met and branch is not default]
    return Radar(default, tuple(_ordered(shown, pairs)), pairs, unclear)


def pairs_of(branch: Branch) -> tuple[Pair, ...]:
    """The pairs of one branch, the worst first, that with the default branch before all; two queries."""
    meetings = list(meetings_of(branch.project).filter(Q(ours=branch) | Q(theirs=branch)))
    living = [m for m in meetings if m.ours.deleted_at is None and m.theirs.deleted_at is None]
    default = Branch.objects.filter(project=branch.project, name=branch.project.default_branch).first()
    others = {m.ours_id for m in living} | {m.theirs_id for m in living}
    with_default = meetings_of(branch.project).filter(ours=default, theirs__in=others - {branch.pk})
    known = {meeting.pk: meeting for meeting in (*living, *with_default)}
    pairs = _pairs(list(known.values()), default)
    own = [pair for pair in pairs.values() if branch.pk in (pair.ours.pk, pair.theirs.pk)]
    return tuple(sorted(own, key=lambda pair: (_rank(pair), pair.ours != default, _newest(pair))))


def collisions_of(branch: Branch) -> tuple[Pair, ...]:
    """With whom the branch collides, as its page and `remote:` lines say."""
    return tuple(pair for pair in pairs_of(branch) if pair.standing is Standing.COLLIDES)


def is_settled(branch: Branch, commit: str) -> bool:
    """Whether all that the branch meets at `commit` has been merged with it."""
    if not Footprint.objects.filter(branch=branch, commit=commit).exists():
        return False
    mine = Q(ours=branch) | Q(theirs=branch)
    return not Meeting.objects.filter(mine, state__in=ACTIVE).exists()


def own_collisions(meetings: Sequence[Meeting]) -> dict[int, tuple[str, ...]]:
    """By id, what each meeting's two branches collide on for themselves; one query."""
    inherited = _inherited(meetings)
    return {meeting.pk: _objects(meeting.result, inherited[meeting.pk]) for meeting in meetings}


def own_change(meeting: Meeting, before: Merge | None) -> tuple[frozenset[str], frozenset[str]]:
    """What the two collided on for themselves before, and what they do now."""
    inherited = _inherited([meeting])[meeting.pk]
    then, now = (frozenset(_objects(merge, inherited)) for merge in (before, meeting.result))
    return then, now


def _inherited(meetings: Sequence[Meeting]) -> dict[int, frozenset[str]]:
    """By id, keys of what one of the two branches collides on with the default branch."""
    branches = {pk for meeting in meetings for pk in (meeting.ours_id, meeting.theirs_id)}
    if not branches:
        return {}
    found = Meeting.objects.filter(ours__name=F("project__default_branch"), theirs__in=branches)
    with_default = {each.theirs_id: each for each in _undocumented(found)}
    own = {each.pk for each in with_default.values()}
    keys = {branch: _keys(each) for branch, each in with_default.items()}
    return {
        meeting.pk: frozenset(
            () if meeting.pk in own else (*keys.get(meeting.ours_id, ()), *keys.get(meeting.theirs_id, ()))
        )
        for meeting in meetings
    }


def meetings_of(project: Project) -> QuerySet[Meeting]:
    """The project's meetings with what is told of them, without the merges' documents."""
    related = ("project__team", "ours__pushed_by", "theirs__pushed_by")
    return _undocumented(Meeting.objects.filter(project=project).select_related(*related)).order_by("pk")


def _undocumented(meetings: "QuerySet[Meeting]") -> "QuerySet[Meeting]":
    loaded = meetings.select_related("merge", "resolved")
    return loaded.defer("merge__body", "resolved__body", "merge__risk", "resolved__risk")


def _pairs(meetings: Sequence[Meeting], default: Branch | None) -> dict[frozenset[int], Pair]:
    keys = {
        meeting.theirs_id: _keys(meeting) for meeting in meetings if default and meeting.ours_id == default.pk
    }
    found: dict[frozenset[int], Pair] = {}
    for meeting in meetings:
        is_default = default is not None and meeting.ours_id == default.pk
        known = () if is_default else (*keys.get(meeting.ours_id, ()), *keys.get(meeting.theirs_id, ()))
        found[frozenset((meeting.ours_id, meeting.theirs_id))] = _pair(meeting, frozenset(known))
    return found


def _pair(meeting: Meeting, known: frozenset[str]) -> Pair:
    result = meeting.result
    objects = _objects(result, known)
    meeting.ours.project = meeting.theirs.project = meeting.project
    return Pair(
        id=meeting.pk,
        ours=meeting.ours,
        theirs=meeting.theirs,
        standing=_standing(meeting, objects),
        objects=objects,
        headline=meeting.error if meeting.state == State.ERROR else result.headline if result else "",
        since=meeting.since,
        is_active=meeting.state in ACTIVE,
    )


_OUTCOMES = {
    Outcome.REWRITTEN: Standing.REWRITTEN,
    Outcome.BROKEN: Standing.BROKEN,
    Outcome.UNUSABLE: Standing.BROKEN,
}


def _standing(meeting: Meeting, objects: Sequence[str]) -> Standing:
    result = meeting.result
    if meeting.state == State.ERROR:
        return Standing.ERROR
    if result is None:
        return Standing.WAITING
    if result.outcome == Outcome.CONFLICT:
        return Standing.COLLIDES if objects else Standing.INHERITED
    if result.outcome == Outcome.CLEAN:
        return Standing.ORDER if result.order_matters else Standing.CLEAN
    return _OUTCOMES[Outcome(result.outcome)]


def _objects(result: Merge | None, known: frozenset[str]) -> tuple[str, ...]:
    """What they collide on, each once."""
    if result is None or result.outcome != Outcome.CONFLICT:
        return ()
    return tuple(dict.fromkeys(each for key, each in result.collisions if key not in known))


def _keys(meeting: Meeting) -> tuple[str, ...]:
    """Keys of what a branch collides on with the default branch, chosen or not: another branch chose nothing."""
    return tuple(key for key, _ in meeting.merge.collisions) if meeting.merge else ()


def _ordered(branches: Iterable[Branch], pairs: Mapping[frozenset[int], Pair]) -> list[Branch]:
    counted: dict[int, int] = {}
    for pair in pairs.values():
        if pair.standing is Standing.COLLIDES:
            for branch in (pair.ours, pair.theirs):
                counted[branch.pk] = counted.get(branch.pk, 0) + 1
    return sorted(branches, key=lambda each: (-counted.get(each.pk, 0), each.name))


def _rank(pair: Pair) -> int:
    return list(Standing).index(pair.standing)


def _newest(pair: Pair) -> tuple[float, int]:
    return (-pair.since.timestamp() if pair.since else 0.0, pair.id)
