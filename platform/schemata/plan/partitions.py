"""Partitions: which of their parts the whole makes, and under which names."""

from collections.abc import Mapping

from schemata.catalog import Address, Catalog, CatalogObject, Constraint, Index, Kind, Table
from schemata.plan.situation import Situation, leaves_parents

_LONGEST = 63


def stands_apart(found: CatalogObject, situation: Situation, made: Mapping[Address, CatalogObject]) -> bool:
    """Whether a new partition is made as a table of its own and attached at the end.

    CREATE TABLE ... PARTITION OF makes its indexes and keys as well and names them by
    itself; where they have other names, they have to be there before.
    """
    if not isinstance(found, Table) or not found.partition_bound or found.address not in made:
        return False
    parts = situation.after.children.get(found.address, ())
    return any(_comes_from_above(part) and not _is_named_by_postgres(part, situation.after) for part in parts)


def made_by_parent(found: CatalogObject, situation: Situation, made: Mapping[Address, CatalogObject]) -> bool:
    """Whether a partition's index or key comes with that of the whole, or with the partition itself."""
    if not _comes_from_above(found):
        return False
    table = situation.after.objects.get(Address(Kind.TABLE, found.address.schema, found.address.parent))
    if table is None or not _is_named_by_postgres(found, situation.after):
        return False
    if table.address in made:
        return not stands_apart(table, situation, made)
    return getattr(found, "parent", None) in made and not is_joining(table, situation)


def is_joining(table: CatalogObject, situation: Situation) -> bool:
    """Whether a table that stands gets attached."""
    pair = situation.pairs_after.get(table.address)
    return pair is not None and leaves_parents(pair)


def _comes_from_above(found: CatalogObject) -> bool:
    return isinstance(found, Index | Constraint) and found.parent is not None


def _is_named_by_postgres(found: CatalogObject, catalog: Catalog) -> bool:
    """Whether it has the name that Postgres chooses (`ChooseIndexName`) while no other one has it."""
    table, name = found.address.parent, found.address.name
    if isinstance(found, Constraint):
        if found.type == "foreign key":
            return found.parent is not None and found.parent.name == name
        ending = {"primary key": "pkey", "unique": "key", "exclusion": "excl"}.get(found.type, "")
        columns = () if found.type == "primary key" else found.columns
    elif isinstance(found, Index):
        ending, columns = "idx", tuple(key.column or "expr" for key in found.keys)
    else:
        return True
    expected = "_".join([table, *columns, ending])
    return len(expected.encode()) <= _LONGEST and expected == name
