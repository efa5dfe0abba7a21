"""The child process that sends a team's statements: no Django, no secrets, little memory.

Run as a script: `python -I runner.py OPTIONS`. Reads jobs (a length and JSON) from
standard input, writes one short JSON line per event. It speaks libpq's own
interface so that rows are never kept and nothing in a session runs that the
team's tool would not have run. All imports come first: afterwards it may run as
a user who cannot read Python's own files.
"""

import hashlib
import json
import math
import os
import runpy
import select
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg import OperationalError, pq
from psycopg.pq import abc

MESSAGE_LIMIT = 4000
SYNTAX_ERROR = "42601"
FLUSH_S = 0.05
SESSION_LIMIT = 20_000
# Of rows that are read: a value, what is shown of a longer one, all of a table in one event.
CELL_LIMIT = 120
CELL_SHOWN = 40
ROWS_LIMIT = 150_000
# Of an answer to a query: JSON within JSON is at most twice as long, and must be within a line.
PART = 100_000
_flushed = 0.0
FIELDS = {
    "sqlstate": pq.DiagnosticField.SQLSTATE,
    "message": pq.DiagnosticField.MESSAGE_PRIMARY,
    "detail": pq.DiagnosticField.MESSAGE_DETAIL,
    "hint": pq.DiagnosticField.MESSAGE_HINT,
    "position": pq.DiagnosticField.STATEMENT_POSITION,
    "context": pq.DiagnosticField.CONTEXT,
}
# Of the times between a message's statements: a line holds no more.
TIMES = 4000
FREQUENT = ("statements", "times", "migration", "inserted", "read", "part")
TOO_LARGE = {"sqlstate": "53200", "message": "the answer is longer than may be held"}
DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.EMPTY_QUERY)


def main(arguments: list[str]) -> None:
    options = dict(option.split("=", 1) for option in arguments)
    launch = runpy.run_path(str(Path(__file__).with_name("launch.py")))
    os.umask(0o077)
    launch["limit"](options)
    if "uid" in options:
        launch["become"](int(options["uid"]))
    launch["die_with_parent"](int(options["parent"]), 9)
    tell({"event": "ready"})
    while True:
        job = next_job()
        (converse if "converse" in job else perform)(job)


def next_job() -> dict[str, Any]:
    """Wait for one; where there are no more, that is the end."""
    header = sys.stdin.buffer.read(4)
    if not header:
        sys.exit()
    job: dict[str, Any] = json.loads(sys.stdin.buffer.read(struct.unpack("!I", header)[0]))
    return job


def tell(event: dict[str, Any]) -> None:
    """Write an event; waking our reader for each would cost more than many a statement."""
    global _flushed
    sys.stdout.write(json.dumps(event) + "\n")
    now = time.monotonic()
    if now - _flushed > FLUSH_S or event["event"] not in FREQUENT:
        _flushed = now
        sys.stdout.flush()


def perform(job: dict[str, Any]) -> None:
    """One session: connect, set up, each migration's steps, and the settings that the session ends with."""
    connection = _connect(job)
    if connection is None:
        return
    _insert(connection, job.get("inserts", ()))
    _read(connection, job.get("tables", ()))
    if _perform_migrations(connection, job):
        tell({"event": "end", "session": _session(connection) if job["keep"] else {}})
    connection.finish()


def _connect(job: dict[str, Any]) -> abc.PGconn | None:
    connection = pq.PGconn.connect(job["conninfo"].encode())
    if connection.status != pq.ConnStatus.OK:
        tell({"event": "refused", "message": _text(connection.error_message)[:MESSAGE_LIMIT]})
        return None
    tell({"event": "connected", "pid": connection.backend_pid})
    for statement in job["setup"]:
        run(connection, statement)
    return connection


def converse(job: dict[str, Any]) -> None:
    """One session whose queries come in jobs of their own, until one that brings none: a job each, and an end each."""
    connection = _connect(job)
    if connection is None:
        return
    tell({"event": "end", "session": {}})
    while queries := next_job()["queries"]:
        for index, query in enumerate(queries):
            _answer(connection, index, query)
        tell({"event": "end", "session": {}})
    connection.finish()
    tell({"event": "end", "session": {}})


def _answer(connection: abc.PGconn, index: int, query: str) -> None:
    """The rows of a query, as JSON in parts, with the oids of their types; or what went wrong."""
    try:
        text = _asked(connection, query)
    except MemoryError:
        text = json.dumps({"types": [], "rows": [], "error": TOO_LARGE})
    for start in range(0, len(text), PART):
        is_last = start + PART >= len(text)
        tell({"event": "part", "index": index, "text": text[start : start + PART], "is_last": is_last})


def _asked(connection: abc.PGconn, query: str) -> str:
    types: list[int] = []
    rows: list[list[str | None]] = []

    def take(result: abc.PGresult) -> None:
        columns = range(result.nfields)
        types[:] = types or [result.ftype(column) for column in columns]
        rows.append([_exactly(result.get_value(0, column)) for column in columns])

    error = run(connection, query, take=take).error
    return json.dumps({"types": types, "rows": rows, "error": error})


def _exactly(value: bytes | None) -> str | None:
    return value if value is None else value.decode("utf-8", "surrogateescape")


def _perform_migrations(connection: abc.PGconn, job: dict[str, Any]) -> bool:
    for number, steps in enumerate(job["migrations"]):
        started = time.perf_counter()
        failure = _perform_steps(connection, steps) or _left_open(connection)
        event = {"migration": number, "ms": _since(started)}
        if failure:
            tell({"event": "failure", **event, **failure})
            return False
        tell({"event": "migration", **event})
        if not job["keep"]:
            run(connection, "DISCARD ALL")
    return True


def _perform_steps(connection: abc.PGconn, steps: list[Any]) -> dict[str, Any] | None:
    """Send each step: `[text, index, count, is marked, text without marks]`; what failed, if anything did."""
    for number, (text, index, count, marked, plain) in enumerate(steps):
        started = time.time()
        sent = run(connection, text, marked=marked)
        if sent.error and plain and sent.done == 0 and sent.error["sqlstate"] == SYNTAX_ERROR:
            # Nothing of it ran. Whatever is wrong, Postgres shall say it of the text that the tool sends.
            marked, sent = False, run(connection, plain)
        if sent.error:
            _roll_back(connection)
            statement = index + sent.done // (2 if marked else 1) if index >= 0 else None
            return {"step": number, "statement": statement, "marked": marked, **sent.error}
        if index >= 0:
            _tell_times(index, count, [started, *sent.marks, time.time()])
    return None


def _tell_times(index: int, count: int, times: list[float]) -> None:
    """That a message's statements ran, and when; what is too long for one line goes ahead in others."""
    last = len(times) - len(times) % TIMES if len(times) > TIMES else 0
    for start in range(0, last, TIMES):
        tell({"event": "times", "times": times[start : start + TIMES]})
    tell({"event": "statements", "index": index, "count": count, "times": times[last:]})


def _insert(connection: abc.PGconn, inserts: list[Any]) -> None:
    """Send each insert: `[whole, singles]`, the rows one by one where Postgres refuses the whole."""
    lost: dict[str, Any] | None = None
    for index, (whole, singles) in enumerate(inserts):
        rows, error = 0, lost
        if not lost:
            sent = run(connection, whole)
            rows, error = sent.rows, sent.error
        if error and not error.get("lost"):
            rows, error = _insert_singles(connection, singles)
        lost = error if error and error.get("lost") else None
        tell({"event": "inserted", "index": index, "rows": rows, "error": error})


def _insert_singles(connection: abc.PGconn, singles: list[list[str]]) -> tuple[int, dict[str, Any] | None]:
    """Of each row the first variant that is accepted; what was said of the last row that had none."""
    rows, error = 0, None
    for variants in singles:
        for variant in variants:
            sent = run(connection, variant)
            if not sent.error:
                rows += sent.rows
                break
            if sent.error.get("lost"):
                return rows, sent.error
        else:
            error = sent.error
    return rows, error


def _read(connection: abc.PGconn, tables: list[Any]) -> None:
    """Send each table's queries: `[few, sums, most]`, the second where the first brings more than `most` rows."""
    for index, (few, sums, most) in enumerate(tables):
        rows, error = _rows(connection, few)
        event = {"event": "read", "index": index, "rows": rows, "sums": None, "error": None}
        if error or len(rows) > most or len(json.dumps(rows)) > ROWS_LIMIT:
            totals, error = _rows(connection, sums)
            event |= {"rows": None, "sums": totals[0] if totals else None, "error": error}
        tell(event)


def _rows(connection: abc.PGconn, query: str) -> tuple[list[list[str | None]], dict[str, Any] | None]:
    found: list[list[str | None]] = []

    def take(result: abc.PGresult) -> None:
        found.append([_cell(result.get_value(0, column)) for column in range(result.nfields)])

    return found, run(connection, query, take=take).error


def _cell(value: bytes | None) -> str | None:
    """A value, or the beginning and a hash of one that is longer than either."""
    if value is None or len(value) <= CELL_LIMIT:
        return value if value is None else value.decode("utf-8", "surrogateescape")
    digest = hashlib.blake2b(value, digest_size=16).hexdigest()
    return f"{value[:CELL_SHOWN].decode('utf-8', 'ignore')}… {digest}"


@dataclass(slots=True)
class Sent:
    """What came back for one message: results, server times between statements, the first error."""

    done: int = 0
    rows: int = 0
    marks: list[float] = field(default_factory=list)
    error: dict[str, Any] | None = None


def run(
    connection: abc.PGconn,
    text: str,
    *,
    marked: bool = False,
    take: Callable[[abc.PGresult], None] | None = None,
) -> Sent:
    """Send one message and read all that it brings, keeping no rows: `take` sees each."""
    if "\0" in text:
        return Sent(error={"sqlstate": "22021", "message": "a NUL byte, which no SQL text can hold"})
    try:
        return _run(connection, text, marked=marked, take=take)
    except OperationalError as error:
        # Also where a time limit of the team's ended the session while nothing was sent.
        return Sent(error={"sqlstate": "08006", "message": str(error)[:MESSAGE_LIMIT], "lost": True})


def _run(
    connection: abc.PGconn, text: str, *, marked: bool, take: Callable[[abc.PGresult], None] | None
) -> Sent:
    connection.send_query(text.encode("utf-8", "surrogatepass"))
    connection.set_single_row_mode()
    _flush_if_slow(connection)
    sent = Sent()
    while result := connection.get_result():
        status = result.status
        if status in DONE:
            sent.done += 1
            sent.rows = result.command_tuples or 0
        elif status == pq.ExecStatus.SINGLE_TUPLE:
            if marked and sent.done % 2:
                sent.marks.append(_number(result.get_value(0, 0)))
            elif take:
                take(result)
        elif status == pq.ExecStatus.COPY_IN:
            connection.put_copy_end(b"there is no data to copy in a migration")
        elif status == pq.ExecStatus.COPY_OUT:
            _drain(connection)
        else:
            sent.error = sent.error or _describe(connection, result)
    while connection.notifies():
        pass
    if sent.error:
        # Only after the last result does the connection know that it was cut.
        sent.error["lost"] = connection.status != pq.ConnStatus.OK
    return sent


def _flush_if_slow(connection: abc.PGconn) -> None:
    """What was told before must not wait for a long statement: it says which one that is."""
    global _flushed
    readable, _, _ = select.select([connection.socket], [], [], FLUSH_S)
    if not readable:
        _flushed = time.monotonic()
        sys.stdout.flush()


def _number(value: bytes | None) -> float:
    try:
        number = float(value or 0)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _drain(connection: abc.PGconn) -> None:
    while connection.get_copy_data(0)[0] > 0:
        pass


def _describe(connection: abc.PGconn, result: abc.PGresult) -> dict[str, Any]:
    said = {name: _text(result.error_field(field))[:MESSAGE_LIMIT] for name, field in FIELDS.items()}
    if not said["message"]:
        said["message"] = _text(connection.error_message)[:MESSAGE_LIMIT]
    return said


def _text(value: bytes | None) -> str:
    return (value or b"")[: 4 * MESSAGE_LIMIT].decode("utf-8", "replace").strip()


def _roll_back(connection: abc.PGconn) -> None:
    idle = connection.transaction_status == pq.TransactionStatus.IDLE
    if connection.status == pq.ConnStatus.OK and not idle:
        run(connection, "ROLLBACK")


def _left_open(connection: abc.PGconn) -> dict[str, Any] | None:
    if connection.transaction_status == pq.TransactionStatus.IDLE:
        return None
    return {
        "statement": None,
        "sqlstate": "25001",
        "message": "the migration begins a transaction and does not end it",
        "hint": "Add the COMMIT that is missing.",
    }


def _session(connection: abc.PGconn) -> dict[str, str]:
    """Settings that a migration left behind, which the next one of the same session would see."""
    result = connection.exec_(
        b"select name, setting from pg_catalog.pg_settings where source operator(pg_catalog.=) 'session'"
    )
    if result.status != pq.ExecStatus.TUPLES_OK or result.ntuples > 100:
        return {}
    rows = [(_text(result.get_value(n, 0)), _text(result.get_value(n, 1))) for n in range(result.ntuples)]
    return dict(rows) if sum(len(value) for _, value in rows) < SESSION_LIMIT else {}


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main(sys.argv[1:])
