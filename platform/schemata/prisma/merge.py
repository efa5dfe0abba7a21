"""Three-way merge of a schema's files as syntax trees.

Blocks meet by kind and name, whichever file they stand in; within a block,
members meet by name. Comments, order and spacing of the side that is taken stay
as written. What cannot be decided is a conflict that names block, member and
part, and the merged text keeps ours there.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from schemata.prisma import blocks, references
from schemata.prisma.members import OURS, THEIRS, Decision
from schemata.prisma.parse import parse
from schemata.prisma.syntax import Block, Document, Problem
from schemata.sequences import merge_order

# What ids of these conflicts begin with, so that they are told from those of the database.
CONFLICT_ID = "file-"
BlockKey = tuple[str, str, int]
Files = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileConflict:
    """One thing that both sides changed differently; absent versions are None.

    `block` reads like `model User`, empty for the file as a whole; `member` is a field, value
    or attribute of it, empty for the block as a whole; `part` is `type`, `@default 0`, `comment`
    and so on, empty for the member as a whole. `follows`: it is about what is in conflict in the database
    as well, and what people choose there settles it.
    """

    path: str
    block: str
    member: str
    part: str
    base: str | None
    ours: str | None
    theirs: str | None
    line_ours: int | None = None
    line_theirs: int | None = None
    message: str = ""
    follows: bool = False

    @property
    def id(self) -> str:
        """Stable while the three versions stay as they are, wherever in the file they stand."""
        message = self.message if self.block else self.path
        said = (self.block, self.member, self.part, self.base, self.ours, self.theirs, message)
        return CONFLICT_ID + hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    @property
    def options(self) -> tuple[str, ...]:
        """What can be chosen; a reference that leads nowhere has no side to choose."""
        if not self.block:
            return (OURS, THEIRS, "value")
        if self.message:
            return ()
        return (OURS, THEIRS, "value") if self.member else (OURS, THEIRS)


Decide = Callable[[FileConflict], Decision | None]
# The side that a block (kind, name) is taken from as a whole, None where it is merged.
Whole = Callable[[str, str], str | None]


def undecided(found: FileConflict) -> Decision | None:
    """Nobody has chosen anything."""
    return None


def merged_by_parts(kind: str, name: str) -> str | None:
    """No block is taken from one side alone."""
    return None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A side whose file does not parse, so nothing can be said about a merge."""

    side: str
    path: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class MergedSchema:
    """The merged files by path; `conflicts` empty and `unreadable` empty means that they can be trusted.

    `settled` are conflicts that are none any more because people chose about the files themselves.
    """

    files: tuple[tuple[str, str], ...]
    conflicts: tuple[FileConflict, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    settled: tuple[FileConflict, ...] = ()


@dataclass(frozen=True, slots=True)
class _Side:
    documents: dict[str, Document]
    found: dict[BlockKey, tuple[str, Block]]

    def block(self, key: BlockKey) -> Block | None:
        return self.found[key][1] if key in self.found else None

    def path(self, key: BlockKey) -> str | None:
        return self.found[key][0] if key in self.found else None

    def blocks(self) -> list[Block]:
        return [block for _path, block in self.found.values()]


def merge_schemas(
    base: Files, ours: Files, theirs: Files, *, decide: Decide = undecided, whole: Whole = merged_by_parts
) -> MergedSchema:
    """Merge the schema files (path -> text) of two sides over their common base.

    `decide` is asked about each conflict and gives what settles it, or None to leave it; `whole` names
    blocks that are one side's.

    Laws: merge(b, x, x) = x, merge(b, b, x) = x and merge(b, x, b) = x, byte for
    byte. A side with problems makes the result unreadable rather than guessed.
    """
    if dict(ours) == dict(theirs) or dict(theirs) == dict(base):
        return MergedSchema(tuple(sorted(ours.items())))
    if dict(ours) == dict(base):
        return MergedSchema(tuple(sorted(theirs.items())))
    sides = [_read(files) for files in (base, ours, theirs)]
    unreadable = tuple(_problems(sides))
    if unreadable:
        return MergedSchema(tuple(sorted(ours.items())), unreadable=unreadable)
    return _merge(*sides, decide=decide, whole=whole)


def _read(files: Files) -> _Side:
    documents = {path: parse(files[path]) for path in sorted(files)}
    found: dict[BlockKey, tuple[str, Block]] = {}
    copies: Counter[tuple[str, str]] = Counter()
    for path, document in documents.items():
        for block in document.blocks:
            found[block.kind, block.name, copies[block.kind, block.name]] = (path, block)
            copies[block.kind, block.name] += 1
    return _Side(documents, found)


def _problems(sides: list[_Side]) -> list[Unreadable]:
    names = ("base", "ours", "theirs")
    return [
        Unreadable(name, path, problem)
        for name, side in zip(names, sides, strict=True)
        for path, document in side.documents.items()
        for problem in document.problems
    ]


def _merge(base: _Side, ours: _Side, theirs: _Side, *, decide: Decide, whole: Whole) -> MergedSchema:
    merged: dict[BlockKey, tuple[str, Block]] = {}
    conflicts: list[FileConflict] = []
    for key in dict.fromkeys([*ours.found, *theirs.found, *base.found]):
        alone = {OURS: ours, THEIRS: theirs}.get(whole(*key[:2]) or "")
        if alone:
            merged |= {key: alone.found[key]} if key in alone.found else {}
            continue
        path = _choose(base.path(key), ours.path(key), theirs.path(key)) or ""
        decided = partial(_decided, decide, path, key)
        result = blocks.merge(base.block(key), ours.block(key), theirs.block(key), decided)
        conflicts += [_in_file(path, key, conflict) for conflict in result.conflicts]
        if result.block is not None:
            merged[key] = (path, result.block)
    conflicts = conflicts or _newly_broken(merged, ours, theirs)
    return MergedSchema(_written(base, ours, theirs, merged), tuple(conflicts))


def _decided(decide: Decide, path: str, key: BlockKey, found: blocks.BlockConflict) -> Decision | None:
    return decide(_in_file(path, key, found))


def _choose(base: str | None, ours: str | None, theirs: str | None) -> str | None:
    """One attribute three-way; ours where both changed it, the other where one side is absent."""
    if ours is None or theirs is None:
        return ours if theirs is None else theirs
    return theirs if ours == base else ours


def _in_file(path: str, key: BlockKey, found: blocks.BlockConflict) -> FileConflict:
    part = found.part
    block = f"{key[0]} {key[1]}"
    return FileConflict(
        path,
        block,
        found.member,
        part.part,
        part.base,
        part.ours,
        part.theirs,
        found.line_ours,
        found.line_theirs,
    )


def _newly_broken(
    merged: dict[BlockKey, tuple[str, Block]], ours: _Side, theirs: _Side
) -> list[FileConflict]:
    """References that hold on each side but not in the merge; asked only where nothing is left to choose."""
    known = references.broken(ours.blocks()) | references.broken(theirs.blocks())
    # A member that was put together from both sides is text until it is read again.
    found = references.broken(block for _path, each in merged.values() for block in parse(each.text).blocks)
    found -= known
    paths = {key[:2]: path for key, (path, _block) in merged.items()}
    return [
        FileConflict(
            paths[item.block], " ".join(item.block), item.member, "", None, None, None, message=item.message
        )
        for item in sorted(found, key=lambda item: (item.block, item.member, item.message))
    ]


def _written(
    base: _Side, ours: _Side, theirs: _Side, merged: dict[BlockKey, tuple[str, Block]]
) -> tuple[tuple[str, str], ...]:
    paths = {path for path, _block in merged.values()}
    kept = {path for path in ours.documents if path in theirs.documents or path not in base.documents}
    kept |= {path for path in theirs.documents if path not in base.documents}
    return tuple((path, _file(path, base, ours, theirs, merged)) for path in sorted(paths | kept))


def _file(
    path: str, base: _Side, ours: _Side, theirs: _Side, merged: dict[BlockKey, tuple[str, Block]]
) -> str:
    kept = {key for key, (where, _block) in merged.items() if where == path}
    before, mine, other = (
        [key for key, (where, _block) in side.found.items() if where == path] for side in (base, ours, theirs)
    )
    text = ""
    for key in merge_order(before, mine, other, kept):
        text = _appended(text, merged[key][1].text)
    tails = (side.documents[path].tail if path in side.documents else None for side in (base, ours, theirs))
    return text + (_choose(*tails) or "")


def _appended(text: str, block: str) -> str:
    """Blocks never share a line, and a block put after another has an empty line before it."""
    if text and not text.endswith("\n"):
        text += "\n"
    if text and block and not block.startswith(("\n", "\r", " ", "\t", "/")):
        text += "\n"
    return text + block
