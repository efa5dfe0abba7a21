"""Three histories -> what both sides begin with, and what each adds to it.

Migrations meet by name. What one side did to a migration of the base (an edit, a
new name, a removal) is taken over as git would; what both sides added alike
belongs to the beginning that they share.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from schemata.history import History, Migration


@dataclass(frozen=True, slots=True)
class EditedTwice:
    """A migration of the base that both sides changed, each in its own way; None where a side removed it."""

    name: str
    ours: Migration | None
    theirs: Migration | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two sides over their base, as lists of migrations.

    `trunk` is what both run first. `ours` and `theirs` are what each adds after
    it, in its own order. `shared` of the trunk's last migrations are not the base's
    but were added alike by both. `edited_twice` cannot be merged by anybody but
    people. `clashes` are names that both sides gave to different texts. `edited` are
    names of base migrations that one side changed, renamed or removed. `repeats` leads
    from a migration of theirs to the one of ours that has the same text. `whole_ours`
    and `whole_theirs` are only given where a side is more than the trunk with what it
    adds. `parted`: the trunk ends where any two of the three first differ (`part`).
    """

    trunk: tuple[Migration, ...]
    ours: tuple[Migration, ...]
    theirs: tuple[Migration, ...]
    shared: int = 0
    edited_twice: tuple[EditedTwice, ...] = ()
    clashes: frozenset[str] = frozenset()
    edited: tuple[str, ...] = ()
    repeats: Mapping[str, str] | None = None
    whole_ours: tuple[Migration, ...] = ()
    whole_theirs: tuple[Migration, ...] = ()
    parted: bool = False

    @property
    def runs_ours(self) -> tuple[Migration, ...]:
        """What is run after the trunk to get to ours."""
        return self.whole_ours or self.ours

    @property
    def runs_theirs(self) -> tuple[Migration, ...]:
        """What is run after the trunk to get to theirs."""
        return self.whole_theirs or self.theirs

    def with_theirs(self, old: Migration, new: Migration) -> "Meeting":
        """The same with one migration of theirs replaced."""
        lists = (self.theirs, self.whole_theirs)
        theirs, whole = (tuple(new if each is old else each for each in side) for side in lists)
        return replace(self, theirs=theirs, whole_theirs=whole)


def meet(base: History, ours: History, theirs: History, *, share: bool = True) -> Meeting:
    """Sort the migrations of three commits; nothing is run.

    Without `share`, what both added alike is run on each side, in its own order, for
    it may stand on what only that side has; it is still no side's own.
    """
    known, mine, other = (_by_name(history) for history in (base, ours, theirs))
    renamed = _renames(known, mine) | _renames(known, other)
    moved = set(renamed.values())
    kept = tuple(_kept(known, mine, other, renamed))
    new_ours = [m for m in ours.migrations if m.name not in known and m.name not in moved]
    new_theirs = [m for m in theirs.migrations if m.name not in known and m.name not in moved]
    alike = {m.name for m in new_ours if m.name in other and other[m.name].hash == m.hash}
    common = tuple(m for m in new_ours if m.name in alike) if share else ()
    added = tuple(m for m in new_ours if m.name not in alike)
    return Meeting(
        trunk=(*kept, *common),
        ours=added,
        theirs=tuple(m for m in new_theirs if m.name not in alike),
        shared=len(common),
        edited_twice=tuple(_edited_twice(known, mine, other)),
        clashes=frozenset(m.name for m in added if m.name in other),
        edited=tuple(_edited(known, mine, other)),
        repeats=_repeats(added, new_theirs),
        whole_ours=() if share else tuple(new_ours),
        whole_theirs=() if share else tuple(new_theirs),
    )


def part(base: History, ours: History, theirs: History) -> Meeting:
    """The same three commits as two histories that went apart where they first differ.

    For when a side changed what had landed so that a database which ran it can't
    follow: then each side is taken as it stands, and what theirs has and ours has not
    is what must land.
    """
    found = meet(base, ours, theirs)
    length = _shared_length(base, ours, theirs)
    mine, other = ours.migrations[length:], theirs.migrations[length:]
    texts = [{migration.hash for migration in side} for side in (mine, other)]
    return Meeting(
        trunk=base.migrations[:length],
        ours=tuple(m for m in mine if m.hash not in texts[1]),
        theirs=tuple(m for m in other if m.hash not in texts[0]),
        edited_twice=found.edited_twice,
        clashes=frozenset(m.name for m in mine) & {m.name for m in other if m.hash not in texts[0]},
        edited=found.edited,
        repeats=found.repeats,
        whole_ours=mine,
        whole_theirs=other,
        parted=True,
    )


def _shared_length(*histories: History) -> int:
    """How many migrations all of them begin with."""
    columns = zip(*(history.migrations for history in histories), strict=False)
    shortest = min(len(history.migrations) for history in histories)
    alike = (len({migration.hash for migration in column}) == 1 for column in columns)
    return next((place for place, same in enumerate(alike) if not same), shortest)


def _by_name(history: History) -> dict[str, Migration]:
    return {migration.name: migration for migration in history.migrations}


def _renames(known: Mapping[str, Migration], side: Mapping[str, Migration]) -> dict[str, str]:
    """Base migrations that a side keeps under another name only: the old name and the new."""
    texts = {m.hash: m.name for m in side.values() if m.name not in known and m.text.strip()}
    gone = (m for name, m in known.items() if name not in side)
    return {m.name: texts[m.hash] for m in gone if m.hash in texts}


def _kept(
    known: Mapping[str, Migration],
    ours: Mapping[str, Migration],
    theirs: Mapping[str, Migration],
    renamed: Mapping[str, str],
) -> Iterator[Migration]:
    """The base as git would merge it file by file."""
    for name, before in known.items():
        if name in renamed:
            yield replace(before, name=renamed[name])
        elif name in ours and name in theirs:
            yield ours[name] if ours[name].hash != before.hash else theirs[name]


def _edited_twice(
    known: Mapping[str, Migration], ours: Mapping[str, Migration], theirs: Mapping[str, Migration]
) -> Iterator[EditedTwice]:
    for name, before in known.items():
        mine, other = ours.get(name), theirs.get(name)
        versions = [None if each is None else each.hash for each in (mine, other)]
        if before.hash not in versions and versions[0] != versions[1]:
            yield EditedTwice(name, mine, other)


def _edited(
    known: Mapping[str, Migration], ours: Mapping[str, Migration], theirs: Mapping[str, Migration]
) -> Iterator[str]:
    for name, before in known.items():
        for side in (ours, theirs):
            if name not in side or side[name].hash != before.hash:
                yield name
                break


def _repeats(ours: tuple[Migration, ...], theirs: list[Migration]) -> dict[str, str]:
    texts = {m.hash: m.name for m in ours if m.text.strip()}
    return {m.name: texts[m.hash] for m in theirs if m.hash in texts and texts[m.hash] != m.name}
