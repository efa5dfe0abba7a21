"""The parser loses nothing, reads what the grammar allows, and names the rest."""

from hypothesis import given
from hypothesis import strategies as st

from schemata.prisma.parse import _Parser, parse
from schemata.prisma.syntax import Array, BlockAttribute, Call, EnumValue, Field, Literal, Path, Property
from schemata.prisma.tokens import tokenize

SCHEMA = """\
// A shop.
generator client {
  provider = "prisma-client-js" // the client
  previewFeatures = ["views", "relationJoins"]
}

/// A person who buys.
model User {
  id    Int     @id @default(autoincrement())
  email String  @unique @db.VarChar(191)
  tags  String[] @default([])
  spot  Unsupported("point")?
  boss  User?   @relation("bosses", fields: [bossId], references: [id], onDelete: SetNull)
  bossId Int?
  staff User[]  @relation("bosses")

  @@index([email(ops: raw("text_ops"), sort: Desc)], type: BTree, map: "by_email")
  @@map("users")
}

enum Mood {
  HAPPY
  SAD @map("sad")
}
"""


def test_reads_every_construct() -> None:
    document = parse(SCHEMA)
    assert document.text == SCHEMA
    assert document.problems == ()
    assert [(block.kind, block.name) for block in document.blocks] == [
        ("generator", "client"),
        ("model", "User"),
        ("enum", "Mood"),
    ]
    client, user, mood = document.blocks
    provider = client.members[0]
    assert isinstance(provider, Property)
    assert provider.value == Literal("prisma-client-js")
    assert provider.comment == "// the client"
    fields = {field.name: field for field in user.fields()}
    default = fields["id"].attribute("default")
    assert default is not None
    assert default.argument("", 0) == Call("autoincrement", ())
    assert fields["tags"].type is not None
    assert fields["tags"].type.is_list
    spot = fields["spot"].type
    assert spot is not None
    assert (spot.name, spot.native, spot.is_optional) == ("Unsupported", "point", True)
    relation = fields["boss"].attribute("relation")
    assert relation is not None
    assert relation.argument("fields") == Array((Path("bossId"),))
    index = user.members[-2]
    assert isinstance(index, BlockAttribute)
    assert index.attribute.argument("map") == Literal("by_email")
    values = [member for member in mood.members if isinstance(member, EnumValue)]
    assert [value.name for value in values] == ["HAPPY", "SAD"]


def test_missing_brace_names_the_block_and_keeps_the_next() -> None:
    document = parse("model A {\n  id Int @id\n\nmodel B {\n  id Int @id\n}\n")
    assert [block.name for block in document.blocks] == ["A", "B"]
    assert [(problem.line, problem.message) for problem in document.problems] == [
        (1, "model A is not closed before line 4: a } is missing")
    ]


def test_conflict_markers_are_named() -> None:
    text = "model A {\n  id Int @id\n<<<<<<< HEAD\n  a Int\n=======\n  b Int\n>>>>>>> theirs\n}\n"
    document = parse(text)
    assert document.text == text
    assert [problem.line for problem in document.problems] == [3, 5, 7]
    assert {problem.message for problem in document.problems} == {
        "a merge conflict marker is left in the file"
    }


def test_array_over_several_lines_is_one_member() -> None:
    text = 'datasource db {\n  schemas = [\n    "a", // first\n    "b",\n  ]\n  provider = "postgresql"\n}'
    document = parse(text)
    assert document.text == text
    assert document.problems == ()
    assert document.blocks[0].property("schemas") == Array((Literal("a"), Literal("b")))


def test_deep_brackets_are_a_problem_not_a_crash() -> None:
    document = parse("model A {\n  id Int @default(" + "[" * 100_000 + ")\n}\n")
    assert [problem.message for problem in document.problems] == ["brackets are nested deeper than 50"]


PIECES = st.sampled_from(
    [
        *SCHEMA.split(" "),
        "{",
        "}",
        "\n",
        "\r\n",
        "@@",
        '"',
        "//",
        "/*",
        "*/",
        "\ufeff",
        "model X {\n",
        "<<<<<<< a\n",
    ]
)


@given(st.lists(PIECES).map(" ".join) | st.text())
def test_any_text_survives(text: str) -> None:
    assert parse(text).text == text


@given(st.lists(st.sampled_from(SCHEMA.splitlines(keepends=True)), max_size=40).map("".join))
def test_shuffled_lines_survive_and_fields_keep_their_lines(text: str) -> None:
    document = parse(text)
    assert document.text == text
    lines = text.splitlines()
    for block in document.blocks:
        for member in block.members:
            if isinstance(member, Field):
                assert lines[member.line - 1].strip().startswith(member.name)


class Counted(list):
    """Tokens that count how many of them were copied."""

    copied = 0

    def __getitem__(self, key):
        found = super().__getitem__(key)
        self.copied += len(found) if isinstance(key, slice) else 0
        return found


def test_a_long_file_is_read_once() -> None:
    """A copy of the rest of the file at every line made a thousand models take a quarter of a minute."""
    text = "".join(f"model T{i} {{\n  id Int @id // Key.\n  @@index([id])\n}}\n" for i in range(100))
    tokens = Counted(tokenize(text))
    assert len(_Parser(tokens).document().blocks) == 100
    assert tokens.copied <= 2 * len(tokens)
