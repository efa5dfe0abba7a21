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
    from a migration of theirs to the one of ours that has the same text.
    """

    trunk: tuple[Migration, ...]
    ours: tuple[Migration, ...]
    theirs: tuple[Migration, ...]
    shared: int = 0
    edited_twice: tuple[EditedTwice, ...] = ()
    clashes: frozenset[str] = frozenset()
    edited: tuple[str, ...] = ()
    repeats: Mapping[str, str] | None = None

    def unshared(self) -> "Meeting":
        """The same, with what both added alike counted to each side instead of the trunk."""
        if not self.shared:
            return self
        trunk, common = self.trunk[: -self.shared], self.trunk[-self.shared :]
        return replace(
            self, trunk=trunk, ours=(*common, *self.ours), theirs=(*common, *self.theirs), shared=0
        )


def meet(base: History, ours: History, theirs: History) -> Meeting:
    """Sort the migrations of three commits; nothing is run."""
    known, mine, other = (_by_name(history) for history in (base, ours, theirs))
    renamed = _renames(known, mine) | _renames(known, other)
    moved = set(renamed.values())
    kept = tuple(_kept(known, mine, other, renamed))
    new_ours = [m for m in ours.migrations if m.name not in known and m.name not in moved]
    new_theirs = [m for m in theirs.migrations if m.name not in known and m.name not in moved]
    alike = {m.name for m in new_ours if m.name in other and other[m.name].hash == m.hash}
    common = tuple(m for m in new_ours if m.name in alike)
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
    )


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
