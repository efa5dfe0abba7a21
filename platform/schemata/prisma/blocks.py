"""Three-way merge of one block: its header, its members in one order, the comments around them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from schemata.prisma import members
from schemata.prisma.syntax import Block, Member
from schemata.sequences import merge_order

MemberKey = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class BlockConflict:
    """A part of a block that both sides changed; `member` is empty where one side deleted the whole block."""

    member: str
    part: members.PartConflict
    line_ours: int | None
    line_theirs: int | None


DecideBlock = Callable[[BlockConflict], members.Decision | None]


def undecided(found: BlockConflict) -> members.Decision | None:
    """Nobody has chosen anything."""
    return None


@dataclass(frozen=True, slots=True)
class MergedBlock:
    block: Block | None
    conflicts: tuple[BlockConflict, ...] = ()


def merge(
    base: Block | None, ours: Block | None, theirs: Block | None, decide: DecideBlock = undecided
) -> MergedBlock:
    """Merge the three versions of one block; None is absent."""
    texts = [block.text if block else None for block in (base, ours, theirs)]
    if texts[2] in (texts[0], texts[1]):
        return MergedBlock(ours)
    if texts[1] == texts[0]:
        return MergedBlock(theirs)
    if ours is None or theirs is None:
        return _deleted_against_changed(base, ours, theirs, decide)
    return _merge_members(base, ours, theirs, decide)


def keyed(block: Block | None) -> dict[MemberKey, Member]:
    """Members by key; the third part counts repetitions of a key, so that nothing is lost."""
    seen: Counter[tuple[str, str]] = Counter()
    found: dict[MemberKey, Member] = {}
    for member in block.members if block else ():
        kind, name = members.key(member)
        found[(kind, name, seen[kind, name])] = member
        seen[kind, name] += 1
    return found


def _deleted_against_changed(
    base: Block | None, ours: Block | None, theirs: Block | None, decide: DecideBlock
) -> MergedBlock:
    """A block that one side deleted: gone if the other only re-spaced it, else kept and a conflict."""
    kept = ours or theirs
    if base is not None and kept is not None and _meaning(base) == _meaning(kept):
        return MergedBlock(None)
    part = members.PartConflict(
        "", *(block.text.strip() if block else None for block in (base, ours, theirs))
    )
    conflict = BlockConflict("", part, ours.line if ours else None, theirs.line if theirs else None)
    decision = decide(conflict)
    if decision is None or decision.choose not in (members.OURS, members.THEIRS):
        return MergedBlock(kept, (conflict,))
    return MergedBlock(ours if decision.choose == members.OURS else theirs)


def _meaning(block: Block) -> list[tuple[MemberKey, dict[tuple[str, ...], str]]]:
    return [(key, members.parts(member)) for key, member in keyed(block).items()]


def _merge_members(base: Block | None, ours: Block, theirs: Block, decide: DecideBlock) -> MergedBlock:
    versions = [keyed(base), keyed(ours), keyed(theirs)]
    merged: dict[MemberKey, Member] = {}
    conflicts: list[BlockConflict] = []
    for key in dict.fromkeys([*versions[1], *versions[2], *versions[0]]):
        before, mine, other = (version.get(key) for version in versions)
        named = partial(_named, key, mine, other)
        result = members.merge(before, mine, other, partial(_decided, decide, named))
        conflicts += map(named, result.conflicts)
        if result.member is not None:
            merged[key] = result.member
    before_keys, our_keys, their_keys = (list(version) for version in versions)
    order = merge_order(before_keys, our_keys, their_keys, merged)
    block = replace(
        ours,
        leading=_merge_text(base.leading if base else None, ours.leading, theirs.leading),
        header=_merge_text(base.header if base else None, ours.header, theirs.header),
        members=tuple(merged[key] for key in order),
        tail=_merge_text(base.tail if base else None, ours.tail, theirs.tail),
        closing=_merge_text(base.closing if base else None, ours.closing, theirs.closing),
    )
    return MergedBlock(block, tuple(conflicts))


def _named(
    key: MemberKey, mine: Member | None, other: Member | None, part: members.PartConflict
) -> BlockConflict:
    name = key[1] if key[0] == "member" else f"{key[0]}({key[1]})" if key[1] else key[0]
    return BlockConflict(name, part, mine.line if mine else None, other.line if other else None)


def _decided(
    decide: DecideBlock, named: Callable[[members.PartConflict], BlockConflict], part: members.PartConflict
) -> members.Decision | None:
    return decide(named(part))


def _merge_text(base: str | None, ours: str, theirs: str) -> str:
    """Comments and spacing: theirs only where ours left them alone."""
    return theirs if ours == base else ours
