"""The cards of a diff: grouping, searching, paging, and how much work a large one is."""

from unittest import mock

from apps.checks.access import ChangeView, ObjectChanges
from apps.checks.pages import changes
from apps.checks.pages.changes import CARD_LINES, PAGE_SIZE, list_changes


def change(action: str, address: str, before: str = "", after: str = "") -> ChangeView:
    kind, _, name = address.partition(" ")
    return ChangeView(action, kind, address, name, f"{address} {action}", before, after, ())


def table(name: str, action: str, *parts: ChangeView) -> ObjectChanges:
    return ObjectChanges(action, "table", f"table {name}", parts)


def test_a_new_object_is_shown_whole_with_itself_first() -> None:
    index = change("add", "index a_b", after="create index a_b on a (b)")
    own = change("add", "table a", after="create table a (\n  b int\n)")
    (card,) = list_changes((table("a", "add", index, own),), "", "1").page
    (shown,) = card.changes
    texts = ["".join(part.text for part in line.parts) for line in shown.lines]
    assert texts == ["create table a (", "  b int", ")", "create index a_b on a (b)"]
    assert {line.kind for line in shown.lines} == {"added"}
    assert (card.action, card.kind, card.name) == ("added", "table", "a")


def test_changes_without_differing_sql_show_their_attributes() -> None:
    same = ChangeView(
        "alter", "column", "column a.b", "b", "…", "b int", "b int", (("statistics", "10", "99"),)
    )
    (card,) = list_changes((table("a", "alter", same),), "", "1").page
    assert card.changes[0].facts == (("statistics", "10", "99"),)
    assert not card.changes[0].lines


def test_search_needs_every_word() -> None:
    objects = (table("orders", "alter"), table("order_items", "alter"), table("users", "alter"))
    found = list_changes(objects, "TABLE order", "1")
    assert [card.name for card in found.page] == ["orders", "order_items"]
    assert found.total == 3


def test_only_the_page_that_is_shown_is_compared() -> None:
    objects = tuple(
        table(f"t{n}", "alter", change("alter", f"column t{n}.c", "c int", "c bigint")) for n in range(1000)
    )
    with mock.patch.object(changes, "compare", wraps=changes.compare) as compare:
        found = list_changes(objects, "", "2")
    assert compare.call_count == PAGE_SIZE == len(found.page.object_list)
    assert found.page.object_list[0].name == f"t{PAGE_SIZE}"


def test_cards_close_when_the_page_grows_long() -> None:
    body = "\n".join(f"  c{n} int," for n in range(150))
    objects = tuple(table(f"t{n}", "add", change("add", f"table t{n}", after=body)) for n in range(6))
    assert [card.is_open for card in list_changes(objects, "", "1").page] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_an_endless_definition_is_cut_and_says_so() -> None:
    body = "\n".join(["x"] * (CARD_LINES + 5))
    (card,) = list_changes((table("t", "add", change("add", "table t", after=body)),), "", "1").page
    assert len(card.changes[0].lines) == CARD_LINES
    assert card.changes[0].cut == 5


def test_a_page_that_does_not_exist_is_the_nearest() -> None:
    assert list_changes((), "", "99").page.number == 1
    assert list_changes((), "", "x").page.number == 1
