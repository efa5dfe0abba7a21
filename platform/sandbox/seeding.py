"""Rows for a database, and what its tables hold: to see what migrations do to data.

Both are done as the team's role, in the child process that sends its migrations: an
insert runs the team's triggers, defaults and checks. Reading runs nothing of the
team's: no view is read and row security is off (which fails where it can't be
passed over, rather than hiding rows), names are qualified and search_path holds
pg_catalog alone, values are written by their types' output functions, and those
take a superuser to bring along.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.conninfo import make_conninfo

from sandbox.host import Host
from sandbox.jobs import SESSION_OPTIONS, Session, Watch
from schemata.catalog import Address, Catalog
from schemata.history import Migration, Transaction, migration_of
from schemata.rows import Contents, SeedPlan, Skipped, TableContents, holders
from schemata.rows.contents import contents_of_rows, contents_of_sums
from schemata.rows.queries import MOST_ROWS, columns_of, few_rows, sums

READING_OPTIONS = (
    "-c search_path=pg_catalog -c client_encoding=UTF8 -c row_security=off -c default_transaction_read_only=on "
    "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1 -c bytea_output=hex "
    "-c lc_monetary=C -c xmlbinary=base64 -c jit=off -c max_parallel_workers_per_gather=0 "
    "-c client_min_messages=warning"
)
MIGRATION = "braid-rows"
# Tables in one job.
PORTION = 1000


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of a seed plan: how many rows went in, which tables got none, and why.

    `partial` are tables that did not get all rows, and columns that are NULL in all.
    """

    rows: int
    skipped: tuple[Skipped, ...]
    partial: tuple[Skipped, ...] = ()


def as_migration(plan: SeedPlan) -> Migration:
    """The plan as a step of a history, to name the database that holds it (`History.prefix_hashes`).

    It is not for running: an insert that fails would end it, where `fill` goes on.
    """
    text = ";\n".join(plan.statements)
    return migration_of(MIGRATION, text, transaction=Transaction.NONE)


def fill(host: Host, database: str, plan: SeedPlan, watch: Watch) -> Filled:
    """Insert the rows of `plan`, each insert by itself; one that Postgres refuses is in the result with its message.

    Raises DeadlineExceeded, LimitExceeded or ServerDown, as `jobs.perform` does.
    """
    inserts = [[each.whole, each.singles] for each in plan.inserts]
    events = _run(host, database, SESSION_OPTIONS, "inserts", inserts, watch)
    told = tuple(zip(plan.inserts, events, strict=True))
    refused = [
        Skipped(at, _refusal(event)) for each, event in told if not event["rows"] for at in each.tables
    ]
    partial = [
        Skipped(at, str(event["error"]["message"]))
        for each, event in told
        if event["rows"] and event["error"]
        for at in each.tables
    ]
    return Filled(
        sum(event["rows"] for event in events), (*plan.skipped, *refused), (*plan.left_null, *partial)
    )


def _refusal(event: Mapping[str, Any]) -> str:
    error = event["error"]
    return (
        str(error["message"])
        if error
        else "no row went in: the same were there, or a trigger or rule kept them out"
    )


def contents(
    host: Host, database: str, catalog: Catalog, tables: Collection[Address] | None, watch: Watch
) -> Contents:
    """What `tables` (None: all) hold in a database whose catalog is `catalog`.

    A partitioned table is read as its partitions; materialized views and sequences
    count as tables. A table that can't be read says so in `unread`. Raises as `fill` does.
    """
    read = [(at, columns_of(catalog, at)) for at in holders(catalog, tables)]
    queries = [[few_rows(*each), sums(*each), MOST_ROWS] for each in read]
    events = _run(host, database, READING_OPTIONS, "tables", queries, watch)
    return {at: _contents(event, columns) for (at, columns), event in zip(read, events, strict=True)}


def _contents(event: dict[str, Any], columns: Sequence[str]) -> TableContents:
    if event["rows"] is not None:
        return contents_of_rows(event["rows"], columns)
    if event["sums"]:
        return contents_of_sums(event["sums"], columns)
    return TableContents(0, "", unread=str((event["error"] or {}).get("message") or "nothing came back"))


def _run(
    host: Host, database: str, options: str, kind: str, work: Sequence[Any], watch: Watch
) -> list[dict[str, Any]]:
    """An event for each piece of work, which is sent in portions that the child can hold."""
    portions = [work[start : start + PORTION] for start in range(0, len(work), PORTION)]
    return [
        event
        for portion in portions
        for event in _run_portion(host, database, options, {kind: portion}, watch)
    ]


def _run_portion(
    host: Host, database: str, options: str, job: dict[str, Any], watch: Watch
) -> list[dict[str, Any]]:
    conninfo = host.conninfo(database, host.databases.names.team)
    conninfo = make_conninfo(conninfo, options=options, connect_timeout=10)
    host.runner.send({"conninfo": conninfo, "setup": [], "migrations": [], "keep": False, **job})
    session = _Rows(host, (), [], watch)
    session.follow()
    return session.answers


class _Rows(Session):
    """Collects the events of inserts and queries."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.answers: list[dict[str, Any]] = []

    def take(self, event: dict[str, Any]) -> bool:
        if event["event"] not in ("inserted", "read"):
            return super().take(event)
        self.answers.append(event)
        if (event["error"] or {}).get("lost"):
            self._explain_loss()
        return False
