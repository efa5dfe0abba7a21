"""Three-way merge of one object that all three catalogs have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from schemata.catalog import NOBODY, Address, CatalogObject, Enum, Identity
from schemata.merge.attributes import MergedValue, merge_value
from schemata.merge.conflicts import Conflict, ConflictKind
from schemata.merge.enums import MergedValues, merge_values
from schemata.merge.identities import merge_identity
from schemata.merge.wording import bare

EXPRESSIONS = frozenset({"default", "definition", "predicate", "using", "check", "when"})


@dataclass(frozen=True, slots=True)
class Version:
    """An object on one side, in merged names; `same_text` lists attributes that only read differently."""

    found: CatalogObject
    same_text: frozenset[str] = frozenset()
    identity: Identity = NOBODY

    def changed(self, base: CatalogObject, name: str) -> bool:
        """Whether the side changed what the attribute means; a new cast follows from a column's new type."""
        now, before = getattr(self.found, name), getattr(base, name)
        if name in self.same_text or now == before:
            return False
        return not (name in EXPRESSIONS and now and before and bare(now) == bare(before))

    def is_same_text(self, base: CatalogObject, name: str) -> bool:
        return name in self.same_text or (name in EXPRESSIONS and not self.changed(base, name))


@dataclass(frozen=True, slots=True)
class MergedObject:
    """`unsettled`: attributes whose wording is known only once Postgres has run."""

    found: CatalogObject
    identity: Identity
    conflicts: tuple[Conflict, ...] = ()
    unsettled: tuple[str, ...] = ()


def merge_object(at: Address, base: Version, ours: Version, theirs: Version) -> MergedObject:
    """Merge attribute by attribute; `at` is the address in the base, for conflicts."""
    if type(ours.found) is not type(theirs.found):
        conflict = _conflict(at, "kind", base.found, ours.found, theirs.found)
        return MergedObject(ours.found, ours.identity, (conflict,))
    values = {name: _merge_attribute(name, base.found, ours, theirs) for name in attribute_names(base.found)}
    enum = _merge_enum(at, base, ours, theirs)
    if enum:
        values["values"] = MergedValue(enum.values, "both")
    conflicts = [
        Conflict(ConflictKind.ATTRIBUTE, at, name, *_three(name, base.found, ours, theirs))
        for name, merged in values.items()
        if not merged.agreed
    ]
    unsettled = [
        name
        for name, merged in values.items()
        if merged.agreed and (_is_reworded(name, base.found, ours, theirs) or _is_recast(name, values))
    ]
    found = replace(ours.found, **{name: merged.value for name, merged in values.items()})
    identity = merge_identity(found, values, base, ours, theirs)
    conflicts += enum.conflicts if enum else ()
    return MergedObject(found, identity, tuple(conflicts), tuple(unsettled))


def differing(ours: CatalogObject, theirs: CatalogObject) -> tuple[str, ...]:
    """Attributes in which two objects differ, soft ones aside; `kind` where they are not comparable."""
    if type(ours) is not type(theirs):
        return ("kind",)
    return tuple(name for name in hard_names(ours) if getattr(ours, name) != getattr(theirs, name))


def attribute_names(found: CatalogObject) -> tuple[str, ...]:
    return tuple(name for name in found.__struct_fields__ if name != "address")


def hard_names(found: CatalogObject) -> tuple[str, ...]:
    """All attributes but the soft ones."""
    return tuple(name for name in attribute_names(found) if name not in found.SOFT)


def _three(name: str, base: CatalogObject, ours: Version, theirs: Version) -> tuple[Any, Any, Any]:
    return getattr(base, name), getattr(ours.found, name), getattr(theirs.found, name)


def _merge_attribute(name: str, base: CatalogObject, ours: Version, theirs: Version) -> MergedValue:
    before, mine, other = _three(name, base, ours, theirs)
    has_ours, has_theirs = ours.changed(base, name), theirs.changed(base, name)
    if not has_ours and not has_theirs:
        return MergedValue(mine if mine != before else other, "base")
    if not has_theirs:
        return MergedValue(mine, "ours")
    if not has_ours:
        return MergedValue(other, "theirs")
    merged = merge_value(name, before, mine, other)
    return merged if name in hard_names(base) else MergedValue(merged.value, merged.taken)


def _is_reworded(name: str, base: CatalogObject, ours: Version, theirs: Version) -> bool:
    """Whether both sides' wordings differ from the base's: one by meaning, or both by what each renamed."""
    before, mine, other = _three(name, base, ours, theirs)
    if mine == other or before in (mine, other):
        return False
    return ours.is_same_text(base, name) or theirs.is_same_text(base, name)


def _is_recast(name: str, values: Mapping[str, MergedValue]) -> bool:
    """Whether a default gets another cast, because the other side changed the type of its column."""
    if name != "default" or "type" not in values or not values["default"].value:
        return False
    return {values["default"].taken, values["type"].taken} == {"ours", "theirs"}


def _merge_enum(at: Address, base: Version, ours: Version, theirs: Version) -> MergedValues | None:
    """The values of an enum that both sides changed; None for all else."""
    if not isinstance(base.found, Enum):
        return None
    if not (ours.changed(base.found, "values") and theirs.changed(base.found, "values")):
        return None
    return merge_values(at, base, ours, theirs)


def _conflict(at: Address, name: str, *three: CatalogObject) -> Conflict:
    before, mine, other = (type(each).__name__.lower() for each in three)
    return Conflict(ConflictKind.ATTRIBUTE, at, name, before, mine, other)
