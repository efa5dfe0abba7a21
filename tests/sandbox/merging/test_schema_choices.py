"""The schema file follows what people chose about the database: held against the migrations that land."""

import pytest

from sandbox import Sandboxes
from sandbox.drifting import find_drift
from sandbox.merging import MergeResult, merge_histories
from sandbox.merging.agreeing import Agreeing
from sandbox.merging.files import merged_schema
from schemata.findings import Severity
from schemata.history import History, SourceFile, migration_of
from schemata.merge.resolutions import Resolution
from schemata.prisma import MergedSchema

SCHEMA = """\
datasource db {
  provider = "postgresql"
}

model User {
  id    Int     @id
  // Where mail goes.
  email String  @db.VarChar(80)
  rank  Int     @default(0)
}
"""
TABLE = """\
CREATE TABLE "User" ("id" INTEGER NOT NULL, "email" VARCHAR(80) NOT NULL, "rank" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "User_pkey" PRIMARY KEY ("id"));
"""


def history(schema: str, *texts: str) -> History:
    named = enumerate((TABLE, *texts), start=1)
    migrations = tuple(migration_of(f"{number}", text) for number, text in named)
    return History("prisma", "", migrations, schema_files=(SourceFile("schema.prisma", schema),))


def merged(
    sandboxes: Sandboxes, owner: str, ours: History, theirs: History, **choice: object
) -> tuple[MergeResult, MergedSchema]:
    """The merge in which every conflict of the database is answered by `choice`."""
    sides = (history(SCHEMA), ours, theirs)
    bare = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)
    answers = {found.id: Resolution(**choice) for found in bare.conflicts}  # type: ignore[arg-type]
    waiting = merged_schema(*sides, bare)
    assert waiting is not None
    assert [found.follows for found in waiting.conflicts] != []
    assert all(found.follows for found in waiting.conflicts)
    result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60, resolutions=answers)
    assert result.conflicts == ()
    schema = merged_schema(*sides, result, answers)
    assert schema is not None
    return result, schema


def drifts(
    sandboxes: Sandboxes, owner: str, ours: History, result: MergeResult, schema: MergedSchema
) -> list[str]:
    """What the merged file says otherwise than the migrations that land."""
    new = tuple(migration_of(each.name, each.sql) for each in result.migrations)
    files = tuple(SourceFile(path, text) for path, text in schema.files)
    landed = History("prisma", "", (*ours.migrations, *new), schema_files=files)
    found = find_drift(sandboxes, landed, owner=owner, deadline_s=60)
    assert found.comparable
    return [each.message for each in found.findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        ({"choose": "ours"}, "  email String  @db.VarChar(100)\n"),
        ({"choose": "theirs"}, "  email String  @db.Text\n"),
        ({"choose": "value", "value": "varchar(120)"}, "  email String @db.VarChar(120)\n"),
    ],
    ids=lambda value: value["choose"] if isinstance(value, dict) else "",
)
def test_a_type_chosen_by_people(sandboxes: Sandboxes, owner: str, choice: dict[str, str], line: str) -> None:
    ours = history(
        SCHEMA.replace("VarChar(80)", "VarChar(100)"), 'alter table "User" alter email type varchar(100);'
    )
    theirs = history(SCHEMA.replace("VarChar(80)", "Text"), 'alter table "User" alter email type text;')
    result, schema = merged(sandboxes, owner, ours, theirs, **choice)
    assert schema.conflicts == ()
    assert schema.files[0][1] == SCHEMA.replace("  email String  @db.VarChar(80)\n", line)
    told = 'the merge has column public."User".email otherwise'
    assert (told in result.migrations[0].sql) == (choice["choose"] == "ours")
    assert drifts(sandboxes, owner, ours, result, schema) == []


def test_a_type_that_there_is_not(sandboxes: Sandboxes, owner: str) -> None:
    """People chose it: what is left to choose says what Postgres says of it."""
    sides = [
        history(SCHEMA, *texts)
        for texts in (
            (),
            ('alter table "User" alter email type varchar(100);',),
            ('alter table "User" alter email type text;',),
        )
    ]
    bare = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)
    answers = {found.id: Resolution("value", value="banana") for found in bare.conflicts}
    result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60, resolutions=answers)
    assert ['type "banana" does not exist' in found.message for found in result.conflicts] == [True]


def test_a_default_of_ones_own(sandboxes: Sandboxes, owner: str) -> None:
    sides = [
        history(
            SCHEMA.replace("default(0)", f"default({value})"),
            f'alter table "User" alter rank set default {value};',
        )
        for value in (1, 2)
    ]
    result, schema = merged(sandboxes, owner, *sides, choose="value", value="7")
    assert "  rank  Int @default(7)\n" in schema.files[0][1]
    assert drifts(sandboxes, owner, sides[0], result, schema) == []


def test_a_column_dropped_against_changed(sandboxes: Sandboxes, owner: str) -> None:
    ours = history(SCHEMA.replace("default(0)", "default(5)"), 'alter table "User" alter rank set default 5;')
    theirs = history(SCHEMA.replace("  rank  Int     @default(0)\n", ""), 'alter table "User" drop rank;')
    for choose, there in (("ours", True), ("theirs", False)):
        result, schema = merged(sandboxes, owner, ours, theirs, choose=choose)
        assert ("rank" in schema.files[0][1]) is there
        assert drifts(sandboxes, owner, ours, result, schema) == []


def test_a_conflict_of_the_file_alone_has_an_answer_of_its_own() -> None:
    sides = [
        history(SCHEMA.replace("@default(0)", f"@default(0) // {text}")) for text in ("Ours.", "Theirs.")
    ]
    found = merged_schema(history(SCHEMA), *sides)
    assert found is not None
    (conflict,) = found.conflicts
    assert (conflict.member, conflict.part, conflict.follows) == ("rank", "comment", False)
    for choice, text in (
        (Resolution("theirs"), "// Theirs."),
        (Resolution("value", value="// Both."), "// Both."),
    ):
        settled = merged_schema(history(SCHEMA), *sides, None, {conflict.id: choice})
        assert settled is not None
        assert settled.conflicts == ()
        assert f"@default(0) {text}\n" in settled.files[0][1]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_model_and_a_field_that_one_side_renames(sandboxes: Sandboxes, owner: str, swapped: bool) -> None:
    """What the other side adds to the model, and what it changes of the field, goes on under the new names."""
    renaming = history(
        SCHEMA.replace("model User", "model Person").replace("rank ", "level "),
        'alter table "User" rename to "Person"; alter table "Person" rename rank to level;'
        'alter table "Person" rename constraint "User_pkey" to "Person_pkey";',
    )
    growing = history(
        SCHEMA.replace("default(0)", "default(5)")[:-2] + "  bio   String?\n}\n",
        'alter table "User" alter rank set default 5; alter table "User" add bio text;',
    )
    ours, theirs = (growing, renaming) if swapped else (renaming, growing)
    sides = (history(SCHEMA), ours, theirs)
    result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)
    assert result.conflicts == ()
    schema = merged_schema(*sides, result)
    assert schema is not None
    expected = growing.schema_files[0].text.replace("model User", "model Person").replace("rank ", "level ")
    assert (schema.conflicts, schema.files[0][1]) == ((), expected)
    assert drifts(sandboxes, owner, ours, result, schema) == []


@pytest.mark.parametrize("choose", ["ours", "theirs", "value"])
def test_a_type_chosen_of_a_column_whose_model_and_field_one_side_renamed(
    sandboxes: Sandboxes, owner: str, choose: str
) -> None:
    renamed = SCHEMA.replace("model User", "model Person").replace("email ", "mail ")
    ours = history(
        renamed.replace("VarChar(80)", "VarChar(100)"),
        'alter table "User" alter email type varchar(100); alter table "User" rename email to mail;'
        'alter table "User" rename to "Person"; alter table "Person" rename constraint "User_pkey" to "Person_pkey";',
    )
    theirs = history(SCHEMA.replace("VarChar(80)", "Text"), 'alter table "User" alter email type text;')
    value = {"value": "character varying(120)"} if choose == "value" else {}
    result, schema = merged(sandboxes, owner, ours, theirs, choose=choose, **value)
    written = {"ours": "VarChar(100)", "theirs": "Text", "value": "VarChar(120)"}[choose]
    assert schema.conflicts == ()
    assert schema.files[0][1].replace("mail String @", "mail String  @") == renamed.replace(
        "VarChar(80)", written
    )
    assert drifts(sandboxes, owner, ours, result, schema) == []


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("dropped", [False, True])
def test_a_field_dropped_against_indexed(
    sandboxes: Sandboxes, owner: str, dropped: bool, swapped: bool
) -> None:
    """The index goes with its field; or the field is made anew where it is gone, and its index stays."""
    dropping = history(SCHEMA.replace("  rank  Int     @default(0)\n", ""), 'alter table "User" drop rank;')
    indexed = SCHEMA.removesuffix("}\n") + "\n  @@index([rank])\n}\n"
    using = history(indexed, 'create index "User_rank_idx" on "User" (rank);')
    ours, theirs = (using, dropping) if swapped else (dropping, using)
    sides = (history(SCHEMA), ours, theirs)
    bare = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)
    answers = {found.id: Resolution("ours" if dropped != swapped else "theirs") for found in bare.conflicts}
    result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60, resolutions=answers)
    schema = merged_schema(*sides, result, answers)
    assert (len(bare.conflicts), result.conflicts) == (1, ())
    assert schema is not None
    expected = (dropping if dropped else using).schema_files[0].text
    told = 'the merge is without index public."User"."User_rank_idx"'
    assert (told in result.migrations[0].sql) == (dropped and not swapped)
    assert (schema.conflicts, schema.files[0][1]) == ((), expected)
    assert drifts(sandboxes, owner, ours, result, schema) == []


NOTES = 'CREATE TABLE "Note" ("id" INTEGER NOT NULL, {} CONSTRAINT "Note_pkey" PRIMARY KEY ("id"));'


def test_of_two_tables_of_one_name_the_chosen_one_alone_is_in_the_file(
    sandboxes: Sandboxes, owner: str
) -> None:
    """Fields that only the other one has are no fields of the one that stands."""
    model = "\nmodel Note {{\n  id Int @id\n  {}\n}}\n"
    ours, theirs = (
        history(SCHEMA + model.format(field), NOTES.format(column))
        for field, column in (("a Int", '"a" INTEGER NOT NULL,'), ("b String", '"b" TEXT NOT NULL,'))
    )
    sides = (history(SCHEMA), ours, theirs)
    bare = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)
    answers = {found.id: Resolution("ours") for found in bare.conflicts}
    result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60, resolutions=answers)
    schema = merged_schema(*sides, result, answers)
    assert result.conflicts == ()
    assert schema is not None
    assert (schema.conflicts, schema.files[0][1]) == ((), ours.schema_files[0].text)
    assert drifts(sandboxes, owner, ours, result, schema) == []


def test_a_file_that_would_say_otherwise_is_a_conflict_that_people_can_write_away(
    sandboxes: Sandboxes, owner: str
) -> None:
    """Ours renames a column and its field, theirs changes its default: the file would have two fields."""
    ours = history(SCHEMA.replace("rank ", "level "), 'alter table "User" rename rank to level;')
    theirs = history(
        SCHEMA.replace("  email", "  // Both.\n  email") + "\nenum Mood {\n  GOOD\n}\n",
        """create type "Mood" as enum ('GOOD'); alter table "User" alter rank set default 5;""",
    )
    sides = (history(SCHEMA), ours, theirs)
    result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)
    agreeing = Agreeing(sandboxes, ours, theirs, owner, None, 60)
    schema = agreeing.held(result, merged_schema(*sides, result), {})
    assert schema is not None
    (conflict,) = schema.conflicts
    assert "level" in conflict.message
    assert conflict.options == ("ours", "theirs", "value")
    text = dict(schema.files)["schema.prisma"].replace("@default(0)", "@default(5)")
    answers = {conflict.id: Resolution("value", value=text)}
    settled = agreeing.held(result, merged_schema(*sides, result, answers), answers)
    assert settled is not None
    assert (settled.conflicts, settled.settled, dict(settled.files)) == (
        (),
        (conflict,),
        {"schema.prisma": text},
    )
    assert drifts(sandboxes, owner, ours, result, settled) == []


def test_both_of_one_name_are_in_the_file_under_two(sandboxes: Sandboxes, owner: str) -> None:
    """Two enums and the columns that have them: theirs' go on under the names that people gave."""
    enum = "\nenum Mood {{\n  {}\n}}\n"
    made = """create type "Mood" as enum ('{}'); alter table "User" add "{}" "Mood" not null;"""
    ours, theirs = (
        history(
            SCHEMA.replace("  rank ", f"  {field} Mood\n  rank ") + enum.format(value),
            made.format(value, field),
        )
        for field, value in (("calm", "LOW"), ("angry", "HIGH"))
    )
    sides = (history(SCHEMA), ours, theirs)
    bare = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60)
    answers = {found.id: Resolution("both", "Temper") for found in bare.conflicts}
    result = merge_histories(sandboxes, *sides, owner=owner, deadline_s=60, resolutions=answers)
    assert result.conflicts == ()
    schema = merged_schema(*sides, result, answers)
    assert schema is not None
    assert schema.conflicts == ()
    text = schema.files[0][1]
    assert [line for line in text.splitlines() if "Mood" in line or "Temper" in line] == [
        "  calm Mood",
        "  angry Temper",
        "enum Mood {",
        "enum Temper {",
    ]
    assert drifts(sandboxes, owner, ours, result, schema) == []
