"""A reading: a catalog, and what the reading of a clone goes on from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from schemata.catalog import Address, Catalog
from schemata.catalog.collector import collector_paused
from schemata.introspect.asking import Connected
from schemata.introspect.building import build
from schemata.introspect.fetch import Rows, results
from schemata.introspect.names import Names
from schemata.introspect.stock import Stock, take_stock

# Smaller schemas are read as quickly as it is found out what changed.
LARGE = 3000


@dataclass(frozen=True, slots=True)
class Reading:
    """`kept` are rows of queries by name, `addresses` what an oid of each system catalog is called.

    `stock` is None where the schema is too small for the next reading to go on from this one.
    """

    catalog: Catalog
    names: Names
    kept: Mapping[str, Rows]
    addresses: Mapping[tuple[int, int], Address]
    stock: Stock | None = None


def read(connection: "Connection[Any]", *, large: int = LARGE) -> Reading:
    """Read the connection's database, Postgres 15 or later, in one snapshot.

    The role needs no privileges. Settings that change how definitions read
    (search_path among them) are pinned and put back. `large`: number of objects from
    which on readings of clones may go on from this one. Raises psycopg's errors.
    """
    with collector_paused(), results(connection) as found:
        names, draft = build(found)
        catalog = draft.finish(found["dependencies"], names.columns, names.version // 10000)
        stock = take_stock(Connected(connection)) if len(catalog.objects) >= large else None
        return Reading(catalog, names, found.kept, draft.addresses, stock)
