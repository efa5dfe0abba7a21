"""A model, an enum, a field under another name: what refers to it follows, everything else stays."""

from schemata.catalog import Address, Kind
from schemata.prisma.renaming import rename, rename_value

SCHEMA = """\
enum Mood {
  GOOD
}

// What people write.
model Note {
  id     Int    @id
  text   String @map("body") // Short.
  mood   Mood   @default(GOOD)
  likes  Like[]

  @@unique([text, mood])
  @@map("notes")
}

model Like {
  id     Int  @id
  noteId Int
  note   Note @relation(fields: [noteId], references: [id])
}
"""


def renamed(kind: Kind, name: str, new: str, parent: str = "") -> str:
    return rename({"a": SCHEMA}, Address(kind, "public", name, parent), new)["a"]


def test_a_model_and_the_fields_of_its_type() -> None:
    expected = SCHEMA.replace("model Note ", "model remarks ").replace("Note @", "remarks @")
    assert renamed(Kind.TABLE, "notes", "remarks") == expected.replace('  @@map("notes")\n', "")
    mapped = (
        SCHEMA.replace("model Note ", "model Note2 ")
        .replace("Note @", "Note2 @")
        .replace('"notes"', '"my notes"')
    )
    assert renamed(Kind.TABLE, "notes", "my notes") == mapped


def test_an_enum_and_the_fields_of_its_type() -> None:
    expected = SCHEMA.replace("enum Mood", "enum Temper").replace("mood   Mood", "mood   Temper")
    assert renamed(Kind.ENUM, "Mood", "Temper") == expected


def test_a_field_and_the_lists_that_name_it() -> None:
    expected = SCHEMA.replace('text   String @map("body")', "words   String").replace(
        "[text, mood]", "[words, mood]"
    )
    assert renamed(Kind.COLUMN, "body", "words", "notes") == expected
    expected = SCHEMA.replace("noteId Int", "about Int").replace("[noteId]", "[about]")
    assert renamed(Kind.COLUMN, "noteId", "about", "Like") == expected
    expected = SCHEMA.replace("id     Int    @id\n  text", "key     Int    @id\n  text")
    assert renamed(Kind.COLUMN, "id", "key", "notes") == expected.replace(
        "references: [id]", "references: [key]"
    )


def test_what_the_files_do_not_say_changes_nothing() -> None:
    assert renamed(Kind.TABLE, "other", "remarks") == SCHEMA
    assert renamed(Kind.INDEX, "notes_body_mood_key", "remarks", "notes") == SCHEMA


def test_a_value_and_the_defaults_that_are_it():
    text = """enum Size {
  SMALL // tiny
  LARGE @map("big")
}

model Box {
  id    Int    @id
  size  Size   @default(SMALL)
  sizes Size[] @default([SMALL, LARGE])
  note  String @default("SMALL")
}
"""
    at = Address(Kind.ENUM, "public", "Size")
    named = rename_value({"a": text}, at, "SMALL", "TINY")["a"]
    assert named == (
        text.replace("  SMALL //", "  TINY //")
        .replace("default(SMALL)", "default(TINY)")
        .replace("[SMALL,", "[TINY,")
    )
    assert rename_value({"a": text}, at, "LARGE", "HUGE")["a"] == text
    assert rename_value({"a": text}, at, "SMALL", "not a name")["a"] == text
