"""Uses that stand in texts: routines that Postgres does not follow, and values of enums."""

import re
from collections.abc import Iterator, Mapping

from schemata.catalog import Address, CatalogObject, Column, Enum, Function, Kind
from schemata.merge.conflicts import Conflict, ConflictKind, Soft
from schemata.merge.enums import labels
from schemata.merge.mentions import MENTIONABLE, ROUTINES, Text, by_name
from schemata.merge.objects import Version
from schemata.merge.sides import Side
from schemata.merge.uses import Lifted
from schemata.merge.wording import unquoted

Place = tuple[str, str]
_LITERAL = re.compile(
    r"'((?:[^']|'')*)'::((?:\"(?:[^\"]|\"\")+\"|[\w$]+)(?:\.(?:\"(?:[^\"]|\"\")+\"|[\w$]+))?)(\[\])?"
)


def mentioned(ours: Lifted, theirs: Lifted) -> Iterator[Conflict | Soft]:
    """A routine that theirs wrote names, in text that Postgres does not follow, what ours dropped or renamed."""
    routines = [found for found in theirs.side.news() if _is_new_text(theirs.side, found)]
    taken = _taken(ours.side) if routines else {}
    names = by_name({at: ours.side.base.objects[at] for at in taken})
    for routine in routines if names else ():
        text = Text(getattr(routine, "body", ""))
        user = theirs.space.lead(routine.address)
        for found in (each for word in sorted(text.words & names.keys()) for each in names[word]):
            at = found.address
            if not text.mentions(found):
                continue
            if _may_mean_another(ours.side, text, found):
                yield Soft("may-mention", user, at)
                continue
            kind = ConflictKind.RENAMED_USED if taken[at] else ConflictKind.DROPPED_USED
            yield Conflict(kind, at, "", str(at), taken[at], str(user), user, (user,), "theirs")


def _is_new_text(side: Side, found: CatalogObject) -> bool:
    if not isinstance(found, Function) or found.parsed or not found.body:
        return False
    pair = side.pairs.get(side.origin(found.address) or found.address)
    return pair is None or getattr(pair.before, "body", None) != found.body


def _taken(side: Side) -> dict[Address, str | None]:
    """Names that a side took away: of dropped objects (None) and renamed ones (what they are now)."""
    taken: dict[Address, str | None] = {}
    for at in side.dropped:
        if at.kind in MENTIONABLE and at not in side.added:
            taken[at] = None
    for at, pair in side.pairs.items():
        now = pair.after.address
        if at.kind in MENTIONABLE and (now.name != at.name or (now.schema != at.schema and not at.parent)):
            taken[at] = str(now)
    return taken


def _may_mean_another(side: Side, text: Text, found: CatalogObject) -> bool:
    """Whether the word can as well mean something that is still there under that name."""
    at = found.address
    if at.kind in ROUTINES:
        return (at.schema, getattr(found, "name", "")) in side.routines
    if at.kind != Kind.COLUMN:
        return False
    others = text.relations - {at.parent}
    return any(Address(Kind.COLUMN, at.schema, at.name, table) in side.catalog.objects for table in others)


def removed_values_used(ours: Lifted, theirs: Lifted) -> Iterator[Conflict]:
    """An enum value that ours removed or renamed stands in something that theirs made or changed."""
    gone = _gone_values(ours.side)
    if not gone:
        return
    names = {theirs.side.place(at): at for at in gone}
    for found in theirs.side.news():
        if isinstance(found, Enum):
            continue
        texts = " ".join(_new_texts(theirs.side, found))
        hits = {(names[path], value) for path, value in _values_in(texts) if path in names}
        if _is_new_text(theirs.side, found):
            hits |= _values_in_body(theirs.side, Text(getattr(found, "body", "")), gone)
        user = theirs.space.lead(found.address)
        for at, value in sorted(hits):
            if value in gone[at] and (gone[at][value] is None or isinstance(found, Function)):
                now = gone[at][value]
                kind = ConflictKind.RENAMED_USED if now else ConflictKind.VALUE_USED
                yield Conflict(kind, at, value, value, now, str(user), user, (user,), "theirs")


def _gone_values(side: Side) -> dict[Address, dict[str, str | None]]:
    """Values that a side removed (None) or renamed, by enum."""
    found: dict[Address, dict[str, str | None]] = {}
    for at, pair in side.pairs.items():
        if isinstance(pair.before, Enum) and isinstance(pair.after, Enum):
            base = (
                Version(pair.before, identity=side.base.identities[at])
                if at in side.base.identities
                else None
            )
            before = base or Version(pair.before)
            now = labels(before, Version(pair.after, identity=side.identity(at)))
            gone = {value: now.get((True, value)) for value in pair.before.values}
            if changed := {value: new for value, new in gone.items() if new != value}:
                found[at] = changed
    return found


def _new_texts(side: Side, found: CatalogObject) -> Iterator[str]:
    """Texts that speak of other objects and that this side wrote."""
    pair = side.pairs.get(side.origin(found.address) or found.address)
    for name in found.REFERRING:
        value = getattr(found, name)
        if pair is None or value != getattr(pair.before, name, None):
            yield value if isinstance(value, str) else repr(value) if value else ""


def _values_in(text: str) -> Iterator[tuple[Place, str]]:
    """Type and value of each typed literal, those of array literals one by one."""
    for value, typed, array in _LITERAL.findall(text):
        path = path_in(typed)
        plain = value.replace("''", "'")
        if array and plain.startswith("{"):
            yield from ((path, each.strip('" ')) for each in plain.strip("{}").split(","))
        else:
            yield path, plain


def _values_in_body(
    side: Side, text: Text, gone: Mapping[Address, Mapping[str, str | None]]
) -> set[tuple[Address, str]]:
    """In a text that Postgres does not follow, a literal counts where the enum or a table with it is named."""
    found = set()
    for at, values in gone.items():
        hit = text.literals & values.keys()
        if hit and (at.name in text.words or _has_column_of(side, text, side.place(at))):
            found |= {(at, value) for value in hit}
    return found


def _has_column_of(side: Side, text: Text, place: Place) -> bool:
    tables = [at for at in side.catalog.children if at.name in text.relations]
    parts = (part for table in tables for part in side.catalog.children[table])
    return any(isinstance(part, Column) and path_in(part.type) == place for part in parts)


def path_in(text: str) -> Place:
    """Schema and name in a type's text: `public.mood[]`, `public."Mood"`."""
    names = [unquoted(each) for each in re.findall(r'"(?:[^"]|"")+"|[\w$]+', text)]
    return (names[0], names[1]) if len(names) > 1 else ("", names[0] if names else "")
