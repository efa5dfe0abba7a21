"""Catalogs at rest: one row a catalog, and of a catalog that is nearly another's only the difference.

A branch with one new column costs a few hundred bytes, however large the schema.
A chain of differences is at most DEEPEST rows long, and one query reads it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from apps.checks.content.compression import pack, unpack_as
from apps.checks.content.rows import keep
from apps.checks.models import Snapshot
from apps.projects.models import Project
from schemata.catalog import Address, Catalog
from schemata.catalog.edges import edges_apart
from schemata.catalog.encoding import canonical_order, encode_object
from schemata.catalog.nearness import objects_apart

DEEPEST = 16
WORTH_IT = 0.25
KEYED = ("objects", "dependencies")

Document = Mapping[str, Mapping[str, Any]]
# Asked of kind, schema, name and parent.
Wanted = Callable[[Sequence[str]], bool]


class _Content(msgspec.Struct):
    """A row's content: what it sets and drops of each part, by keys; the values stay text."""

    set: dict[str, dict[str, msgspec.Raw]]
    drop: dict[str, list[str]] = {}


def find_snapshots(project: Project, catalogs: Sequence[Catalog]) -> dict[str, Snapshot]:
    """Those of the catalogs that are kept already, by hash; one query."""
    hashes = [catalog.hash for catalog in catalogs]
    found = Snapshot.objects.filter(project=project, hash__in=hashes).defer("body")
    return {snapshot.hash: snapshot for snapshot in found}


def save_snapshot(
    project: Project,
    catalog: Catalog,
    known: Mapping[str, Snapshot],
    near: tuple[Snapshot, Catalog] | None = None,
) -> Snapshot:
    """The row of the catalog; `near` is one that is kept already and may be nearly the same."""
    if catalog.hash in known:
        return known[catalog.hash]
    if near and near[0].hash == catalog.hash:
        return near[0]
    parent, content = _shortest(catalog, near)
    row = Snapshot(
        project=project,
        hash=catalog.hash,
        parent=parent,
        depth=parent.depth + 1 if parent else 0,
        objects_count=len(catalog.objects),
        body=pack(content),
    )
    return keep([row], under="hash", update=["objects_count"])[0]


def load_catalog(snapshot_id: int, wanted: Wanted | None = None) -> Catalog:
    """The catalog of a snapshot, without identities; one query, however long its chain.

    `wanted` is asked of every address, as its four texts: then only such objects are read, and no dependencies.
    Most of the time goes into reading objects, so a part of a large catalog is there much sooner.
    """
    document: dict[str, dict[str, msgspec.Raw]] = {part: {} for part in KEYED}
    for row in Snapshot.objects.raw(_CHAIN, [snapshot_id]):
        _apply(document, unpack_as(row.body, _Content))
    return _catalog(_narrowed(document, wanted) if wanted else document)


_CHAIN = """
with recursive chain as (
    select * from checks_snapshot where id = %s
    union all
    select parent.* from chain join checks_snapshot parent on parent.id = chain.parent_id
)
select * from chain order by depth
"""


def _document(catalog: Catalog) -> Document:
    """Objects and dependencies by the JSON text of their address."""
    return {
        "objects": {_key(at): encode_object(found) for at, found in catalog.objects.items()},
        "dependencies": {_key(at): [at, *needed] for at, needed in sorted(catalog.dependencies.items())},
    }


def _key(address: Address) -> str:
    return msgspec.json.encode(address).decode()


def _shortest(whole: Catalog, near: tuple[Snapshot, Catalog] | None) -> tuple[Snapshot | None, Any]:
    """The parent and the content to keep: a difference where that is much the smaller."""
    if near is None or near[0].depth >= DEEPEST:
        return None, {"set": _document(whole)}
    content = _difference(near[1], whole)
    # There are at least as many entries as objects; dependencies are only counted where that decides.
    size = sum(len(part) for parts in content.values() for part in parts.values())
    if size > WORTH_IT * len(whole.objects) and size > WORTH_IT * (
        len(whole.objects) + len(whole.dependencies)
    ):
        return None, {"set": _document(whole)}
    return near[0], content


def _difference(before: Catalog, after: Catalog) -> dict[str, dict[str, Any]]:
    """What differs, found among the objects themselves: most are the very same ones on both sides."""
    was, needed, apart = before.objects, after.dependencies, objects_apart(before, after)
    there = sorted((after.objects[at] for at in apart if at in after.objects), key=canonical_order)
    changed = [(each.address, each) for each in there if was.get(each.address) != each]
    edges = list(edges_apart(before.dependencies, needed))
    return {
        "set": {
            "objects": {_key(at): encode_object(found) for at, found in changed},
            "dependencies": {_key(at): [at, *needed[at]] for at in edges if at in needed},
        },
        "drop": {
            "objects": [_key(at) for at in apart if at not in after.objects],
            "dependencies": [_key(at) for at in edges if at not in needed],
        },
    }


def _apply(document: dict[str, dict[str, msgspec.Raw]], content: _Content) -> None:
    for part in KEYED:
        for key in content.drop.get(part, ()):
            document[part].pop(key, None)
        document[part].update(content.set[part])


def _narrowed(
    document: Mapping[str, Mapping[str, msgspec.Raw]], wanted: Wanted
) -> Mapping[str, Mapping[str, msgspec.Raw]]:
    objects = document["objects"]
    addresses = msgspec.json.decode(f"[{','.join(objects)}]", type=list[list[str]])
    pairs = zip(objects.items(), addresses, strict=True)
    return {"objects": {key: each for (key, each), at in pairs if wanted(at)}, "dependencies": {}}


def _catalog(document: Mapping[str, Mapping[str, msgspec.Raw]]) -> Catalog:
    written = {"format": 1, **{part: list(document[part].values()) for part in KEYED}}
    read = Catalog.from_json(msgspec.json.encode(written))
    ordered = sorted(read.objects.values(), key=canonical_order)
    return Catalog({each.address: each for each in ordered}, dependencies=read.dependencies)
