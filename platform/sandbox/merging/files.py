"""A proved merge on its way back into files: schema files merged, and what to write where."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sandbox.merging.values import MergeResult
from schemata.catalog import Address, Kind
from schemata.history import History
from schemata.landing import Landed, Landing, Trees, land
from schemata.merge import Conflict, ConflictKind
from schemata.merge.resolutions import Resolution
from schemata.prisma import CONFLICT_ID, Decision, FileConflict, MergedSchema, merge_schemas
from schemata.prisma.carrying import Moves, carry_names, moves
from schemata.prisma.following import Answer, Following
from schemata.prisma.members import OURS, THEIRS
from schemata.prisma.merge import merged_by_parts
from schemata.prisma.renaming import rename, rename_value
from schemata.prisma.settling import settle_drops

# What one block of a schema file says as a whole.
WHOLE_BLOCKS = frozenset({Kind.TABLE, Kind.ENUM})
DROPS = frozenset({ConflictKind.DROPPED_CHANGED, ConflictKind.DROPPED_USED})
Files = Mapping[str, str]


def merged_schema(
    base: History,
    ours: History,
    theirs: History,
    result: MergeResult | None = None,
    choices: Mapping[str, Resolution] | None = None,
) -> MergedSchema | None:
    """The schema files of both sides merged; None where the layout has none.

    What people chose about the database (`result.settled`) the files follow; `choices` may answer their
    own conflicts as well, by id.
    """
    files: list[Files] = [
        {file.path: file.text for file in side.schema_files} for side in (base, ours, theirs)
    ]
    if not any(files):
        return None
    names = _moves(result)
    files[:] = carry_names(files, *names) if names else files
    files[2] = _under_new_names(files[2], result)
    files[:] = _with_settled_drops(files, result)
    files[1], files[2] = _with_agreed_values(files[1], files[2], result)
    following = _following(files[1], files[2], result)
    settled: list[FileConflict] = []

    def decide(found: FileConflict) -> Decision | None:
        own = (choices or {}).get(found.id)
        if own and own.choose in found.options:
            settled.append(found)
            return Decision(own.choose, None if own.value is None else str(own.value))
        return following(found) if following else None

    whole = following.whole if following else merged_by_parts
    merged = replace(merge_schemas(*files, decide=decide, whole=whole), settled=tuple(settled))
    waiting = _waiting(files[1], files[2], result)
    if waiting is None:
        return merged
    told = tuple(replace(each, follows=waiting(each) is not None) for each in merged.conflicts)
    return replace(merged, conflicts=told)


def _moves(result: MergeResult | None) -> tuple[Moves, Moves] | None:
    if result is None or result.base is None or result.ours is None or result.theirs is None:
        return None
    return moves(result.base, result.ours), moves(result.base, result.theirs)


def _with_settled_drops(files: Sequence[Files], result: MergeResult | None) -> Sequence[Files]:
    """The files where people chose between dropping something and using it."""
    if result is None or result.merged is None or result.ours is None or result.theirs is None:
        return files
    if not any(each.conflict.kind in DROPS for each in result.settled):
        return files
    return settle_drops(files, result.ours, result.theirs, result.merged.catalog)


def _following(
    ours: Mapping[str, str], theirs: Mapping[str, str], result: MergeResult | None
) -> Following | None:
    if result is None or result.merged is None or not result.settled:
        return None
    answers = tuple(_answer(each.conflict, each.choice.choose) for each in result.settled)
    return Following(ours, theirs, answers, result.merged.catalog, _were(result))


def _under_new_names(theirs: Mapping[str, str], result: MergeResult | None) -> Mapping[str, str]:
    """Theirs' files where people keep both of one name: what theirs made goes on under another."""
    for each in result.settled if result else ():
        if each.choice.choose == "both" and each.choice.name:
            theirs = rename(theirs, each.conflict.at, each.choice.name)
    return theirs


def _with_agreed_values(
    ours: Mapping[str, str], theirs: Mapping[str, str], result: MergeResult | None
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Both sides' files with the name that people chose for an enum's value to which each gave another."""
    for each in result.settled if result else ():
        found, choose = each.conflict, each.choice.choose
        if found.kind != ConflictKind.RENAMED or found.at.kind != Kind.ENUM or not found.attribute:
            continue
        if choose == OURS:
            theirs = rename_value(theirs, found.at, str(found.theirs), str(found.ours))
        elif choose == THEIRS:
            ours = rename_value(ours, found.at, str(found.ours), str(found.theirs))
    return ours, theirs


def _waiting(
    ours: Mapping[str, str], theirs: Mapping[str, str], result: MergeResult | None
) -> Following | None:
    """Tells which conflicts of the files the answers to those of the database will settle."""
    if result is None or result.merged is None:
        return None
    opened = tuple(_answer(each.conflict, OURS) for each in result.conflicts if each.conflict)
    return Following(ours, theirs, opened, result.merged.catalog, _were(result)) if opened else None


def _were(result: MergeResult) -> Mapping[Address, Address]:
    """What a side calls otherwise than the base, by its address now."""
    found = (pair for each in _moves(result) or () for pair in each.items())
    return {now: before for before, now in found if now != before}


def _answer(found: Conflict, choose: str) -> Answer:
    named = {found.at, *found.uses, *([found.other] if found.other else [])}
    is_of_two = found.kind == ConflictKind.ADDED and found.at.kind in WHOLE_BLOCKS
    return Answer(frozenset(named), found.attribute, choose, is_of_two)


def of_the_database(choices: Mapping[str, Resolution]) -> dict[str, Resolution]:
    """The choices that are not about schema files."""
    return {key: choice for key, choice in choices.items() if not key.startswith(CONFLICT_ID)}


def landed_files(
    trees: Trees,
    base: History,
    ours: History,
    theirs: History,
    result: MergeResult,
    schema: MergedSchema | None,
) -> Landed:
    """What to write into ours' tree for a clean or rewritten merge to land. Raises LandingError.

    Schema files with conflicts are left as ours has them.
    """
    files = dict(schema.files) if schema and not (schema.conflicts or schema.unreadable) else {}
    landings = [Landing(each.name, each.sql, each.replaces) for each in result.migrations]
    return land(trees, base, ours, theirs, landings, files)
