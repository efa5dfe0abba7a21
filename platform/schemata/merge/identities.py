"""Who the merged objects are, so that a database can be compared with the merge by identity.

A token says what an attribute means whatever its wording, so the merge of an
attribute takes the token from where it took the value: compared with ours, what
theirs changed is changed, and what merely mentions a renamed object is not.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from schemata.catalog import NOBODY, Address, Catalog, CatalogObject, Enum, Identity
from schemata.catalog.overlay import IdentitiesOver
from schemata.merge.attributes import MergedValue

if TYPE_CHECKING:
    from schemata.merge.objects import Version


def merge_identity(
    found: CatalogObject,
    values: Mapping[str, MergedValue],
    base: "Version",
    ours: "Version",
    theirs: "Version",
) -> Identity:
    """The base's identity with a token for each merged attribute, and the oids of merged enum values."""
    if NOBODY in (base.identity, ours.identity, theirs.identity):
        return base.identity
    known = zip(
        found.REFERRING, base.identity.tokens, ours.identity.tokens, theirs.identity.tokens, strict=False
    )
    tokens = tuple(_token(values[name].taken, *three) for name, *three in known)
    parts = _parts(found, base, ours, theirs) if isinstance(found, Enum) else base.identity.parts
    return base.identity._replace(tokens=tokens, parts=parts)


def _token(taken: str, base: object, ours: object, theirs: object) -> object:
    # A value joined from both sides means what neither side's does.
    return {"base": base, "ours": ours, "theirs": theirs}.get(taken, (ours, theirs))


def _parts(found: Enum, *versions: "Version") -> tuple[int, ...]:
    """The oid of each merged value: the base's where it is one of those, whatever it is called now."""
    oids: dict[str, int] = {}
    for version in versions:
        for label, oid in _labels(version.found, version.identity):
            oids.setdefault(label, oid)
    return tuple(oids.get(label, 0) for label in found.values)


def _labels(found: CatalogObject, identity: Identity) -> Iterator[tuple[str, int]]:
    if isinstance(found, Enum):
        yield from zip(found.values, identity.parts, strict=False)


def seen_from(merged: Catalog, base: Catalog, touched: frozenset[Address], reached: Catalog) -> Catalog:
    """The merged catalog with `reached`'s own identities for what the base does not have.

    `touched` are merged addresses of what a side added or altered: all else is in
    the base, and so known by the base's identity wherever it came along.
    """
    own: dict[Address, Identity] = {}
    there = reached.by_identity
    for at in (each for each in touched if each not in reached.identities):
        mine = merged.identities.get(at, NOBODY)
        # Both sides gave the next number to a column of their own: another one than `reached` has, which may
        # stand elsewhere in the merge, where its table was renamed, but under no other name.
        if mine.key in there and mine.key not in base.by_identity and there[mine.key].name != at.name:
            own[at] = mine._replace(origin=f"{mine.origin}, of the other side")
    for at in (each for each in touched if each in reached.identities):
        mine, its = merged.identities.get(at, NOBODY), reached.identities[at]
        if mine.key not in there and its != NOBODY and its.key not in base.by_identity:
            own[at] = _adopted(merged.objects[at], mine, reached.objects[at], its)
    if not own:
        return merged
    known = {at: who for at, who in own.items() if at in merged.identities}
    identities = IdentitiesOver(merged.objects, merged.identities, known, ())
    return Catalog(merged.objects, identities, merged.dependencies, merged.postgres).near(
        merged, frozenset(known)
    )


def _adopted(wanted: CatalogObject, mine: Identity, there: CatalogObject, its: Identity) -> Identity:
    """`its` identity, with its own token only for what reads the same there as in the merge."""
    if type(wanted) is not type(there):
        return its._replace(tokens=mine.tokens)
    known: Any = zip(wanted.REFERRING, mine.tokens or (None,) * len(its.tokens), its.tokens, strict=False)
    tokens = tuple(
        other if getattr(wanted, name) == getattr(there, name) else ("merged", token)
        for name, token, other in known
    )
    if not isinstance(wanted, Enum):
        return its._replace(tokens=tokens)
    oids = dict(zip(wanted.values, mine.parts, strict=False)) | dict(_labels(there, its))
    return its._replace(tokens=tokens, parts=tuple(oids.get(label, 0) for label in wanted.values))
