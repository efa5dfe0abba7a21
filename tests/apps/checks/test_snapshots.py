"""Catalogs at rest: what is kept of one that is nearly another, and that it comes back whole."""

from msgspec.structs import replace

from apps.checks.content.compression import unpack
from apps.checks.content.snapshots import load_catalog, save_snapshot
from schemata.catalog import Address, Catalog, Column, Kind, Table


def at(kind, name, parent=""):
    return Address(kind, "public", name, parent)


def catalog_of(tables, edges):
    objects = [Table(at(Kind.TABLE, name)) for name in tables]
    objects += [Column(at(Kind.COLUMN, "id", name), "", "integer", 1) for name in tables]
    return Catalog.of(objects, dependencies={each: (at(Kind.TABLE, "t0"),) for each in edges})


def test_only_what_differs_is_kept_and_all_comes_back(db, project):
    names = [f"t{number}" for number in range(20)]
    kept, lost, new = (at(Kind.COLUMN, "id", name) for name in ("t1", "t2", "t3"))
    before = catalog_of(names, [kept, lost])
    after = catalog_of([*names[:-1], "added"], [kept, new])
    altered = replace(after.objects[kept], type="bigint")
    after = Catalog(dict(after.objects) | {kept: altered}, dependencies=after.dependencies)

    first = save_snapshot(project, before, {})
    second = save_snapshot(project, after, {}, (first, before))

    assert second.parent_id == first.pk
    content = unpack(second.body)
    assert len(content["set"]["objects"]) == 3
    assert len(content["drop"]["objects"]) == 2
    assert [len(content[part]["dependencies"]) for part in ("set", "drop")] == [1, 1]
    for row, catalog in ((first, before), (second, after)):
        read = load_catalog(row.pk)
        assert list(read.objects.values()) == list(catalog.objects.values())
        assert dict(read.dependencies) == dict(catalog.dependencies)


def test_what_differs_much_is_kept_whole(db, project):
    before, after = catalog_of(["t0", "t1"], []), catalog_of(["t0", "t2", "t3"], [])
    first = save_snapshot(project, before, {})
    assert save_snapshot(project, after, {}, (first, before)).parent is None
