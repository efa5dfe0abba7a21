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
from schemata.catalog import Catalog
from schemata.catalog.encoding import canonical_order

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
    parent, content = _shortest(_document(catalog), near)
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
    written = msgspec.json.decode(catalog.to_json(identity=False))
    return {
        "objects": {_key(each["address"]): each for each in written["objects"]},
        "dependencies": {_key(each[0]): each for each in written["dependencies"]},
    }


def _key(address: list[str]) -> str:
    return msgspec.json.encode(address).decode()


def _shortest(whole: Document, near: tuple[Snapshot, Catalog] | None) -> tuple[Snapshot | None, Any]:
    """The parent and the content to keep: a difference where that is much the smaller."""
    if near is None or near[0].depth >= DEEPEST:
        return None, {"set": whole}
    content = _difference(_document(near[1]), whole)
    if _size(content) > WORTH_IT * _size({"set": whole}):
        return None, {"set": whole}
    return near[0], content


def _size(content: Mapping[str, Mapping[str, Any]]) -> int:
    return sum(len(part) for parts in content.values() for part in parts.values())


def _difference(before: Document, after: Document) -> dict[str, dict[str, Any]]:
    changed = {
        part: {key: each for key, each in after[part].items() if before[part].get(key) != each}
        for part in KEYED
    }
    gone = {part: [key for key in before[part] if key not in after[part]] for part in KEYED}
    return {"set": changed, "drop": gone}


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
