"""Laws of diff and encoding on generated catalogs."""

from collections.abc import Mapping
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemata.catalog import (
    Address,
    Catalog,
    CatalogFormatError,
    CatalogObject,
    Column,
    Constraint,
    Enum,
    Grant,
    Identity,
    Index,
    IndexKey,
    Kind,
    Table,
)
from schemata.changes import Action, Change
from schemata.diff import diff

NUMBERS = ["a", "b", "c", 'it"s', "🐘", "x.y", "select"]
NAMES = st.sampled_from(NUMBERS)
TYPES = st.sampled_from(["text", "integer", "numeric(10,2)", "public.mood"])
TEXTS = st.sampled_from(["", "one", "two\nlines", "'quoted'"])


@st.composite
def columns(draw: st.DrawFn, table: str) -> list[CatalogObject]:
    names = draw(st.lists(NAMES, unique=True, max_size=4))
    return [
        Column(
            Address(Kind.COLUMN, "public", name, table),
            draw(TEXTS),
            draw(TYPES),
            position,
            draw(st.booleans()),
            draw(TEXTS),
            statistics=draw(st.none() | st.integers(0, 5)),
        )
        for position, name in enumerate(names, 1)
    ]


@st.composite
def parts(draw: st.DrawFn, table: str) -> list[CatalogObject]:
    found: list[CatalogObject] = []
    for name in draw(st.lists(NAMES, unique=True, max_size=2)):
        keys = tuple(IndexKey(key) for key in draw(st.lists(NAMES, min_size=1, max_size=2)))
        found.append(Index(Address(Kind.INDEX, "public", name, table), keys=keys, unique=draw(st.booleans())))
    for name in draw(st.lists(NAMES, unique=True, max_size=2)):
        at = Address(Kind.CONSTRAINT, "public", name, table)
        found.append(Constraint(at, type="check", definition=draw(TEXTS)))
    return found


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    found: list[CatalogObject] = []
    for name in draw(st.lists(NAMES, unique=True, max_size=3)):
        grants = (Grant("public", ("SELECT",)),) if draw(st.booleans()) else ()
        found.append(Table(Address(Kind.TABLE, "public", name), draw(TEXTS), privileges=grants))
        found += draw(columns(name))
        found += draw(parts(name))
    for name in draw(st.lists(NAMES, unique=True, max_size=2)):
        values = tuple(draw(st.lists(NAMES, unique=True)))
        found.append(Enum(Address(Kind.ENUM, "app", name), values=values))
    return Catalog.of(found)


def identified(catalog: Catalog, generation: int = 0) -> Catalog:
    """The catalog with an identity for every object, as if it had been read: the same name, the same object."""
    return Catalog(
        catalog.objects, {at: _identity(found, generation) for at, found in catalog.objects.items()}
    )


def _identity(found: CatalogObject, generation: int) -> Identity:
    at = found.address
    parts = tuple(range(len(found.values))) if isinstance(found, Enum) else ()
    tokens = (str(at),) * len(found.REFERRING)
    if at.kind == Kind.COLUMN:
        number = NUMBERS.index(at.name) + 1
        return Identity("pg_class", crc32(at.parent.encode()) + generation, number, tokens, parts)
    return Identity(at.kind, crc32(str(at).encode()) + generation, 0, tokens, parts)


def applied(before: Catalog, changes: tuple[Change, ...]) -> Mapping[Address, CatalogObject]:
    """`before` with the changes made, columns numbered as `after` has them."""
    objects = dict(before.objects)
    for change in changes:
        if change.soft:
            continue
        if change.action == Action.DROP:
            del objects[change.address]
        elif change.after is not None:
            objects[change.address] = change.after
    return objects


def unplaced(objects: Mapping[Address, CatalogObject]) -> Mapping[Address, CatalogObject]:
    return {
        at: replace(found, position=0) if isinstance(found, Column) else found
        for at, found in objects.items()
    }


@given(catalogs())
def test_nothing_differs_from_itself(catalog: Catalog) -> None:
    again = Catalog.from_json(catalog.to_json())
    assert diff(catalog, again, same_origin=False) == ()
    known = identified(catalog)
    assert diff(known, Catalog.from_json(known.to_json()), same_origin=True) == ()


@given(catalogs())
def test_bytes_and_back(catalog: Catalog) -> None:
    known = identified(catalog)
    again = Catalog.from_json(known.to_json())
    assert again == known
    assert again.hash == known.hash
    assert again.identities == known.identities
    assert again.to_json() == known.to_json()
    assert list(again.objects) == list(known.objects)


@given(catalogs(), catalogs())
def test_hashes_are_equal_where_catalogs_are(one: Catalog, other: Catalog) -> None:
    assert (one.hash == other.hash) == (one == other)
    assert (diff(one, other, same_origin=False) == ()) == (one == other)


@given(catalogs(), catalogs())
def test_changes_lead_from_before_to_after(before: Catalog, after: Catalog) -> None:
    changes = diff(before, after, same_origin=False)
    assert unplaced(applied(before, changes)) == unplaced(after.objects)


@given(catalogs(), catalogs())
def test_the_way_back_mirrors_the_way_there(before: Catalog, after: Catalog) -> None:
    turned = {Action.ADD: Action.DROP, Action.DROP: Action.ADD}
    there = diff(before, after, same_origin=False)
    back = diff(after, before, same_origin=False)
    assert sorted(
        (turned.get(each.action, each.action), each.address, each.soft) for each in there
    ) == sorted((each.action, each.address, each.soft) for each in back)
    values = {
        (each.address, part.name, part.before, part.after) for each in there for part in each.attributes
    }
    mirror = {(each.address, part.name, part.after, part.before) for each in back for part in each.attributes}
    assert values == mirror


@given(catalogs(), st.data())
def test_a_renamed_table_is_one_change(catalog: Catalog, data: st.DataObject) -> None:
    tables = [found.address for found in catalog.of_kind(Kind.TABLE)]
    if not tables:
        return
    before = identified(catalog)
    old = data.draw(st.sampled_from(tables))
    after = renamed(before, old)
    changes = diff(before, after, same_origin=True)
    assert [(each.action, each.previous) for each in changes] == [(Action.RENAME, old)]
    assert diff(after, before, same_origin=True)[0].address == old


def renamed(catalog: Catalog, old: Address) -> Catalog:
    """The catalog with one table under another name, identities kept."""
    moved = {}
    for at in catalog.objects:
        if at == old:
            moved[at] = Address(at.kind, at.schema, "brand new")
        elif (at.schema, at.parent) == (old.schema, old.name):
            moved[at] = Address(at.kind, at.schema, at.name, "brand new")
    objects = [replace(found, address=moved.get(at, at)) for at, found in catalog.objects.items()]
    identities = {moved.get(at, at): identity for at, identity in catalog.identities.items()}
    return Catalog.of(objects, identities=identities)


@given(catalogs())
def test_the_same_names_on_other_objects_are_a_loss(catalog: Catalog) -> None:
    """Tables and their columns that were all made anew: everything of them is dropped and added."""
    before, after = identified(catalog), identified(catalog, generation=1)
    changes = diff(before, after, same_origin=True)
    dropped = {each.address for each in changes if each.action == Action.DROP}
    held = {at for at in catalog.objects if at.kind in (Kind.TABLE, Kind.COLUMN)}
    assert held <= dropped
    assert all(each.recreated for each in changes)


@given(catalogs(), catalogs())
def test_every_change_has_a_sentence_and_is_json(before: Catalog, after: Catalog) -> None:
    for change in diff(before, after, same_origin=False):
        assert change.address.short in change.summary
        assert "\n" not in change.summary.replace(change.address.short, "")
        assert change.to_json()["summary"] == change.summary


@given(catalogs(), catalogs())
def test_input_order_does_not_matter(before: Catalog, after: Catalog) -> None:
    shuffled = Catalog(dict(reversed(before.objects.items())))
    assert diff(shuffled, after, same_origin=False) == diff(before, after, same_origin=False)
    known, other = identified(before), identified(after)
    mixed = Catalog(dict(reversed(known.objects.items())), known.identities)
    assert diff(mixed, other, same_origin=True) == diff(known, other, same_origin=True)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "objects": [{}]}', "nonsense"]
)
def test_what_is_no_catalog_is_told_so(text: str) -> None:
    with pytest.raises(CatalogFormatError):
        Catalog.from_json(text)
