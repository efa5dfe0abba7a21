"""The SQL that makes, in a replayed database, what the schema file says of it.

Tables, views and enums are dropped and made from the file; what the language
has no words for (functions, domains, extensions...) stays, so that defaults and
types that rely on it find it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from schemata.catalog import Address, Catalog, CatalogObject, Kind, Sequence
from schemata.prisma import ddl
from schemata.prisma.datamodel import Datamodel, Place, ViewSpec
from schemata.prisma.drift.said import DEFAULT_SCHEMA, cut
from schemata.render.names import qualified

# A transaction that drops more tables at once may run out of room for their locks.
AT_ONCE = 50
DROPPED = (
    (Kind.MATERIALIZED_VIEW, "MATERIALIZED VIEW"),
    (Kind.VIEW, "VIEW"),
    (Kind.FOREIGN_TABLE, "FOREIGN TABLE"),
    (Kind.TABLE, "TABLE"),
    (Kind.ENUM, "TYPE"),
    (Kind.SEQUENCE, "SEQUENCE"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One statement, to be run in a transaction of its own.

    `lines` are the places that its lines come from, empty where no place asks for it.
    """

    sql: str
    lines: tuple[Place, ...] = ()


def steps(datamodel: Datamodel, replayed: Catalog) -> tuple[Step, ...]:
    """What to run, in this order, in a database whose catalog is `replayed`.

    Extensions are not created: whether the migrations do is compared by name.
    """
    made = tuple(_made(datamodel, replayed))
    text = "\n".join(step.sql for step in made)
    return (Step("RESET ALL"), *_drops(replayed, text), *made)


def _drops(replayed: Catalog, made: str) -> Iterator[Step]:
    """IF EXISTS, for CASCADE takes other objects of the list along."""
    for kind, word in DROPPED:
        gone = [each.address for each in replayed.of_kind(kind) if not _is_kept(each, made)]
        for start in range(0, len(gone), AT_ONCE):
            names = ", ".join(map(qualified, gone[start : start + AT_ONCE]))
            yield Step(f"DROP {word} IF EXISTS {names} CASCADE")


def _is_kept(found: CatalogObject, made: str) -> bool:
    """One with a column goes with it; a default may draw from one without, which the language cannot make."""
    return isinstance(found, Sequence) and (found.owned_by is not None or found.address.name in made)


def _made(datamodel: Datamodel, replayed: Catalog) -> Iterator[Step]:
    for schema in datamodel.schemas:
        yield Step(f"CREATE SCHEMA IF NOT EXISTS {qualified(Address(Kind.SCHEMA, '', schema))}")
    for _title, statement, lines in ddl.placed(datamodel):
        yield Step(statement.removesuffix(";"), lines)
    for view in datamodel.views:
        if view.columns:
            yield Step(_view(view, replayed), (view.place, *(column.place for column in view.columns)))


def _view(view: ViewSpec, replayed: Catalog) -> str:
    """A view of these columns; the language says no more of it, not even whether it is materialized."""
    at = Address(Kind.MATERIALIZED_VIEW, view.schema or DEFAULT_SCHEMA, cut(view.name))
    kind = "MATERIALIZED VIEW" if at in replayed.objects else "VIEW"
    columns = ",\n".join(
        f"NULL::{column.type} AS {qualified(Address(Kind.COLUMN, '', column.name))}"
        for column in view.columns
    )
    return f"CREATE {kind} {qualified(Address(Kind.VIEW, view.schema, view.name))} AS SELECT\n{columns}"
