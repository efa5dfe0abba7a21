"""Connection -> catalog."""

from typing import Any

from psycopg import Connection

from schemata.catalog import Catalog


def read_catalog(connection: "Connection[Any]") -> Catalog:
    """Everything in the connection's database that a team can have made there."""
    raise NotImplementedError
