"""How three histories meet: what both begin with, what each adds, what nobody can merge."""

from schemata.history import History, Migration, migration_of
from schemata.merge.histories import Meeting, meet, part


def history(**texts: str) -> History:
    return History("prisma", "", tuple(migration_of(name, text) for name, text in texts.items()))


def names(migrations: tuple[Migration, ...]) -> list[str]:
    return [migration.name for migration in migrations]


def shape(meeting: Meeting) -> tuple[list[str], list[str], list[str]]:
    return names(meeting.trunk), names(meeting.ours), names(meeting.theirs)


BASE = {"a": "select 1;", "b": "select 2;"}


def test_what_each_side_adds() -> None:
    found = meet(history(**BASE), history(**BASE, d="select 4;"), history(**BASE, c="select 3;"))
    assert shape(found) == (["a", "b"], ["d"], ["c"])
    assert (found.edited, found.edited_twice, found.clashes, found.repeats) == ((), (), frozenset(), {})


def test_what_both_add_alike_belongs_to_both() -> None:
    sides = (
        history(**BASE),
        history(**BASE, c="select 3;", d="select 4;"),
        history(**BASE, b2="select 9;", c="select 3;"),
    )
    assert shape(meet(*sides)) == (["a", "b", "c"], ["d"], ["b2"])
    apart = meet(*sides, share=False)
    assert shape(apart) == (["a", "b"], ["d"], ["b2"])
    assert (names(apart.runs_ours), names(apart.runs_theirs)) == (["c", "d"], ["b2", "c"])
    assert apart.clashes == frozenset()


def test_two_histories_from_where_they_first_differ() -> None:
    ours = history(**BASE, d="select 4;", e="select 5;")
    theirs = history(a="select 1;", b="select 20;", c="select 3;", d="select 4;")
    found = part(history(**BASE), ours, theirs)
    assert shape(found) == (["a"], ["b", "e"], ["b", "c"])
    assert (names(found.runs_ours), names(found.runs_theirs)) == (["b", "d", "e"], ["b", "c", "d"])
    assert (found.edited, found.clashes) == (("b",), {"b"})


def test_one_sides_edit_is_taken_over() -> None:
    edited = {"a": "select 10;", "b": "select 2;"}
    found = meet(history(**BASE), history(**BASE), history(**edited, c="select 3;"))
    assert [m.text for m in found.trunk] == ["select 10;", "select 2;"]
    assert (found.edited, found.edited_twice) == (("a",), ())


def test_two_edits_are_for_people() -> None:
    ours, theirs = {**BASE, "a": "select 10;"}, {**BASE, "a": "select 11;"}
    found = meet(history(**BASE), history(**ours), history(**theirs))
    assert [(each.name, each.ours.text, each.theirs.text) for each in found.edited_twice] == [
        ("a", "select 10;", "select 11;")
    ]


def test_an_edit_against_a_removal_is_for_people() -> None:
    found = meet(history(**BASE), history(a="select 10;", b="select 2;"), history(b="select 2;"))
    assert [(each.name, each.theirs) for each in found.edited_twice] == [("a", None)]


def test_a_landed_migration_under_a_new_name_is_no_new_one() -> None:
    found = meet(history(**BASE), history(**BASE), history(a="select 1;", b9="select 2;", c="select 3;"))
    assert shape(found) == (["a", "b9"], [], ["c"])
    assert found.edited == ("b",)


def test_one_name_with_two_texts_clashes() -> None:
    found = meet(history(**BASE), history(**BASE, c="select 3;"), history(**BASE, c="select 4;"))
    assert found.clashes == {"c"}
    assert shape(found) == (["a", "b"], ["c"], ["c"])


def test_one_text_under_two_names_is_a_repeat() -> None:
    found = meet(history(**BASE), history(**BASE, c="select 3;"), history(**BASE, b2="select 3;"))
    assert found.repeats == {"b2": "c"}
