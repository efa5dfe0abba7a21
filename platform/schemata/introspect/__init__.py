"""Connection -> catalog: everything that a team can have made in a database.

`fetch` sends the queries, `names` learns what oids are called, one module per
family of kinds turns rows into objects, `draft` collects them, `building` does
it in order. `since` reads a clone of a database that was read: only what changed,
which `stock` and `changed` find out. Needs no privileges, runs nothing that a
team wrote, and leaves nothing behind.
"""

from typing import Any

from psycopg import Connection

from schemata.catalog import Catalog
from schemata.introspect.reading import LARGE, Reading, read
from schemata.introspect.since import read_since, read_since_in

__all__ = ["LARGE", "Reading", "read", "read_catalog", "read_since", "read_since_in"]


def read_catalog(connection: "Connection[Any]") -> Catalog:
    """The catalog alone, as `read` reads it."""
    return read(connection).catalog
