"""`braid sizes`: how large tables are in a live database, as Postgres estimates it, told to a running Braid."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from braid.command.exits import Exit, Stop
from braid.command.live import is_url, label_of, read_rows
from braid.command.printing import counted, printable
from braid.command.remote import Remote, remote_of
from braid.command.style import Style
from schemata.sizes import columns_mark, rows_words, size_words

# Sizes are looked up under a lock that only an exclusive one is in the way of; nobody is to wait for us.
LIMITS = "-c statement_timeout=30s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"
MOST_TABLES = 10_000
SHOWN = 20


def run(given: argparse.Namespace) -> Exit:
    """Read, send unless it is a dry run, and print what was read."""
    if not is_url(given.url):
        raise Stop("--url is the address of a database, as postgres://...")
    remote = None if given.dry_run and given.schemas else remote_of(given.project or "")
    schemas = given.schemas or _schemas_of(remote)
    read = _read(given.url, schemas)
    if remote is not None and not given.dry_run:
        remote.put("sizes/", read)
    if given.json:
        print(json.dumps(read, indent=2, ensure_ascii=False))
    else:
        style = Style(sys.stdout)
        sys.stdout.write(printable("\n".join(_report(given, read, style)), style) + "\n")
    return Exit.FINE


def _schemas_of(remote: Remote | None) -> list[str]:
    """Those in which the project's default branch has tables: names of others are nobody's business."""
    found = list(remote.get("sizes/")["schemas"]) if remote else []
    if not found:
        raise Stop(
            "your Braid knows no tables of the project's default branch yet; name schemas with --schema"
        )
    return found


def _read(url: str, schemas: Sequence[str]) -> dict[str, Any]:
    """The body that the API takes. Raises Stop."""
    query = Path(__file__).with_suffix(".sql").read_text()
    rows = read_rows(url, query, {"schemas": list(schemas)}, settings=LIMITS)
    if not rows:
        raise Stop(f"{label_of(url)} has no tables in {', '.join(schemas)}")
    if len(rows) > MOST_TABLES:
        raise Stop(f"{label_of(url)} has {len(rows):,} tables there, and Braid takes {MOST_TABLES:,}")
    tables = [
        {"schema": schema, "name": name, "rows": count, "bytes": size, "columns": columns_mark(columns)}
        for schema, name, count, size, columns, _ in rows
    ]
    return {"measured_at": rows[0][-1].isoformat(), "tables": tables}


def _report(given: argparse.Namespace, read: dict[str, Any], style: Style) -> Iterator[str]:
    tables = read["tables"]
    done = "would send" if given.dry_run else "sent"
    yield style.bold(f"{done} the sizes of {counted(len(tables), 'table')} of {label_of(given.url)}")
    ordered = sorted(tables, key=lambda each: (-each["bytes"], each["schema"], each["name"]))
    for each in ordered if given.dry_run else ordered[:SHOWN]:
        rows = "never analysed" if each["rows"] is None else rows_words(each["rows"])
        yield f"  {each['schema']}.{each['name']}  {rows}, {size_words(each['bytes'])}"
    if len(tables) > SHOWN and not given.dry_run:
        yield style.dim(f"  and {len(tables) - SHOWN:,} smaller ones")
    unknown = sum(each["rows"] is None for each in tables)
    if unknown:
        yield style.yellow(f"  {counted(unknown, 'table')} never analysed, so of unknown size: run ANALYZE")
