"""`braid drift`: what it says, its exit codes, and schemas that cannot be compared."""

import pytest

from tests.command.conftest import Braid, Folder

SCHEMA = """\
datasource db {
  provider = "postgresql"
}

model Guest {
  id    Int     @id
  email String?
}
"""
GUEST = 'CREATE TABLE "Guest" ("id" int PRIMARY KEY, "email" text, CHECK ("id" > 0));'


@pytest.fixture
def guests(folder: Folder) -> Folder:
    """A schema file that says what its one migration makes, but for a check."""
    folder.write("1_init", GUEST)
    folder.file("prisma/schema.prisma", SCHEMA)
    return folder


def test_a_file_that_agrees(braid: Braid, guests: Folder) -> None:
    said = braid("drift", guests.path, "--json")
    assert (said.code, said.document["outcome"], said.document["errors"]) == (0, "agrees", 0)
    (notice,) = said.document["findings"]
    assert (notice["rule"], notice["line"]) == ("drift.outside.check-constraint", 5)


def test_a_file_that_does_not(braid: Braid, guests: Folder) -> None:
    guests.file("prisma/schema.prisma", SCHEMA.replace("String?", "String"))
    said = braid("drift", guests.path)
    assert said.code == 1
    assert 'Guest.email (column "Guest".email) is NOT NULL in the file' in said.out
    assert "prisma/schema.prisma:7" in said.out
    assert "outside the schema language: check constraint (1)" in said.out


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        (SCHEMA + "<<<<<<< HEAD\n", "A merge conflict marker is left in the file.", 9),
        (SCHEMA.replace("String?", "Strin?"), "type Strin is neither a scalar nor a model", 7),
        (SCHEMA.replace('"postgresql"', '"mysql"'), "drift compares schemas of Postgres", 1),
        (SCHEMA.replace("}\n\nmodel", "\nmodel"), "is not closed", 1),
        ("", "The schema is empty.", None),
    ],
    ids=["merge marker", "unknown type", "another database", "missing brace", "nothing"],
)
def test_a_file_of_no_use(braid: Braid, guests: Folder, text: str, message: str, line: int | None) -> None:
    guests.file("prisma/schema.prisma", text)
    said = braid("drift", guests.path, "--json")
    assert (said.code, said.document["outcome"]) == (2, "unusable")
    found = said.document["findings"][0]
    assert message in found["message"]
    assert (found["path"], found["line"]) == ("prisma/schema.prisma", line)


def test_what_postgres_refuses_is_said_of_its_line(braid: Braid, guests: Folder) -> None:
    guests.file("prisma/schema.prisma", SCHEMA.replace("String?", 'Unsupported("vector(3)")?'))
    said = braid("drift", guests.path, "--json")
    (found,) = said.document["findings"]
    assert (said.code, found["rule"], found["line"]) == (1, "drift.refused", 7)
    assert 'type "vector" does not exist' in found["message"]


def test_migrations_that_fail(braid: Braid, guests: Folder) -> None:
    guests.write("2_wrong", "SELECT nothing;")
    said = braid("drift", guests.path)
    assert said.code == 2
    assert "prisma/migrations/2_wrong/migration.sql:1" in said.out


def test_another_layout_is_refused_by_name(braid: Braid, folder: Folder) -> None:
    folder.file("other/migrations/000001_a.up.sql", "SELECT 1;")
    said = braid("drift", folder.path / "other")
    assert said.code == 2
    assert "drift compares Prisma's schema files; this is golang-migrate" in said.err


def test_a_schema_elsewhere(braid: Braid, guests: Folder) -> None:
    guests.file("db/models/guest.prisma", SCHEMA.replace("Int ", "BigInt "))
    said = braid("drift", guests.path, "--schema", "db/models", "--json")
    assert (said.code, said.document["schema"]) == (1, ["db/models/guest.prisma"])
    assert braid("drift", guests.path, "--schema", "nowhere").err.endswith("--schema nowhere is not there\n")
