"""What a merged schema must still hold: every type, field and column that one side relies on.

Each side is whole on its own; merged, a field may name a model that the other
side deleted, an index a field that is gone, or two fields may claim one column.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemata.prisma.syntax import Array, Attribute, Block, Call, Expression, Field, Literal, Path

TABLES = frozenset({"model", "view"})


@dataclass(frozen=True, slots=True)
class Broken:
    """A reference that leads nowhere, or a name claimed twice, in the block (kind, name)."""

    block: tuple[str, str]
    member: str
    message: str


def broken(blocks: Iterable[Block]) -> frozenset[Broken]:
    """Everything of this kind in one schema (all of its files' blocks)."""
    known = {block.name: block for block in blocks if block.kind not in ("datasource", "generator")}
    return frozenset(found for block in known.values() for found in _in_block(block, known))


def _in_block(block: Block, known: dict[str, Block]) -> Iterator[Broken]:
    if block.kind not in TABLES:
        return
    yield from _duplicates(block, known)
    own = {field.name for field in block.fields()}
    for member in block.members:
        for attribute in _attributes(member):
            for name in sorted(_names(attribute.argument("fields", 0)) - own):
                yield _gone(block, f"@{attribute.name}", f"field {name} of {block.name}")
    for field in block.fields():
        yield from _relation(block, field, known)


def _attributes(member: object) -> Iterator[Attribute]:
    if isinstance(member, Field):
        yield from (found for found in member.attributes if found.name == "relation")
    else:
        found = getattr(member, "attribute", None)
        if isinstance(found, Attribute) and found.name in ("id", "unique", "index", "fulltext"):
            yield found


def _relation(block: Block, field: Field, known: dict[str, Block]) -> Iterator[Broken]:
    relation = field.attribute("relation")
    target = known.get(field.type.name) if field.type else None
    if field.type and relation and target is None:
        yield _gone(block, field.name, f"{field.type.name}, which {block.name}.{field.name} points to")
    if relation and target is not None:
        there = {other.name for other in target.fields()}
        for name in sorted(_names(relation.argument("references")) - there):
            yield _gone(block, field.name, f"field {name} of {target.name}")


def _duplicates(block: Block, known: dict[str, Block]) -> Iterator[Broken]:
    columns: dict[str, str] = {}
    for field in block.fields():
        if field.type is None or (field.type.name in known and known[field.type.name].kind in TABLES):
            continue
        column = _mapped(field.attribute("map")) or field.name
        if column in columns:
            first, second = sorted((columns[column], field.name))
            message = f"{first} and {second} are both column {column}"
            yield Broken((block.kind, block.name), first, message)
        columns.setdefault(column, field.name)


def _mapped(attribute: Attribute | None) -> str:
    value = attribute.argument("name", 0) if attribute else None
    return value.value if isinstance(value, Literal) else ""


def _names(value: Expression | None) -> set[str]:
    """Field names of `[a, b(sort: Desc), c.d]`; of a composite path only its first part."""
    if not isinstance(value, Array):
        return set()
    paths = [item.name for item in value.items if isinstance(item, Path | Call)]
    return {path.split(".")[0] for path in paths}


def _gone(block: Block, member: str, what: str) -> Broken:
    return Broken((block.kind, block.name), member, f"{what} is gone")
