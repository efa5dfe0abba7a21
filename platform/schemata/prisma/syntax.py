"""The syntax tree of a schema file: every node keeps its exact text beside what it means.

`text` of a document is its nodes' texts joined, so printing what was parsed
gives the same bytes; meaning is read from the typed fields.
"""

from collections.abc import Iterator
from dataclasses import dataclass

BLOCK_KINDS = frozenset({"model", "enum", "type", "view", "datasource", "generator"})


@dataclass(frozen=True, slots=True)
class Literal:
    """A string, its escapes undone."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    text: str


@dataclass(frozen=True, slots=True)
class Path:
    """A bare word or dotted path: `autoincrement` without a call, `true`, `Cascade`, `db.VarChar`."""

    name: str


@dataclass(frozen=True, slots=True)
class Array:
    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple["Argument", ...]


@dataclass(frozen=True, slots=True)
class Object:
    """`{ status: "active", deletedAt: null }`, the `where` of a partial index."""

    fields: tuple["Argument", ...]


Expression = Literal | Number | Path | Array | Call | Object


@dataclass(frozen=True, slots=True)
class Argument:
    """`name: value`, or a value alone with an empty name."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Attribute:
    """`@id`, `@@index([a, b])`: the path after the signs, the arguments, the exact text with its signs."""

    name: str
    arguments: tuple[Argument, ...]
    text: str

    def argument(self, name: str, position: int | None = None) -> Expression | None:
        """The value given by name, or the nameless one at `position` (from 0)."""
        named = [argument.value for argument in self.arguments if argument.name == name]
        if named:
            return named[0]
        nameless = [argument.value for argument in self.arguments if not argument.name]
        return nameless[position] if position is not None and position < len(nameless) else None


@dataclass(frozen=True, slots=True)
class FieldType:
    """`name` of a scalar, model or enum; for `Unsupported("x")` the name is Unsupported and `native` is x."""

    name: str
    is_list: bool = False
    is_optional: bool = False
    native: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A line (or a bracketed run of lines) of a block, with the trivia before it and the comment behind it."""

    leading: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Field(Member):
    name: str
    type: FieldType | None
    attributes: tuple[Attribute, ...]
    comment: str = ""

    def attribute(self, name: str) -> Attribute | None:
        return next((found for found in self.attributes if found.name == name), None)


@dataclass(frozen=True, slots=True)
class EnumValue(Member):
    name: str
    attributes: tuple[Attribute, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class BlockAttribute(Member):
    attribute: Attribute
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Property(Member):
    """`key = value` of a datasource or generator; the value is None where it is left empty."""

    name: str
    value: Expression | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Unparsed(Member):
    """Text outside the grammar, kept as it stands and named by a problem."""


@dataclass(frozen=True, slots=True)
class Block:
    """`model User { ... }` with its trivia; `closing` is empty where the brace is missing."""

    leading: str
    kind: str
    name: str
    header: str
    members: tuple[Member, ...]
    tail: str
    closing: str
    line: int

    @property
    def text(self) -> str:
        inner = "".join(member.leading + member.text for member in self.members)
        return self.leading + self.header + inner + self.tail + self.closing

    def fields(self) -> Iterator[Field]:
        return (member for member in self.members if isinstance(member, Field))

    def values(self) -> Iterator[EnumValue]:
        return (member for member in self.members if isinstance(member, EnumValue))

    def attributes(self, name: str) -> Iterator[Attribute]:
        found = (member.attribute for member in self.members if isinstance(member, BlockAttribute))
        return (attribute for attribute in found if attribute.name == name)

    def property(self, name: str) -> Expression | None:
        found = (member for member in self.members if isinstance(member, Property))
        return next((member.value for member in found if member.name == name), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """Text that Prisma would reject, with its line from 1 and what to do."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    """One schema file. `tail` is what stands after the last block."""

    blocks: tuple[Block, ...]
    tail: str
    problems: tuple[Problem, ...] = ()

    @property
    def text(self) -> str:
        return "".join(block.text for block in self.blocks) + self.tail

    def find(self, kind: str, name: str) -> Block | None:
        return next((block for block in self.blocks if (block.kind, block.name) == (kind, name)), None)
