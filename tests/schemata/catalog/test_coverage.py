"""Every table and column of pg_catalog is read, or left out for a reason.

A later Postgres that keeps something new fails here until somebody decides.
"""

import re
from importlib.resources import files

import psycopg

QUERIES = files("schemata.introspect") / "queries"

STATE = "state of the data or of the server, not of the schema"
DERIVED = "follows from what is read"
CLUSTER = "belongs to the whole server, not to a database's schema"

TABLES = {
    "pg_auth_members": CLUSTER,
    "pg_authid": CLUSTER + "; names come from pg_roles",
    "pg_init_privs": "what initdb and extensions granted: nobody's change",
    "pg_largeobject": STATE,
    "pg_largeobject_metadata": STATE,
    "pg_parameter_acl": CLUSTER,
    "pg_replication_origin": CLUSTER,
    "pg_shdepend": "owners and grantees are read from the objects",
    "pg_shdescription": CLUSTER + ": comments on roles, databases, tablespaces",
    "pg_shseclabel": CLUSTER,
    "pg_statistic": STATE,
    "pg_statistic_ext_data": STATE,
    "pg_subscription_rel": STATE,
    "pg_tablespace": CLUSTER,
    "pg_user_mapping": "read through pg_user_mappings, which anyone may; the options hold passwords",
}

COLUMNS = {
    "pg_amop": {
        "amoplefttype": DERIVED + " (the operator)",
        "amoprighttype": DERIVED + " (the operator)",
        "amoppurpose": DERIVED + " (the sort family)",
        "amopmethod": DERIVED + " (the family)",
    },
    "pg_attribute": {
        "attlen": DERIVED + " (the type)",
        "attndims": "Postgres does not enforce the number of dimensions: int[] and int[][] are one type",
        "attcacheoff": STATE,
        "attbyval": DERIVED + " (the type)",
        "attalign": DERIVED + " (the type)",
        "atthasmissing": STATE,
        "attmissingval": STATE,
    },
    "pg_class": {
        "relfilenode": STATE,
        "reltablespace": "tablespaces differ from server to server",
        "relpages": STATE,
        "reltuples": STATE,
        "relallvisible": STATE,
        "relallfrozen": STATE,
        "relhasindex": DERIVED,
        "relisshared": CLUSTER,
        "relnatts": DERIVED,
        "relchecks": DERIVED,
        "relhasrules": DERIVED,
        "relhastriggers": DERIVED,
        "relhassubclass": DERIVED,
        "relispopulated": STATE,
        "relrewrite": STATE,
        "relfrozenxid": STATE,
        "relminmxid": STATE,
    },
    "pg_collation": {"collversion": "version of the system's locale data"},
    "pg_constraint": {
        "connamespace": DERIVED + " (the table)",
        "conpfeqop": DERIVED + " (the referenced index)",
        "conppeqop": DERIVED + " (the referenced index)",
        "conffeqop": DERIVED + " (the referenced index)",
        "conexclop": "in the text of pg_get_constraintdef",
    },
    "pg_database": dict.fromkeys(
        (
            "encoding",
            "datlocprovider",
            "datistemplate",
            "datallowconn",
            "dathasloginevt",
            "datconnlimit",
            "datfrozenxid",
            "datminmxid",
            "dattablespace",
            "datcollate",
            "datctype",
            "daticulocale",
            "datlocale",
            "daticurules",
            "datcollversion",
            "datacl",
        ),
        "the database around the schema, made by whoever runs the server",
    ),
    "pg_extension": {
        "extrelocatable": DERIVED + " (the extension's version)",
        "extconfig": "what pg_dump saves of the extension's own tables",
        "extcondition": "what pg_dump saves of the extension's own tables",
    },
    "pg_index": {
        "indnatts": DERIVED,
        "indisprimary": DERIVED + " (the constraint)",
        "indisexclusion": DERIVED + " (the constraint)",
        "indimmediate": DERIVED + " (the constraint)",
        "indcheckxmin": STATE,
        "indisready": STATE + "; an index that never became valid says so",
        "indislive": STATE,
    },
    "pg_language": {"lanispl": DERIVED},
    "pg_operator": {"oprkind": DERIVED + " (the operand types)"},
    "pg_partitioned_table": {
        "partstrat": "in the text of pg_get_partkeydef",
        "partnatts": DERIVED,
        "partdefid": "the default partition says so itself",
        "partclass": "in the text of pg_get_partkeydef",
        "partcollation": "in the text of pg_get_partkeydef",
    },
    "pg_proc": {
        "proretset": "in the text of pg_get_function_result",
        "pronargs": DERIVED,
        "pronargdefaults": DERIVED,
    },
    "pg_publication_namespace": {"oid": "nothing refers to it"},
    "pg_subscription": {
        "subskiplsn": STATE,
        "subpasswordrequired": "only since 16, and only a superuser makes subscriptions",
        "subrunasowner": "only since 16, and only a superuser makes subscriptions",
        "subfailover": "only since 17, and only a superuser makes subscriptions",
        "subconninfo": "holds a password, and only superusers may read it",
        "suborigin": "only since 16, and only a superuser makes subscriptions",
    },
    "pg_trigger": {"tgconstrindid": DERIVED + " (the constraint)", "tgnargs": DERIVED},
    "pg_type": {"typndims": "Postgres does not enforce the number of dimensions"},
}


def test_every_column_of_pg_catalog_is_read_or_left_out_for_a_reason(scratch: psycopg.Connection) -> None:
    tables = _catalog(scratch)
    queries = _queries()
    forgotten = []
    for table, columns in tables.items():
        reading = [query for query in queries if re.search(rf"pg_catalog\.{table}\b", query)]
        if not reading:
            forgotten += [table] if table not in TABLES else []
            continue
        assert table not in TABLES, f"{table} is read, and said to be left out"
        read = {column for column in columns if any(re.search(rf"\b{column}\b", each) for each in reading)}
        left_out = COLUMNS.get(table, {}).keys()
        assert not read & left_out, f"{table}: {read & left_out} read, and said to be left out"
        forgotten += [f"{table}.{column}" for column in columns if column not in read | left_out]
    assert forgotten == []


def _catalog(connection: psycopg.Connection) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    query = """
        select c.relname, a.attname
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind = 'r'
    """
    for table, column in connection.execute(query):
        tables.setdefault(table, []).append(column)
    return tables


def _queries() -> list[str]:
    """The text of every query without its comments."""
    paths = [*QUERIES.glob("*.sql"), *QUERIES.glob("other/*.sql")]
    return [re.sub(r"--.*", "", path.read_text()) for path in paths]
