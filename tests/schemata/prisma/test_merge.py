"""Three-way merge of schema files: laws on generated schemas, and each kind of meeting by example."""

from hypothesis import given
from hypothesis import strategies as st

from schemata.prisma.merge import MergedSchema, merge_schemas

FIELD_TYPES = ["Int", "String", "String?", "Int[]"]
ATTRIBUTES = ["", " @unique", " @default(1)", ' @map("x")', " @db.Text"]


def one(text: str) -> dict[str, str]:
    return {"schema.prisma": text}


def merge(base: str, ours: str, theirs: str) -> MergedSchema:
    return merge_schemas(one(base), one(ours), one(theirs))


def text(result: MergedSchema) -> str:
    (only,) = result.files
    return only[1]


BASE = """\
model User {
  id   Int    @id
  name String
}

enum Role {
  ADMIN
  GUEST
}
"""


def test_fields_added_on_both_sides_are_both_kept() -> None:
    ours = BASE.replace("  name String\n", "  name String\n  age  Int?\n")
    theirs = BASE.replace("  name String\n", "  name String\n  city String?\n")
    result = merge(BASE, ours, theirs)
    assert result.conflicts == ()
    assert text(result) == BASE.replace("  name String\n", "  name String\n  age  Int?\n  city String?\n")


def test_enum_values_added_on_both_sides_are_both_kept() -> None:
    result = merge(
        BASE, BASE.replace("  GUEST\n", "  GUEST\n  STAFF\n"), BASE.replace("  ADMIN\n", "  ADMIN\n  OWNER\n")
    )
    assert result.conflicts == ()
    assert text(result).endswith("enum Role {\n  ADMIN\n  OWNER\n  GUEST\n  STAFF\n}\n")


def test_one_field_changed_in_two_parts_merges_by_part() -> None:
    ours = BASE.replace("name String", "name String?")
    theirs = BASE.replace("name String", 'name String @db.VarChar(80) @map("full_name")')
    result = merge(BASE, ours, theirs)
    assert result.conflicts == ()
    assert '  name String? @db.VarChar(80) @map("full_name")\n' in text(result)


def test_two_types_for_one_field_conflict() -> None:
    result = merge(BASE, BASE.replace("name String", "name Int"), BASE.replace("name String", "name Boolean"))
    (conflict,) = result.conflicts
    assert (conflict.block, conflict.member, conflict.part) == ("model User", "name", "type")
    assert (conflict.base, conflict.ours, conflict.theirs) == ("String", "Int", "Boolean")
    assert (conflict.line_ours, conflict.line_theirs) == (3, 3)


def test_two_native_types_conflict_although_their_names_differ() -> None:
    result = merge(
        BASE, BASE.replace("String", "String @db.Text"), BASE.replace("String", "String @db.Char(3)")
    )
    assert [conflict.member for conflict in result.conflicts] != []


def test_deleted_against_changed_conflicts_and_keeps_the_field() -> None:
    result = merge(BASE, BASE.replace("  name String\n", ""), BASE.replace("name String", "name String?"))
    (conflict,) = result.conflicts
    assert (conflict.member, conflict.ours, conflict.theirs) == ("name", None, "name String?")
    assert "name String?" in text(result)


def test_deleted_model_against_new_relation_conflicts() -> None:
    base = BASE + "\nmodel Post {\n  id Int @id\n}\n"
    ours = BASE
    theirs = base.replace(
        "  name String\n",
        "  name String\n  postId Int\n  post Post @relation(fields: [postId], references: [id])\n",
    )
    result = merge(base, ours, theirs)
    assert [conflict.message for conflict in result.conflicts] == ["Post, which User.post points to is gone"]


def test_deleted_field_against_new_index_conflicts() -> None:
    ours = BASE.replace("  name String\n", "")
    theirs = BASE.replace("  name String\n", "  name String\n\n  @@index([name])\n")
    result = merge(BASE, ours, theirs)
    assert [conflict.message for conflict in result.conflicts] == ["field name of User is gone"]


def test_a_field_put_together_from_both_sides_is_there_for_an_index() -> None:
    """Each side changed a part of it, and theirs made an index of it."""
    ours = BASE.replace("name String", "name String?")
    theirs = BASE.replace("  name String\n", "  name String @db.VarChar(80)\n\n  @@index([name])\n")
    result = merge(BASE, ours, theirs)
    assert result.conflicts == ()
    assert "  name String? @db.VarChar(80)\n\n  @@index([name])\n" in text(result)


def test_a_column_named_by_a_field_put_together_from_both_sides_is_claimed() -> None:
    ours = BASE.replace("name String", 'name String @map("mail")')
    theirs = BASE.replace("  name String\n", "  name String?\n  mail String\n")
    result = merge(BASE, ours, theirs)
    assert [conflict.message for conflict in result.conflicts] == ["mail and name are both column mail"]


def test_one_column_claimed_by_two_new_fields_conflicts() -> None:
    ours = BASE.replace("  name String\n", '  name String\n  mail String @map("email")\n')
    theirs = BASE.replace("  name String\n", "  name String\n  email String\n")
    result = merge(BASE, ours, theirs)
    assert [conflict.message for conflict in result.conflicts] == ["email and mail are both column email"]


def test_block_moved_to_another_file_meets_a_change() -> None:
    role = BASE[BASE.index("\nenum") :]
    ours = {"a.prisma": BASE.replace(role, ""), "b.prisma": role}
    theirs = {"a.prisma": BASE.replace("GUEST", "GUEST\n  STAFF")}
    result = merge_schemas({"a.prisma": BASE}, ours, theirs)
    assert result.conflicts == ()
    assert dict(result.files) == {
        "a.prisma": ours["a.prisma"],
        "b.prisma": role.replace("GUEST", "GUEST\n  STAFF"),
    }


def test_conflict_markers_on_a_side_are_never_merged() -> None:
    theirs = BASE.replace("  name String\n", "<<<<<<< HEAD\n  name String\n")
    result = merge(BASE, BASE.replace("GUEST", "STAFF"), theirs)
    assert [(found.side, found.problem.line) for found in result.unreadable] == [("theirs", 3)]


def fields() -> st.SearchStrategy[str]:
    names = st.lists(st.sampled_from("abcdef"), unique=True)
    kinds = st.tuples(
        st.sampled_from(FIELD_TYPES), st.sampled_from(ATTRIBUTES), st.sampled_from(["", " // why"])
    )
    return names.flatmap(
        lambda names: st.tuples(*(kinds for _name in names)).map(
            lambda chosen: "".join(
                f"  {name} {''.join(kind)}\n" for name, kind in zip(names, chosen, strict=True)
            )
        )
    )


def schemas() -> st.SearchStrategy[str]:
    blocks = st.dictionaries(st.sampled_from(["A", "B", "C"]), fields())
    return blocks.map(lambda found: "\n".join(f"model {name} {{\n{body}}}\n" for name, body in found.items()))


@given(schemas(), schemas())
def test_identical_sides_and_one_sided_changes_are_taken_as_they_are(base: str, changed: str) -> None:
    for result in (merge(base, changed, changed), merge(base, base, changed), merge(base, changed, base)):
        assert text(result) == changed
        assert result.conflicts == ()


@given(schemas(), schemas(), schemas())
def test_swapped_sides_mirror_the_conflicts(base: str, ours: str, theirs: str) -> None:
    forth, back = merge(base, ours, theirs), merge(base, theirs, ours)
    assert {(c.block, c.member, c.part, c.base, c.ours, c.theirs, c.message) for c in forth.conflicts} == {
        (c.block, c.member, c.part, c.base, c.theirs, c.ours, c.message) for c in back.conflicts
    }


@given(schemas(), schemas(), schemas())
def test_no_field_of_a_side_is_lost_without_a_conflict(base: str, ours: str, theirs: str) -> None:
    result = merge(base, ours, theirs)
    named = {(conflict.block, conflict.member) for conflict in result.conflicts}
    merged = lines(text(result))
    for side, other in ((ours, theirs), (theirs, ours)):
        for place, line in lines(side).items():
            untouched = lines(base).get(place) == line
            whole = (place[0], "") in named
            assert untouched or place in merged or place in named or whole, (place, line, other)


def lines(schema: str) -> dict[tuple[str, str], str]:
    found, block = {}, ""
    for line in schema.splitlines():
        if line.startswith("model"):
            block = line.removesuffix(" {")
        elif line.startswith("  "):
            found[block, line.split()[0]] = line
    return found
