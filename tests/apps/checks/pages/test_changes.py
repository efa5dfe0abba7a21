"""The cards of a diff: what they say, searching, paging, and how much work a large one is."""

from unittest import mock

from apps.checks.access import ChangeView, ObjectChanges
from apps.checks.pages import changes
from apps.checks.pages.changes import CARD_LINES, PAGE_SIZE, ObjectCard, list_changes


def change(action: str, address: str, **more) -> ChangeView:
    kind, _, name = address.partition(" ")
    return ChangeView(
        action, kind, address, name, f"{address}: {action}", "", "", more.pop("attributes", ()), **more
    )


def table(action: str, name: str, *parts: ChangeView, before: str = "", after: str = "") -> ObjectChanges:
    return ObjectChanges(action, "table", f"table {name}", parts, name, "", before, after)


def card_of(changed: ObjectChanges) -> ObjectCard:
    (card,) = list_changes((changed,), "", "1").cards
    return card


def texts(card: ObjectCard) -> list[str]:
    return [f"{line.kind} {''.join(part.text for part in line.parts)}" for line in card.lines]


def test_an_altered_object_has_sentences_and_its_differing_lines() -> None:
    card = card_of(
        table(
            "alter",
            "a",
            change("alter", "column a.b"),
            before="create table a (\n  b int\n)",
            after="create table a (\n  b bigint\n)",
        )
    )
    assert [c.summary for c in card.changes] == ["column a.b: alter"]
    assert texts(card) == ["same create table a (", "removed   b int", "added   b bigint", "same )"]
    assert (card.action, card.kind, card.name) == ("altered", "table", "a")


def test_a_new_object_is_its_sql_and_no_more() -> None:
    card = card_of(
        table("add", "a", change("add", "table a"), change("add", "index a_b"), after="create table a ()")
    )
    assert texts(card) == ["added create table a ()"]
    assert card.changes == ()


def test_a_dropped_object_that_was_made_anew_says_so() -> None:
    card = card_of(
        table("drop", "a", change("drop", "table a", is_recreated=True), before="create table a ()")
    )
    assert [c.is_lost for c in card.changes] == [True]


def test_an_enum_that_was_made_anew_held_nothing() -> None:
    """Columns keep their rows: the migration turns them into the new type."""
    part = change("alter", "enum mood", is_recreated=True)
    card = card_of(ObjectChanges("alter", "enum", "enum mood", (part,), "mood", "", "x", "y"))
    assert [c.is_lost for c in card.changes] == [False]


def test_what_the_heading_covers_is_not_said_twice() -> None:
    covered = change("add", "column a.b", is_covered=True)
    assert card_of(table("alter", "a", covered, before="x", after="y")).changes == ()


def test_a_change_that_no_sql_shows_has_its_attributes() -> None:
    quiet = change("alter", "column a.b", attributes=(("statistics", "10", "99"),))
    assert card_of(table("alter", "a", quiet, before="x", after="x")).changes[0].facts == (
        ("statistics", "10", "99"),
    )
    assert card_of(table("alter", "a", quiet, before="x", after="y")).changes[0].facts == ()


def test_search_needs_every_word() -> None:
    objects = tuple(table("alter", name) for name in ("orders", "order_items", "users"))
    found = list_changes(objects, "TABLE order", "1")
    assert [card.name for card in found.cards] == ["order_items", "orders"]
    assert found.total == 3


def test_only_the_page_that_is_shown_is_compared() -> None:
    objects = tuple(table("alter", f"t{n}", before="c int", after="c bigint") for n in range(1000))
    with mock.patch.object(changes, "compare", wraps=changes.compare) as compare:
        found = list_changes(objects, "", "2")
    assert compare.call_count == PAGE_SIZE == len(found.cards)
    assert found.cards[0].name not in {card.name for card in list_changes(objects, "", "1").cards}


def test_cards_close_when_the_page_grows_long() -> None:
    body = "\n".join(f"  c{n} int," for n in range(150))
    objects = tuple(table("add", f"t{n}", after=body) for n in range(3))
    assert [card.is_open for card in list_changes(objects, "", "1").cards] == [True, False, False]


def test_an_endless_definition_is_cut_and_says_so() -> None:
    card = card_of(table("add", "t", after="\n".join(["x"] * (CARD_LINES + 5))))
    assert len(card.lines) == CARD_LINES
    assert card.cut == 5


def test_a_page_that_does_not_exist_is_the_nearest() -> None:
    assert list_changes((), "", "99").page.number == 1
    assert list_changes((), "", "x").page.number == 1


def test_changed_tables_come_first_and_sequences_last() -> None:
    of = {"sequence": "add", "table": "add", "enum": "alter", "function": "add"}
    objects = tuple(ObjectChanges(action, kind, f"{kind} x", (), "x") for kind, action in of.items())
    cards = list_changes(objects, "", "1").cards
    assert [card.kind for card in cards] == ["enum", "table", "function", "sequence"]
