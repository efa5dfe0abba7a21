"""Reading a catalog that a team's SQL has made, without letting it grow into our memory.

The reader's role has no privileges, sees system catalogs only, and its search
path leads nowhere else. What the catalog weighs is measured on the server first.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from sandbox.errors import LimitExceeded

if TYPE_CHECKING:
    from schemata.introspect import Reading

OPTIONS = "-c search_path=pg_catalog -c statement_timeout=60s -c lock_timeout=5s -c jit=off"

# Every catalog column that can hold a large value, in bytes, and a price for each row of the long catalogs:
# what is summed up, where, and over which rows. octet_length of a toasted text reads its header alone.
WEIGHTS = (
    ("octet_length(description)", "pg_description", "objoid >= 16384"),
    ("octet_length(prosrc) + coalesce(octet_length(prosqlbody::text), 0)", "pg_proc", "oid >= 16384"),
    ("octet_length(ev_action::text) + octet_length(ev_qual::text)", "pg_rewrite", "oid >= 16384"),
    ("octet_length(conbin::text)", "pg_constraint", "oid >= 16384"),
    ("octet_length(adbin::text)", "pg_attrdef", "adrelid >= 16384"),
    (
        "coalesce(octet_length(indexprs::text), 0) + coalesce(octet_length(indpred::text), 0)",
        "pg_index",
        "indexrelid >= 16384",
    ),
    (
        "coalesce(octet_length(polqual::text), 0) + coalesce(octet_length(polwithcheck::text), 0)",
        "pg_policy",
        "true",
    ),
    ("octet_length(tgargs) + coalesce(octet_length(tgqual::text), 0)", "pg_trigger", "true"),
    (
        "coalesce(octet_length(proconfig::text), 0) + coalesce(octet_length(probin), 0)"
        " + coalesce(octet_length(proargdefaults::text), 0)",
        "pg_proc",
        "oid >= 16384",
    ),
    (
        "coalesce(octet_length(agginitval), 0) + coalesce(octet_length(aggminitval), 0)",
        "pg_aggregate",
        "aggfnoid >= 16384",
    ),
    (
        "coalesce(octet_length(typdefault), 0) + coalesce(octet_length(typdefaultbin::text), 0)",
        "pg_type",
        "oid >= 16384",
    ),
    (
        "coalesce(octet_length(relpartbound::text), 0) + coalesce(octet_length(reloptions::text), 0)"
        " + coalesce(octet_length(relacl::text), 0)",
        "pg_class",
        "oid >= 16384",
    ),
    ("octet_length(partexprs::text)", "pg_partitioned_table", "true"),
    ("octet_length(stxexprs::text)", "pg_statistic_ext", "true"),
    ("octet_length(dictinitoption)", "pg_ts_dict", "oid >= 16384"),
    ("octet_length(prqual::text)", "pg_publication_rel", "true"),
    ("100", "pg_attribute", "attrelid >= 16384"),
    ("200", "pg_class", "oid >= 16384"),
    ("100", "pg_enum", "true"),
    ("100", "pg_depend", "objid >= 16384"),
)
NEWER = " and age(xmin) <= (select age(%(since)s::xid))"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a catalog may weigh. `checks`: what is read of a clone is held to a whole reading, at twice the cost."""

    limit_mb: int
    checks: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A reading, and what it weighs on the server in bytes, at most."""

    reading: "Reading"
    weight: int


def connect(conninfo: str) -> psycopg.Connection[Any]:
    return psycopg.connect(conninfo, autocommit=True, options=OPTIONS)


def read(connection: psycopg.Connection[Any], terms: Terms) -> Read:
    """What the connection's database holds; raises `LimitExceeded` when it weighs more than it may."""
    from schemata.introspect import LARGE
    from schemata.introspect import read as read_all

    weight = _weight(connection, "", terms.limit_mb)
    return Read(read_all(connection, large=0 if terms.checks else LARGE), weight)


def read_clone(connection: psycopg.Connection[Any], terms: Terms, template: Read, since: str) -> Read:
    """As `read`, of a clone of what `template` was read of; `since` as `schemata.introspect.read_since` takes it."""
    from schemata.introspect import read_since

    weight = template.weight + _weight(connection, since, terms.limit_mb)
    if weight > terms.limit_mb * 1024 * 1024:
        return read(connection, terms)
    found = read_since(connection, template.reading, since)
    if found is None:
        return read(connection, terms)
    if terms.checks:
        whole = read(connection, terms).reading
        if found.catalog.to_json() != whole.catalog.to_json() or found.stock != whole.stock:
            raise AssertionError("what changed since the template was read leads to another catalog")
    return Read(found, weight)


def _weight(connection: psycopg.Connection[Any], since: str, limit_mb: int) -> int:
    """Bytes of all that is to be read, or of what is not older than `since`."""
    newer = sql.SQL(NEWER if since else "")
    sums = (
        sql.SQL("(select coalesce(sum({}), 0) from {} where {}{})").format(
            sql.SQL(what), sql.Identifier(where), sql.SQL(which), newer
        )
        for what, where, which in WEIGHTS
    )
    query = sql.SQL("select ") + sql.SQL(" + ").join(sums)
    row = connection.execute(query, {"since": since}).fetchone()
    weight = int(row[0]) if row else 0
    if weight > limit_mb * 1024 * 1024:
        raise LimitExceeded(
            "catalog",
            f"the schema's definitions weigh {weight // 1024 // 1024} MB, more than the {limit_mb} MB that are "
            "read (SANDBOX_CATALOG_MB): look for very large comments, function bodies or views",
        )
    return weight
