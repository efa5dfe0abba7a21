"""Three-way merge of one member of a block: a field, enum value, block attribute or property.

A member is seen as parts (type, each attribute, each argument, comment); a part
that one side changed is taken, one that both changed differently is a conflict.
Text is kept as written wherever a whole member comes from one side.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from schemata.prisma import render
from schemata.prisma.syntax import (
    Attribute,
    BlockAttribute,
    EnumValue,
    Field,
    FieldType,
    Member,
    Property,
)

OURS = "ours"
THEIRS = "theirs"
UNIQUE_ATTRIBUTES = frozenset({"id", "map", "schema", "ignore"})
Parts = Mapping[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class PartConflict:
    """Both sides changed one part of a member; an absent part is None."""

    part: str
    base: str | None
    ours: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What settles a conflict: a side's version (`choose` is `ours` or `theirs`), or `value` in its place."""

    choose: str
    value: str | None = None

    def of(self, ours: str | None, theirs: str | None) -> str | None:
        return {OURS: ours, THEIRS: theirs}.get(self.choose, self.value)


DecidePart = Callable[[PartConflict], Decision | None]


def undecided(found: PartConflict) -> Decision | None:
    """Nobody has chosen anything."""
    return None


@dataclass(frozen=True, slots=True)
class MergedMember:
    """The member to write, or None where it is gone, and what could not be merged."""

    member: Member | None
    conflicts: tuple[PartConflict, ...] = ()


def key(member: Member) -> tuple[str, str]:
    """What makes two members of one block the same: kind and name, for indexes their fields."""
    match member:
        case Field(name=name) | EnumValue(name=name) | Property(name=name):
            return ("member", name)
        case BlockAttribute(attribute=attribute):
            fields = attribute.argument("fields", 0)
            single = attribute.name in UNIQUE_ATTRIBUTES or fields is None
            return (f"@@{attribute.name}", "" if single or fields is None else render.expression(fields))
        case _:
            return ("text", member.text.strip())


def parts(member: Member) -> dict[tuple[str, ...], str]:
    """The member's meaning, part by part; spacing is not in it."""
    match member:
        case Field():
            native, others = _native(member.attributes)
            return _field_type(member.type, native) | _attributes("@", others, member.comment)
        case EnumValue():
            return _attributes("@", member.attributes, member.comment)
        case BlockAttribute():
            return _attributes("@@", (member.attribute,), member.comment)
        case Property():
            value = render.expression(member.value) if member.value is not None else ""
            return {("value",): value} | _comment(member.comment)
        case _:
            return {("text",): member.text.strip()}


def merge(
    base: Member | None, ours: Member | None, theirs: Member | None, decide: DecidePart = undecided
) -> MergedMember:
    """Merge one member's three versions; None is absent.

    Conflicts that `decide` leaves keep ours, or the side that still has it.
    """
    same = _one_sided(base, ours, theirs)
    if same is not None:
        return same
    if ours is None or theirs is None:
        return _deleted_against_changed(base, ours, theirs, decide)
    merged, conflicts = merge_parts(parts(base) if base else None, parts(ours), parts(theirs), decide)
    same_as = next((side for side in (ours, theirs) if parts(side) == merged), None)
    text = same_as.text if same_as else _written(ours, merged)
    return MergedMember(_with_text(ours, merge_leading(base, ours, theirs), text), conflicts)


def _deleted_against_changed(
    base: Member | None, ours: Member | None, theirs: Member | None, decide: DecidePart
) -> MergedMember:
    conflict = PartConflict("", _text(base), _text(ours), _text(theirs))
    kept = ours or theirs
    decision = decide(conflict)
    if decision is None or kept is None:
        return MergedMember(kept, (conflict,))
    chosen = decision.of(conflict.ours, conflict.theirs)
    if chosen is None:
        return MergedMember(None)
    return MergedMember(kept if chosen == _text(kept) else _with_text(kept, kept.leading, f"{chosen}\n"))


def merge_parts(
    base: Parts | None, ours: Parts, theirs: Parts, decide: DecidePart = undecided
) -> tuple[dict[tuple[str, ...], str], tuple[PartConflict, ...]]:
    """Three-way merge of flat parts, ours' order first; without a base every difference is a conflict.

    The arguments of an attribute about which somebody decided come from where the attribute does.
    """
    merged: dict[tuple[str, ...], str] = {}
    conflicts: list[PartConflict] = []
    decided: dict[tuple[str, ...], Decision] = {}
    for part in sorted([*ours, *(part for part in theirs if part not in ours)], key=len):
        before, mine, other = (base or {}).get(part), ours.get(part), theirs.get(part)
        chosen = other if mine == before else mine
        if part[:1] in decided and len(part) > 1:
            chosen = replace(decided[part[:1]], value=None).of(mine, other)
        elif mine != other and (base is None or before not in (mine, other)):
            conflict = PartConflict(" ".join(part), before, mine, other)
            decision = decide(conflict)
            if decision:
                decided[part] = decision
                chosen = decision.of(mine, other)
            else:
                conflicts.append(conflict)
                chosen = mine if mine is not None else other
        if chosen is not None:
            merged[part] = chosen
    return merged, tuple(conflicts)


def merge_leading(base: Member | None, ours: Member, theirs: Member) -> str:
    """The comments above: the side that changed them, or ours and then what theirs adds."""
    before = base.leading if base else ""
    if theirs.leading in (before, ours.leading):
        return ours.leading
    if ours.leading == before:
        return theirs.leading
    known = {line.strip() for line in ours.leading.splitlines()}
    added = [
        line
        for line in theirs.leading.splitlines(keepends=True)
        if line.strip() and line.strip() not in known
    ]
    lines = ours.leading.splitlines(keepends=True)
    indent = lines.pop() if lines and not lines[-1].strip() and not lines[-1].endswith("\n") else ""
    return "".join([*lines, *added]) + indent


def _one_sided(base: Member | None, ours: Member | None, theirs: Member | None) -> MergedMember | None:
    """The answer where at most one side changed the meaning, or both changed it alike."""
    before, mine, other = (parts(side) if side else None for side in (base, ours, theirs))
    if mine != before and other not in (before, mine):
        return None
    if ours is None or theirs is None:
        return MergedMember((ours or theirs) if base is None else None)
    changed = theirs if mine == before and (other != before or (base and ours.text == base.text)) else ours
    return MergedMember(_with_text(changed, merge_leading(base, ours, theirs), changed.text))


def _native(attributes: tuple[Attribute, ...]) -> tuple[str, tuple[Attribute, ...]]:
    """The native type's attribute as text, and the other attributes."""
    native = [each for each in attributes if each.name.startswith("db.")]
    shown = " ".join(render.attribute("@", each) for each in native)
    return shown, tuple(each for each in attributes if each not in native)


def _field_type(kind: FieldType | None, native: str) -> dict[tuple[str, ...], str]:
    """The type with its native type is one part, for either means nothing to the other side's.

    Whether it may be absent is a part of its own: one side may change that and the other the type.
    """
    if kind is None:
        return {("type",): native}
    shown = render.field_type(replace(kind, is_optional=False))
    found: dict[tuple[str, ...], str] = {("type",): f"{shown} {native}".rstrip()}
    if kind.is_optional:
        found["optional",] = "?"
    return found


def _attributes(signs: str, attributes: tuple[Attribute, ...], comment: str) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for attribute in attributes:
        name = attribute.name
        found[(signs + name,)] = name
        for position, argument in enumerate(attribute.arguments):
            found[(signs + name, argument.name or str(position))] = render.argument(argument)
    return found | _comment(comment)


def _comment(comment: str) -> dict[tuple[str, ...], str]:
    return {("comment",): comment} if comment else {}


def _written(ours: Member, merged: Parts) -> str:
    """The line with merged parts, in the spacing of ours."""
    ending = re.search(r"[\r\n]*$", ours.text)
    newline = ending.group() if ending else ""
    comment = f" {merged[('comment',)]}" if ("comment",) in merged else ""
    return f"{_meaning(ours, merged)}{comment}{newline}"


def _meaning(ours: Member, merged: Parts) -> str:
    match ours:
        case Field(name=name):
            gap = re.match(re.escape(name) + r"(\s*)", ours.text)
            spaces = (gap.group(1) if gap else "") or " "
            kind, at, native = merged["type",].partition(" @db.")
            shown = f"{name}{spaces}{kind}{merged.get(('optional',), '')}{at}{native}"
            return " ".join([shown, *_shown_attributes("@", merged)])
        case EnumValue(name=name):
            return " ".join([name, *_shown_attributes("@", merged)])
        case BlockAttribute():
            return " ".join(_shown_attributes("@@", merged))
        case Property(name=name):
            gap = re.match(re.escape(name) + r"(\s*)=", ours.text)
            return f"{name}{gap.group(1) if gap else ' '}= {merged[('value',)]}"
        case _:
            return ours.text.rstrip("\r\n")


def _shown_attributes(signs: str, merged: Parts) -> list[str]:
    """Attributes in the order met; an argument whose attribute is gone goes with it."""
    shown: list[str] = []
    for part, name in merged.items():
        if len(part) == 1 and part[0].startswith(signs):
            arguments = [value for inner, value in merged.items() if len(inner) == 2 and inner[0] == part[0]]
            shown.append(f"{signs}{name}({', '.join(arguments)})" if arguments else f"{signs}{name}")
    return shown


def _with_text(member: Member, leading: str, text: str) -> Member:
    if (member.leading, member.text) == (leading, text):
        return member
    return Member(leading, text, member.line)


def _text(member: Member | None) -> str | None:
    return member.text.strip() if member else None
