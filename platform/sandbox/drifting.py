"""Drift of a Prisma schema, with a sandbox for both sides: the migrations, and what the file says.

The file's SQL runs in a clone of the replayed database, so that functions, domains
and extensions which the migrations make are there for it.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from sandbox.pool import Sandboxes
from sandbox.replays import OnProgress, Replay, ReplayFailure
from schemata.findings import Finding, Severity
from schemata.history import Batch, History, Migration, Transaction
from schemata.prisma.datamodel import Place
from schemata.prisma.drift import Step, drift_of, one_schema, resolved, steps
from schemata.prisma.parse import parse
from schemata.prisma.syntax import Document

NAME = "the schema file"


@dataclass(frozen=True, slots=True)
class Drift:
    """What was found. Not `comparable`: the findings say why file or migrations are of no use.

    `replay` is that of the migrations, None where nothing ran.
    """

    findings: tuple[Finding, ...]
    comparable: bool = True
    replay: Replay | None = None


def find_drift(
    sandboxes: Sandboxes,
    history: History,
    *,
    owner: str,
    postgres: int | None = None,
    deadline_s: float,
    on_progress: OnProgress | None = None,
) -> Drift:
    """Compare the schema files of a Prisma history with its migrations. Raises SandboxError."""
    documents = one_schema({file.path: _parsed(file.text) for file in history.schema_files})
    blocking = tuple(each for each in history.findings if each.severity is Severity.ERROR)
    datamodel, found = resolved(documents)
    if blocking or datamodel is None:
        return Drift(blocking or found, comparable=False)
    run = partial(
        sandboxes.replay, owner=owner, postgres=postgres, deadline_s=deadline_s, on_progress=on_progress
    )
    real = run(history)
    if real.failure:
        return Drift((_stopped(real.failure),), comparable=False, replay=real)
    made = steps(datamodel, real.catalog)
    told = run(_with_schema(history, made))
    if told.failure:
        return Drift((_refused(told.failure, made),), replay=real)
    return Drift(drift_of(datamodel, documents, told.catalog, real.catalog), replay=real)


@lru_cache(maxsize=32)
def _parsed(text: str) -> Document:
    """Of several files of a schema a push changes one or two."""
    return parse(text)


def _with_schema(history: History, made: tuple[Step, ...]) -> History:
    text = _text(made)
    digest = hashlib.sha256(text.encode()).hexdigest()
    schema = Migration(NAME, NAME, text, digest, Transaction.NONE, (Batch(text),))
    return replace(history, migrations=(*history.migrations, schema))


def _text(made: tuple[Step, ...]) -> str:
    return "".join(f"{step.sql};\n" for step in made)


def _stopped(failure: ReplayFailure) -> Finding:
    return Finding(
        "replay.failed",
        Severity.ERROR,
        f"{failure.migration} fails: {failure.message}",
        " ".join(filter(None, (failure.detail, failure.hint))),
        failure.path,
        failure.line,
        failure.column,
    )


def _refused(failure: ReplayFailure, made: tuple[Step, ...]) -> Finding:
    place = _places(made).get(failure.line or 0)
    about = f"Postgres refuses what {place.label if place else 'the file'} says: {failure.message}."
    hint = "What it needs is made by no migration, or the file is wrong."
    path, line = (place.path, place.line) if place else ("", None)
    return Finding("drift.refused", Severity.ERROR, about, hint, path, line)


def _places(made: tuple[Step, ...]) -> dict[int, Place]:
    """The place of each line of the text, from 1; a statement may have more lines than places."""
    found: dict[int, Place] = {}
    line = 1
    for step in made:
        count = step.sql.count("\n") + 1
        for offset in range(count if step.lines else 0):
            found[line + offset] = step.lines[min(offset, len(step.lines) - 1)]
        line += count
    return found
