"""Which system catalogs a transaction has written to, so that none of the others need be looked at.

Postgres counts rows that a transaction inserts, updates and deletes, in system catalogs too (manual, 27.2,
pg_stat_xact_sys_tables), and keeps what a savepoint took back in the count; what the session did just before
may still be in it. So what is not counted was not written. Pages that are written in place are not counted;
no catalog query reads what is (`stock`).
"""

from psycopg import sql
from psycopg.rows import TupleRow

from schemata.introspect.stock import COUNTED, KEYED, PLAIN

FOLLOWED = tuple(
    sorted({*PLAIN, *COUNTED, *KEYED, "pg_attribute", "pg_description", "pg_index", "pg_sequence"})
)
_PLUS = sql.SQL(" operator(pg_catalog.+) ")
_COUNTS = _PLUS.join(
    sql.SQL("pg_catalog.pg_stat_get_xact_tuples_{}(k.id)").format(sql.SQL(what))
    for what in ("inserted", "updated", "deleted")
)
# By whoever works in the transaction, whatever the search path is; one row without a name where nothing is counted.
WRITTEN = sql.SQL(
    "select k.name from (values {}) k (name, id) where ({}) operator(pg_catalog.>) 0 union all "
    "select null where pg_catalog.current_setting('track_counts') operator(pg_catalog.<>) 'on'"
).format(
    sql.SQL(", ").join(
        sql.SQL("({}, {}::pg_catalog.regclass)").format(each, f"pg_catalog.{each}") for each in FOLLOWED
    ),
    _COUNTS,
)


def written_to(rows: list[TupleRow]) -> frozenset[str] | None:
    """The catalogs among `FOLLOWED`, by what `WRITTEN` gave; None where that is not known."""
    names = frozenset(name for (name,) in rows)
    return None if None in names else names
