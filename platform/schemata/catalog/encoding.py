"""Catalogs as bytes: canonical order, hash, JSON and back.

The JSON is `{"format", "postgres", "objects": [...], "identities": [...],
"dependencies": [...]}`; an object is its kind's name, its address and the
attributes that differ from the class's defaults.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import astuple, replace

from schemata.catalog import objects as classes
from schemata.catalog.address import Address, Kind
from schemata.catalog.collector import collector_paused
from schemata.catalog.identity import Identity
from schemata.catalog.objects import CatalogObject

if TYPE_CHECKING:
    from schemata.catalog.catalog import Catalog

FORMAT = 1
_ENCODER = msgspec.json.Encoder()


class CatalogFormatError(ValueError):
    """The text is not a catalog that `to_json` wrote."""


CLASSES: Mapping[Kind, type[CatalogObject]] = {
    Kind.SCHEMA: classes.Schema,
    Kind.EXTENSION: classes.Extension,
    Kind.TABLE: classes.Table,
    Kind.FOREIGN_TABLE: classes.Table,
    Kind.COLUMN: classes.Column,
    Kind.CONSTRAINT: classes.Constraint,
    Kind.INDEX: classes.Index,
    Kind.SEQUENCE: classes.Sequence,
    Kind.VIEW: classes.View,
    Kind.MATERIALIZED_VIEW: classes.MaterializedView,
    Kind.ENUM: classes.Enum,
    Kind.DOMAIN: classes.Domain,
    Kind.COMPOSITE: classes.Composite,
    Kind.ATTRIBUTE: classes.Attribute,
    Kind.RANGE: classes.Range,
    Kind.FUNCTION: classes.Function,
    Kind.PROCEDURE: classes.Function,
    Kind.AGGREGATE: classes.Aggregate,
    Kind.TRIGGER: classes.Trigger,
    Kind.EVENT_TRIGGER: classes.EventTrigger,
    Kind.RULE: classes.Rule,
    Kind.POLICY: classes.Policy,
    Kind.STATISTICS: classes.Statistics,
    Kind.PUBLICATION: classes.Publication,
}


def class_of(kind: Kind) -> type[CatalogObject]:
    return CLASSES.get(kind, classes.Other)


def canonical_order(found: CatalogObject) -> tuple[str | int, ...]:
    """Sort key: kind, then the address; columns and attributes stand by table in their order."""
    address = found.address
    if isinstance(found, classes.Column | classes.Attribute):
        return (address.kind, address.schema, address.parent, found.position, address.name)
    return address


def digest(objects: Iterable[CatalogObject]) -> str:
    """SHA-256 over kinds and values of the objects in the order given."""
    return digest_of(map(encoded, objects))


def digest_of(encoded_objects: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(encoded_objects)).hexdigest()


def encoded(found: CatalogObject) -> bytes:
    """An object as it goes into a digest."""
    return _ENCODER.encode(astuple(found))


def loosely_encoded(found: CatalogObject) -> bytes:
    """As `encoded`, but for where a column stands among others."""
    return encoded(replace(found, **dict.fromkeys(found.SOFT, 0)) if found.SOFT else found)


def address_of(found: CatalogObject) -> Address:
    return found.address


def group_by_parent(
    objects: Mapping[Address, CatalogObject],
) -> Mapping[Address, tuple[CatalogObject, ...]]:
    owners = {(at.schema, at.name): at for at in objects if at.kind in PARENTS}
    groups: dict[Address, list[CatalogObject]] = defaultdict(list)
    for at, found in objects.items():
        if at.parent and (at.schema, at.parent) in owners:
            groups[owners[at.schema, at.parent]].append(found)
    return {at: tuple(group) for at, group in groups.items()}


# Relations and types share one namespace per schema, so a parent's name is enough to find it.
PARENTS = frozenset(
    {
        Kind.TABLE,
        Kind.FOREIGN_TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.DOMAIN,
        Kind.COMPOSITE,
    }
)


def encode(catalog: "Catalog", *, identity: bool) -> bytes:
    with collector_paused():
        document: dict[str, object] = {
            "format": FORMAT,
            "objects": list(catalog.objects.values()),
            "dependencies": [[at, *needed] for at, needed in sorted(catalog.dependencies.items())],
        }
        if identity:
            document["postgres"] = catalog.postgres
            document["identities"] = [[at, *whose] for at, whose in sorted(catalog.identities.items())]
        return _ENCODER.encode(document)


def encode_object(found: CatalogObject) -> dict[str, object]:
    """The object as JSON-ready values: its address and what is not default."""
    encoded: dict[str, object] = msgspec.to_builtins(found)
    return encoded


def decode(text: bytes | str) -> dict[str, Any]:
    try:
        with collector_paused():
            return _decoded(msgspec.json.decode(text))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise CatalogFormatError(f"not a catalog: {problem}") from problem


def _decoded(document: Any) -> dict[str, Any]:
    if document["format"] != FORMAT:
        raise CatalogFormatError(f"catalog format {document['format']}, this version reads {FORMAT}")
    decoded = [decode_object(each) for each in document["objects"]]
    return {
        "objects": {found.address: found for found in decoded},
        "identities": dict(_decode_identity(*each) for each in document.get("identities", ())),
        "dependencies": {
            _address(at): tuple(map(_address, needed)) for at, *needed in document["dependencies"]
        },
        "postgres": document.get("postgres", 0),
    }


def decode_object(encoded: Mapping[str, Any]) -> CatalogObject:
    return msgspec.convert(encoded, class_of(Kind(encoded["address"][0])))


def _address(parts: list[str]) -> Address:
    kind, schema, name, parent = parts
    return Address(Kind(kind), schema, name, parent)


def _decode_identity(
    at: list[str], origin: str, oid: int, attnum: int, tokens: list[Any], parts: list[int]
) -> tuple[Address, Identity]:
    return _address(at), Identity(origin, oid, attnum, _frozen(tokens), tuple(parts))


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
