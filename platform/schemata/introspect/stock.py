"""Which rows the system catalogs hold, so that the next reading of a clone can tell what became of them.

A clone keeps every row with its `xmin`, and on one server transactions count up
for all databases together. So a row of a clone is as its template had it, unless
its `xmin` is not older than the clone; and where the rows that are as they were
are as many as the template had, none is missing. VACUUM FREEZE leaves `xmin` as
it was (manual, 25.1.5). What is written in place (page counts, whether there are
indexes) no query here reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql
from psycopg.rows import TupleRow

from schemata.introspect.asking import Session

# Catalogs of which a change is followed, by what a row of each belongs to: the relation, or nothing.
# Those of temporary tables come and go with sessions; nobody reads them.
KEYED: Mapping[str, str] = {
    "pg_class": "0",
    "pg_proc": "0",
    "pg_attrdef": "adrelid",
    "pg_constraint": "conrelid",
    "pg_trigger": "tgrelid",
    "pg_policy": "polrelid",
    "pg_rewrite": "ev_class",
}
LASTING = (
    "relkind <> 't' and relnamespace not in "
    "(select n.oid from pg_catalog.pg_namespace n where n.nspname ~ '^pg_(temp|toast)')"
)
# Catalogs whose rows only go together with a relation's or a type's, or to which rows may be added at most.
COUNTED = ("pg_type", "pg_enum", "pg_depend")
# Catalogs of which any change is reason enough to read all anew.
PLAIN = (
    "pg_aggregate",
    "pg_am",
    "pg_amop",
    "pg_amproc",
    "pg_cast",
    "pg_collation",
    "pg_conversion",
    "pg_default_acl",
    "pg_event_trigger",
    "pg_extension",
    "pg_foreign_data_wrapper",
    "pg_foreign_server",
    "pg_foreign_table",
    "pg_inherits",
    "pg_language",
    "pg_namespace",
    "pg_opclass",
    "pg_operator",
    "pg_opfamily",
    "pg_partitioned_table",
    "pg_publication",
    "pg_publication_namespace",
    "pg_publication_rel",
    "pg_range",
    "pg_seclabel",
    "pg_statistic_ext",
    "pg_transform",
    "pg_ts_config",
    "pg_ts_config_map",
    "pg_ts_dict",
    "pg_ts_parser",
    "pg_ts_template",
)

Rows = list[TupleRow]
# Oids by catalog, each with the relation that the row belongs to (0 where it belongs to none).
Keys = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Stock:
    """`totals` are numbers of rows by catalog; `beside` counts what else must stay as it is (`BESIDE`)."""

    totals: Mapping[str, int]
    beside: Mapping[str, Rows]
    keys: Keys


def take_stock(session: Session) -> Stock:
    """What there is now."""
    totals = session.send(_totals())
    beside = {catalog: session.send(query) for catalog, query in BESIDE.items()}
    keys = {catalog: session.send(keys_of(catalog)) for catalog in KEYED}
    return Stock(
        dict(totals.fetchall()),
        {catalog: cursor.fetchall() for catalog, cursor in beside.items()},
        {catalog: dict(cursor.fetchall()) for catalog, cursor in keys.items()},
    )


def _in_pg_catalog(catalog: str, column: str) -> sql.Composed:
    return sql.SQL("select count(*) from {} c where c.{} = 'pg_catalog'::pg_catalog.regnamespace").format(
        table(catalog), sql.Identifier(column)
    )


def table(catalog: str) -> sql.Identifier:
    return sql.Identifier("pg_catalog", catalog)


# By the catalog where it stands: what extensions own and what depends on them; what is in pg_catalog, where
# deparsing looks names up; and triggers of foreign keys that somebody disabled, of which constraints of
# other tables speak.
BESIDE: Mapping[str, sql.SQL | sql.Composed] = {
    "pg_depend": sql.SQL("select count(*) from pg_catalog.pg_depend d where d.deptype in ('e', 'x')"),
    "pg_class": _in_pg_catalog("pg_class", "relnamespace"),
    "pg_proc": _in_pg_catalog("pg_proc", "pronamespace"),
    "pg_type": _in_pg_catalog("pg_type", "typnamespace"),
    "pg_trigger": sql.SQL(
        "select count(*) from pg_catalog.pg_trigger g where g.tgisinternal and g.tgenabled <> 'O'"
    ),
}


def _totals() -> sql.Composed:
    counts = (
        sql.SQL("select {}, count(*) from {}").format(catalog, table(catalog))
        for catalog in (*PLAIN, *COUNTED)
    )
    return sql.SQL(" union all ").join(counts)


def keys_of(catalog: str, condition: sql.Composable | None = None) -> sql.Composed:
    """Oid of each row, and the relation it belongs to."""
    conditions: list[sql.Composable] = [sql.SQL(LASTING)] if catalog == "pg_class" else []
    conditions += [condition] if condition else []
    where = sql.SQL(" where ") + sql.SQL(" and ").join(conditions) if conditions else sql.SQL("")
    return sql.SQL("select c.oid, {}::pg_catalog.oid from {} c{}").format(
        sql.SQL(KEYED[catalog]), table(catalog), where
    )
