"""Reading a catalog that a team's SQL has made, without letting it grow into our memory.

The reader's role has no privileges, sees system catalogs only, and its search
path leads nowhere else. What the catalog weighs is measured on the server first.
"""

from typing import Any

import psycopg
from psycopg import sql

from sandbox.errors import LimitExceeded
from schemata.catalog import Catalog

OPTIONS = "-c search_path=pg_catalog -c statement_timeout=60s -c lock_timeout=5s -c jit=off"

# Bytes of every catalog column that can hold a large value, and a price for each row of the long catalogs.
# octet_length of a toasted text reads its header alone.
WEIGHT = """
select (select coalesce(sum(octet_length(description)), 0) from pg_description where objoid >= 16384)
     + (select coalesce(sum(octet_length(prosrc) + coalesce(octet_length(prosqlbody::text), 0)), 0)
        from pg_proc where oid >= 16384)
     + (select coalesce(sum(octet_length(ev_action::text) + octet_length(ev_qual::text)), 0)
        from pg_rewrite where oid >= 16384)
     + (select coalesce(sum(octet_length(conbin::text)), 0) from pg_constraint where oid >= 16384)
     + (select coalesce(sum(octet_length(adbin::text)), 0) from pg_attrdef where adrelid >= 16384)
     + (select coalesce(sum(coalesce(octet_length(indexprs::text), 0) + coalesce(octet_length(indpred::text), 0)), 0)
        from pg_index where indexrelid >= 16384)
     + (select coalesce(sum(coalesce(octet_length(polqual::text), 0)
            + coalesce(octet_length(polwithcheck::text), 0)), 0) from pg_policy)
     + (select coalesce(sum(octet_length(tgargs) + coalesce(octet_length(tgqual::text), 0)), 0) from pg_trigger)
     + (select coalesce(sum(coalesce(octet_length(proconfig::text), 0) + coalesce(octet_length(probin), 0)
            + coalesce(octet_length(proargdefaults::text), 0)), 0) from pg_proc where oid >= 16384)
     + (select coalesce(sum(octet_length(agginitval)), 0) + coalesce(sum(octet_length(aggminitval)), 0)
        from pg_aggregate where aggfnoid >= 16384)
     + (select coalesce(sum(coalesce(octet_length(typdefault), 0) + coalesce(octet_length(typdefaultbin::text), 0)), 0)
        from pg_type where oid >= 16384)
     + (select coalesce(sum(coalesce(octet_length(relpartbound::text), 0)), 0)
            + coalesce(sum(coalesce(octet_length(reloptions::text), 0)), 0)
            + coalesce(sum(coalesce(octet_length(relacl::text), 0)), 0) from pg_class where oid >= 16384)
     + (select coalesce(sum(octet_length(partexprs::text)), 0) from pg_partitioned_table)
     + (select coalesce(sum(octet_length(stxexprs::text)), 0) from pg_statistic_ext)
     + (select coalesce(sum(octet_length(dictinitoption)), 0) from pg_ts_dict where oid >= 16384)
     + (select coalesce(sum(octet_length(prqual::text)), 0) from pg_publication_rel)
     + 100 * (select count(*) from pg_attribute where attrelid >= 16384)
     + 200 * (select count(*) from pg_class where oid >= 16384)
     + 100 * (select count(*) from pg_enum)
     + 100 * (select count(*) from pg_depend where objid >= 16384)
"""


def connect(conninfo: str) -> psycopg.Connection[Any]:
    return psycopg.connect(conninfo, autocommit=True, options=OPTIONS)


def read(connection: psycopg.Connection[Any], limit_mb: int) -> Catalog:
    """The catalog of the connection's database; raises `LimitExceeded` when it weighs more than `limit_mb`."""
    from schemata.introspect import read_catalog

    row = connection.execute(sql.SQL(WEIGHT)).fetchone()
    weight = int(row[0]) if row else 0
    if weight > limit_mb * 1024 * 1024:
        raise LimitExceeded(
            "catalog",
            f"the schema's definitions weigh {weight // 1024 // 1024} MB, more than the {limit_mb} MB that are "
            "read (SANDBOX_CATALOG_MB): look for very large comments, function bodies or views",
        )
    return read_catalog(connection)
