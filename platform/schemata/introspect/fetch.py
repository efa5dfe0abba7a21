"""The catalog queries and the rows they give.

Every file of `queries/` is one query that runs in psql as it stands. All are
sent in one pipeline, so the server works on the next while rows of the last are
turned into objects.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow, tuple_row

from schemata.catalog import Kind
from schemata.catalog.collector import collector_paused
from schemata.introspect.session import pinned

# In the order in which the reader needs them: names first, then the longest.
QUERIES = (
    "settings",
    "roles",
    "schemas",
    "extensions",
    "members",
    "builtin_types",
    "collations",
    "operator_classes",
    "comments",
    "relations",
    "inheritance",
    "foreign_tables",
    "types",
    "columns",
    "indexes",
    "constraints",
    "sequences",
    "views",
    "enum_values",
    "ranges",
    "functions",
    "aggregates",
    "triggers",
    "event_triggers",
    "rules",
    "policies",
    "statistics",
    "publications",
    "published_tables",
    "published_schemas",
    "default_privileges",
    "dependencies",
)

# Kinds kept as named attributes: the query and the system catalog of each.
OTHER_QUERIES: Mapping[Kind, tuple[str, str]] = {
    Kind.BASE_TYPE: ("base_types", "pg_type"),
    Kind.OPERATOR: ("operators", "pg_operator"),
    Kind.OPERATOR_CLASS: ("operator_classes", "pg_opclass"),
    Kind.OPERATOR_FAMILY: ("operator_families", "pg_opfamily"),
    Kind.CAST: ("casts", "pg_cast"),
    Kind.COLLATION: ("collations", "pg_collation"),
    Kind.CONVERSION: ("conversions", "pg_conversion"),
    Kind.TEXT_SEARCH_CONFIGURATION: ("text_search_configurations", "pg_ts_config"),
    Kind.TEXT_SEARCH_DICTIONARY: ("text_search_dictionaries", "pg_ts_dict"),
    Kind.TEXT_SEARCH_PARSER: ("text_search_parsers", "pg_ts_parser"),
    Kind.TEXT_SEARCH_TEMPLATE: ("text_search_templates", "pg_ts_template"),
    Kind.FOREIGN_DATA_WRAPPER: ("foreign_data_wrappers", "pg_foreign_data_wrapper"),
    Kind.SERVER: ("servers", "pg_foreign_server"),
    Kind.USER_MAPPING: ("user_mappings", "pg_user_mapping"),
    Kind.LANGUAGE: ("languages", "pg_language"),
    Kind.ACCESS_METHOD: ("access_methods", "pg_am"),
    Kind.TRANSFORM: ("transforms", "pg_transform"),
    Kind.SUBSCRIPTION: ("subscriptions", "pg_subscription"),
    Kind.EXTENSION_DEPENDENCY: ("extension_dependencies", "pg_depend"),
    Kind.SECURITY_LABEL: ("security_labels", "pg_seclabel"),
    Kind.DATABASE_SETTING: ("database_settings", "pg_db_role_setting"),
}

ALL = QUERIES + tuple(f"other/{name}" for name, _ in OTHER_QUERIES.values())

Rows = list[tuple[Any, ...]]


# What the reading of a clone needs again, or compares: names of what hardly ever changes.
KEPT = frozenset(
    {
        "settings",
        "roles",
        "schemas",
        "extensions",
        "members",
        "builtin_types",
        "collations",
        "operator_classes",
        "comments",
        "types",
        "inheritance",
        "foreign_tables",
        "ranges",
        "dependencies",
        "other/user_mappings",
        "other/subscriptions",
        "other/database_settings",
    }
)


class Results(Protocol):
    """The rows of each query by its name."""

    def __getitem__(self, query: str) -> Rows: ...


class Sent:
    """Rows of queries that were sent, each once; asking waits until they are there.

    But for `KEPT` they are not kept: what was turned into objects may go while the rest is read.
    """

    def __init__(self, cursors: Mapping[str, Cursor[TupleRow]]) -> None:
        self._cursors = cursors
        self.kept: dict[str, Rows] = {}

    def __getitem__(self, query: str) -> Rows:
        rows = self._cursors[query].fetchall()
        self._cursors[query].close()
        if query in KEPT:
            self.kept[query] = rows
        return rows


@cache
def text_of(query: str) -> bytes:
    return files(__package__).joinpath("queries", f"{query}.sql").read_bytes()


@contextmanager
def results(connection: "Connection[Any]") -> Iterator[Sent]:
    """Send all queries; the rows can be had until the block ends."""
    with pinned(connection):
        yield Sent({query: _send(connection, query) for query in ALL})


def _send(connection: "Connection[Any]", query: str) -> Cursor[TupleRow]:
    cursor = connection.cursor(row_factory=tuple_row)
    return cursor.execute(text_of(query), prepare=False)


def fetch_all(connection: "Connection[Any]") -> int:
    """Run and fetch the bare queries, building nothing: the floor that the benchmark compares with."""
    with collector_paused(), results(connection) as found:
        return sum(len(found[query]) for query in ALL)
