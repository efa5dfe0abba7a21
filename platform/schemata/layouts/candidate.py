"""A place that looks like a layout, before it is decided which one counts."""

import re
from dataclasses import dataclass

# Copies and examples: they count only where nothing else is found.
_LESSER = re.compile(
    r"(^|/)(\.?)(tests?|__tests__|testing|test[-_]?data|fixtures?|__fixtures__|examples?|samples?|e2e|specs?"
    r"|templates?|docs?|demos?|playgrounds?|bench(marks?)?|sandbox|integration[-_]tests?|mocks?|snapshots?)(/|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """`foreign` names another database that it is for; `is_bare` means no migrations yet."""

    layout: str
    root: str
    foreign: str = ""
    is_bare: bool = False

    @property
    def is_lesser(self) -> bool:
        return bool(_LESSER.search(self.root)) or bool(foreign_by_name(self.root))

    @property
    def depth(self) -> int:
        return self.root.count("/") + 1 if self.root else 0


_FOREIGN_NAMES = {
    "clickhouse": "ClickHouse",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "sqlite": "SQLite",
    "sqlite3": "SQLite",
    "mssql": "SQL Server",
    "sqlserver": "SQL Server",
    "oracle": "Oracle",
    "h2": "H2",
    "db2": "Db2",
    "hsqldb": "HSQLDB",
    "spanner": "Spanner",
    "snowflake": "Snowflake",
    "bigquery": "BigQuery",
    "duckdb": "DuckDB",
    "libsql": "SQLite",
    "turso": "SQLite",
    "d1": "SQLite",
    "cassandra": "Cassandra",
}
# Words that Postgres has no use for, and whose database is plain.
_FOREIGN_SQL = (
    (
        re.compile(r"\bENGINE\s*=\s*\w*(MergeTree|Log|Memory)\b|\bLowCardinality\(", re.I),
        "ClickHouse",
    ),
    (re.compile(r"\bENGINE\s*=\s*(InnoDB|MyISAM)\b|\bAUTO_INCREMENT\b|\bTINYINT\(", re.I), "MySQL"),
    (re.compile(r"\bAUTOINCREMENT\b|\bPRAGMA\s+\w+", re.I), "SQLite"),
    (re.compile(r"\bNVARCHAR2?\(|\bIDENTITY\(\s*1\s*,\s*1\s*\)|^\s*GO\s*$", re.I | re.M), "SQL Server"),
)


def foreign_by_name(path: str) -> str:
    """Another database that a folder of the path is named after."""
    for part in reversed(re.split(r"[/._-]", path.lower())):
        if part in _FOREIGN_NAMES:
            return _FOREIGN_NAMES[part]
    return ""


def foreign_by_sql(text: str) -> str:
    """Another database whose own syntax the text is full of."""
    for words, name in _FOREIGN_SQL:
        if words.search(text):
            return name
    return ""
