"""Which index or constraint of the file is which of the database, where their names or kinds differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemata.catalog import Address, CatalogObject, Constraint, Index
from schemata.changes import Change
from schemata.prisma.drift.language import shape
from schemata.prisma.drift.said import Said

Indexing = Index | Constraint


@dataclass(frozen=True, slots=True)
class Difference:
    """One object as the file says it and as the database has it; None where one of them lacks it."""

    said: CatalogObject | None
    real: CatalogObject | None

    @property
    def address(self) -> Address:
        found = self.said or self.real
        assert found is not None
        return found.address


def differences(changes: Iterable[Change], known: Said, *, knows_partial: bool) -> tuple[Difference, ...]:
    """What differs, each object once; what another difference says already is left out."""
    found = [Difference(each.before, each.after) for each in changes if not (each.soft or each.covered_by)]
    pairs = dict(_pairs(found, known, knows_partial))
    taken = {real.address for real in pairs.values()}
    paired = [
        Difference(each.said, pairs[each.said.address]) if each.said and each.said.address in pairs else each
        for each in found
    ]
    return tuple(each for each in paired if each.said or each.address not in taken)


def _pairs(
    found: list[Difference], known: Said, knows_partial: bool
) -> Iterator[tuple[Address, CatalogObject]]:
    """(address in the file, the database's object): the same name first, then the same meaning."""
    lonely = [each.said for each in found if isinstance(each.said, Indexing) and each.real is None]
    free = [each.real for each in found if isinstance(each.real, Indexing) and each.said is None]
    for same_name in (True, False):
        for said in tuple(lonely):
            for real in free:
                names = (said.address.name == real.address.name) >= same_name
                if names and _is_same(said, real, known, knows_partial):
                    lonely.remove(said)
                    free.remove(real)
                    yield said.address, real
                    break


def _is_same(said: Indexing, real: Indexing, known: Said, knows_partial: bool) -> bool:
    if _table(said) != _table(real):
        return False
    if isinstance(said, Constraint) and said.type == "primary key":
        return _is_same_key(said, real, known)
    if isinstance(said, Constraint) and said.type == "foreign key":
        return isinstance(real, Constraint) and _target(said) == _target(real)
    ours = shape(said, knows_partial=knows_partial)
    return ours is not None and ours == shape(real, knows_partial=knows_partial)


def _is_same_key(said: Constraint, real: Indexing, known: Said) -> bool:
    if isinstance(real, Constraint):
        return real.type == "primary key"
    columns = tuple(key.column for key in real.keys)
    return known.is_implicit(said.address) and real.unique and columns == said.columns


def _table(found: Indexing) -> tuple[str, str]:
    return found.address.schema, found.address.parent


def _target(key: Constraint) -> object:
    return key.type, key.columns, key.references, key.referenced_columns
