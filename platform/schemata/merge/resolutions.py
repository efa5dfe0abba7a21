"""What people chose -> the merge that follows from it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemata.catalog import Address, Catalog, Kind
from schemata.merge.catalogs import merge
from schemata.merge.conflicts import Choice, Conflict, ConflictKind, Merged
from schemata.merge.revision import ResolutionError, Revision
from schemata.merge.sides import read_side
from schemata.merge.spaces import Space, merge_names
from schemata.merge.uses import Lifted
from schemata.render.typed import as_shown


@dataclass(frozen=True, slots=True)
class Resolution:
    """One answer. `name` is for `both` and for a rename, `value` for an attribute, `sql` is the pipeline's."""

    choose: str
    name: str = ""
    value: Any = None
    sql: str = ""


def resolve(
    merged: Merged, base: Catalog, ours: Catalog, theirs: Catalog, choices: Mapping[str, Resolution]
) -> Merged:
    """The merge of the same three catalogs with these conflicts (by id) settled.

    What has no answer, or `sql` for one, stays a conflict. An answer can bring up a
    conflict that stood behind the first: its answer may be among the same choices.
    Raises `ResolutionError` for ids that never come up and answers that are not offered.
    """
    accepted: set[str] = set()
    waiting, before = dict(choices), ours
    while answered := [found for found in merged.conflicts if found.id in waiting]:
        _check(answered, waiting)
        sides, repeats = _Sides.of(base, ours, theirs), _by_leader(merged)
        for conflict in answered:
            choice = waiting.pop(conflict.id)
            for each in (
                conflict,
                *(each for each in repeats.get(conflict.id, ()) if _is_like(each, conflict)),
            ):
                accepted |= sides.apply(each, choice)
        ours, theirs = sides.ours.catalog(), sides.theirs.catalog()
        again = merge(base, ours, theirs)
        merged = replace(
            again, conflicts=tuple(found for found in again.conflicts if found.id not in accepted)
        )
    if waiting:
        raise ResolutionError(tuple(f"{key}: there is no such conflict" for key in sorted(waiting)))
    return _with_what_came_back(merged, before, ours)


def _with_what_came_back(merged: Merged, before: Catalog, ours: Catalog) -> Merged:
    """The merge for a database that lost what people want back: there it is made anew, and nothing more is lost."""
    back = ours.by_identity.keys() - before.by_identity.keys()
    if not back:
        return merged
    base = merged.base
    known = {at: who for at, who in base.identities.items() if who.key not in back}
    return replace(merged, base=Catalog(base.objects, known, base.dependencies, base.postgres))


def _by_leader(merged: Merged) -> Mapping[str, list[Conflict]]:
    found: dict[str, list[Conflict]] = {}
    for each, leader in merged.repeats:
        found.setdefault(leader, []).append(each)
    return found


def _is_like(repeat: Conflict, leader: Conflict) -> bool:
    """Whether the leader's answer fits what follows from it: the same default on a partition."""
    return repeat.kind == leader.kind != ConflictKind.NAME


def _check(answered: Iterable[Conflict], choices: Mapping[str, Resolution]) -> None:
    problems = tuple(filter(None, (_problem(found, choices[found.id]) for found in answered)))
    if problems:
        raise ResolutionError(problems)


def _problem(conflict: Conflict, choice: Resolution) -> str:
    key = conflict.id
    offered = ", ".join(each.value for each in conflict.options)
    if choice.choose not in set(conflict.options):
        return f"{key} ({conflict.at}): {choice.choose!r} is not offered, only {offered}"
    needs_name = choice.choose == Choice.BOTH and conflict.kind != ConflictKind.NULLABILITY
    if needs_name and not choice.name:
        return f"{key} ({conflict.at}): both needs the name under which theirs goes on"
    if choice.choose == Choice.VALUE and choice.value is None and not choice.name:
        return f"{key} ({conflict.at}): value needs the value"
    return ""


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both sides, open for editing."""

    ours: Revision
    theirs: Revision

    @staticmethod
    def of(base: Catalog, ours: Catalog, theirs: Catalog) -> "_Sides":
        sides = {"ours": read_side(base, ours), "theirs": read_side(base, theirs)}
        renames = merge_names(sides["ours"], sides["theirs"])
        mine, other = (Revision(Lifted(name, side, Space(renames, side))) for name, side in sides.items())
        return _Sides(mine, other)

    def apply(self, conflict: Conflict, choice: Resolution) -> set[str]:
        """Edit the side that gives way; returns ids of conflicts that are accepted as they are."""
        if choice.choose == Choice.SQL:
            return set()
        if choice.choose == Choice.BOTH and conflict.kind == ConflictKind.NULLABILITY:
            return {conflict.id}
        if choice.choose == Choice.VALUE:
            self._set_value(conflict, choice)
        elif choice.choose == Choice.BOTH:
            self._rename_theirs(conflict, choice.name)
        else:
            winner, loser = (
                (self.ours, self.theirs) if choice.choose == Choice.OURS else (self.theirs, self.ours)
            )
            is_user = conflict.user == choice.choose
            _GIVE_WAY[conflict.kind](conflict, winner, loser, is_user)
        return set()

    def _set_value(self, conflict: Conflict, choice: Resolution) -> None:
        value = _as_shown(conflict, choice.value if choice.value is not None else choice.name)
        for side in (self.ours, self.theirs):
            if conflict.kind == ConflictKind.ATTRIBUTE:
                side.give(side.now(conflict.at), conflict.attribute, value)
            elif conflict.kind == ConflictKind.RENAMED_USED:
                side.give(_holder(conflict, side), "body", value)
            elif conflict.attribute == "name":
                at = side.now(conflict.at)
                if at:
                    side.rename(at, str(value))
            else:
                label = conflict.ours if side is self.ours else conflict.theirs
                side.relabel(conflict.at, label, str(value))

    def _rename_theirs(self, conflict: Conflict, name: str) -> None:
        if conflict.at.kind == Kind.ENUM and conflict.attribute and conflict.kind == ConflictKind.NAME:
            self.theirs.relabel(conflict.at, conflict.attribute, name)
            return
        at = _holder(conflict, self.theirs)
        if at:
            self.theirs.rename(at, name)


def _as_shown(conflict: Conflict, value: Any) -> Any:
    """A type in the spelling that the catalog that is reached will have."""
    if not (conflict.is_of_type and isinstance(value, str)):
        return value
    try:
        return as_shown(value)
    except ValueError as error:
        raise ResolutionError((f"{conflict.id} ({conflict.at}): {error}",)) from error


GiveWay = Callable[[Conflict, Revision, Revision, bool], None]


def _holder(conflict: Conflict, side: Revision) -> Address | None:
    """What this side has under the disputed name."""
    told = conflict.ours if side.name == "ours" else conflict.theirs
    if told in ("old", "new"):
        return (side.made if told == "new" else side.altered).get(conflict.at)
    places = (conflict.at, *([conflict.other] if conflict.other else []))
    found = [at for at in places if at in side.merged]
    meant = [at for at in found if str(at) == told] or found
    return side.merged[meant[0]] if meant else None


def _attribute(conflict: Conflict, winner: Revision, loser: Revision, is_user: bool) -> None:
    names = ("identity", "default") if conflict.attribute == "identity" else (conflict.attribute,)
    loser.undo(conflict.at, *names)


def _added(conflict: Conflict, winner: Revision, loser: Revision, is_user: bool) -> None:
    at = loser.merged.get(conflict.at)
    kept = winner.merged.get(conflict.at)
    if at and kept:
        loser.yield_to(at, winner, kept)


def _renamed(conflict: Conflict, winner: Revision, loser: Revision, is_user: bool) -> None:
    if conflict.attribute == "name":
        loser.name_like(winner, conflict.at)
    else:
        label, wanted = (side.label(conflict.at, conflict.attribute) for side in (loser, winner))
        is_free = not loser.has_value(conflict.at, wanted)
        loser.relabel(conflict.at, label, wanted if is_free else conflict.attribute)


def _dropped(conflict: Conflict, winner: Revision, loser: Revision, is_user: bool) -> None:
    if conflict.attribute:
        _value_dropped(conflict, winner, loser, is_user)
    elif is_user:
        loser.restore(conflict.at)
    else:
        for at in conflict.uses:
            if at in loser.merged:
                loser.withdraw(loser.merged[at], winner.side.dropped)
        now = loser.now(conflict.at)
        if now:
            loser.drop(now, gone=winner.side.dropped)


def _value_dropped(conflict: Conflict, winner: Revision, loser: Revision, is_user: bool) -> None:
    """A value renamed on one side and removed on the other: whoever has it still wins or loses it."""
    has_it = loser.label(conflict.at, conflict.attribute)
    if has_it:
        loser.relabel(conflict.at, has_it, None)
    else:
        loser.put_value(conflict.at, conflict.attribute)


def _name_used(conflict: Conflict, winner: Revision, loser: Revision, is_user: bool) -> None:
    """A renaming, or the removal of a value, against texts that use the old name."""
    if not is_user:
        for at in conflict.uses:
            if at in loser.merged:
                loser.withdraw(loser.merged[at])
    elif conflict.kind == ConflictKind.VALUE_USED:
        loser.put_value(conflict.at, conflict.attribute)
    elif conflict.attribute:
        loser.relabel(conflict.at, loser.label(conflict.at, conflict.attribute), conflict.attribute)
    else:
        loser.unname(conflict.at)


def _name(conflict: Conflict, winner: Revision, loser: Revision, is_user: bool) -> None:
    if conflict.attribute:
        is_old = loser.label(conflict.at, conflict.attribute, by_label=True)
        loser.relabel(conflict.at, conflict.attribute, is_old or None)
        return
    at = _holder(conflict, loser)
    origin = loser.side.origin(at) if at else None
    if at and origin is None:
        loser.drop(at)
    elif origin:
        loser.unname(origin)


def _keys(conflict: Conflict, winner: Revision, loser: Revision, is_user: bool) -> None:
    for at in conflict.uses:
        if at not in loser.merged:
            continue
        if at in winner.merged:
            loser.yield_to(loser.merged[at], winner, winner.merged[at])
        else:
            loser.drop(loser.merged[at])


def _nullability(conflict: Conflict, winner: Revision, loser: Revision, is_user: bool) -> None:
    if conflict.other and conflict.other in loser.made:
        loser.drop(loser.made[conflict.other])
    elif conflict.at in loser.base.objects:
        loser.undo(conflict.at, "not_null", "default", "identity")
    else:
        for side in (winner, loser):
            side.give(side.made.get(conflict.at), "not_null", True)


__all__ = ["Resolution", "ResolutionError", "resolve"]
_GIVE_WAY: Mapping[ConflictKind, GiveWay] = {
    ConflictKind.ATTRIBUTE: _attribute,
    ConflictKind.ADDED: _added,
    ConflictKind.RENAMED: _renamed,
    ConflictKind.DROPPED_CHANGED: _dropped,
    ConflictKind.DROPPED_USED: _dropped,
    ConflictKind.RENAMED_USED: _name_used,
    ConflictKind.VALUE_USED: _name_used,
    ConflictKind.NAME: _name,
    ConflictKind.KEYS: _keys,
    ConflictKind.NULLABILITY: _nullability,
}
