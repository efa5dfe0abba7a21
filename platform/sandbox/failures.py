"""From Postgres's message on a failed step to a place in the migration's file, with a caret."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from sandbox.binaries import Installation
from sandbox.extensions import advice
from sandbox.host import Host
from sandbox.plans import Plan, Step
from sandbox.replays import ReplayFailure
from schemata.history import Migration

WIDTH = 120
BEFORE, AFTER = 4, 2
# Syntax, undefined function, undefined object, not supported: what a newer Postgres may well know.
NEWER_KNOWS = frozenset({"42601", "42883", "42704", "0A000"})
_ROLE = re.compile(r'role "(.*)" does not exist', re.DOTALL)
_EXTENSION = re.compile(
    r'extension "([^"]+)" is not available|extension control file "[^"]*/([^/"]+)\.control'
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The Postgres that was used, and the others that the team could have asked for."""

    used: Installation
    others: tuple[Installation, ...] = ()


def describe_crash(server: Host, what: str) -> str:
    """That a server went down under `what`, with its last word where it has left one."""
    said = f" ({server.panic()})" if server.panic() else ""
    return f"the sandbox's server went down under {what}{said}; it was thrown away"


def missing_extension(event: dict[str, Any]) -> str:
    """The extension that a failure says is not there, or nothing."""
    found = _EXTENSION.search(f"{event.get('message', '')} {event.get('detail', '')}")
    return (found[1] or found[2]) if found else ""


def describe_missing(
    extension: str, migration: Migration, plan: Plan, event: dict[str, Any], choice: Choice
) -> str:
    """Where an extension is asked for that the sandbox does not have, and how to get it."""
    line, _ = _place(migration.text, _find(migration, plan, event)[1] or 0)
    elsewhere = [each.major for each in choice.others if extension in each.extensions]
    return (
        f"{migration.path}:{line}: the sandbox's Postgres {choice.used.version} does not have the extension "
        f'"{extension}". {advice(extension, choice.used.major, elsewhere)}'
    )


def failure_of(migration: Migration, plan: Plan, event: dict[str, Any], choice: Choice) -> ReplayFailure:
    """`event` is what the runner said of the failing step."""
    statement, offset = _find(migration, plan, event)
    line, column = _place(migration.text, offset) if offset is not None else (None, None)
    sqlstate = str(event.get("sqlstate") or "")
    return ReplayFailure(
        migration=migration.name,
        path=migration.path,
        statement=statement,
        sqlstate=sqlstate,
        message=str(event.get("message") or "the connection to the sandbox was lost"),
        detail=str(event.get("detail") or ""),
        hint=_hint(event, sqlstate, choice),
        line=line,
        column=column,
        excerpt=_excerpt(migration, statement, offset) if offset is not None else "",
    )


def _step(plan: Plan, event: dict[str, Any]) -> Step | None:
    number = event.get("step")
    return plan.steps[number] if isinstance(number, int) and 0 <= number < len(plan.steps) else None


def _find(migration: Migration, plan: Plan, event: dict[str, Any]) -> tuple[int | None, int | None]:
    """The statement that failed and the place in the file that Postgres points at, as far as they are known."""
    step = _step(plan, event)
    if step is None or step.index < 0:
        return None, None
    position = str(event.get("position") or "")
    if position.isdigit():
        return _at(migration, step, int(position) - 1, bool(event.get("marked")))
    index = event.get("statement")
    if not isinstance(index, int) or not migration.statements:
        return None, step.offset
    # One past the last: the COMMIT that ends the message.
    failed = min(index, step.index + step.count - 1)
    return (failed if failed == index else None), migration.statements[failed].offset


def _at(migration: Migration, step: Step, position: int, marked: bool) -> tuple[int | None, int]:
    if marked:
        which, inside = step.statement_at(position)
        index = step.index + which
        return index, migration.statements[index].offset + inside
    offset = min(step.offset + position, len(migration.text))
    starts = [statement.offset for statement in migration.statements]
    return (max(0, bisect_right(starts, offset) - 1) if starts else None), offset


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _excerpt(migration: Migration, statement: int | None, offset: int) -> str:
    """The lines around `offset`, no further than its statement, with a caret line below its own."""
    start, end = _bounds(migration, statement, offset)
    line, column = _place(migration.text, offset)
    first = _place(migration.text, start)[0]
    last = _place(migration.text, end)[0]
    lines = migration.text.split("\n")
    shown = [_cut(text, column) for text in lines[max(first, line - BEFORE) - 1 : line]]
    shown.append(_caret(lines[line - 1], column))
    shown += [_cut(text, column) for text in lines[line : min(last, line + AFTER)]]
    return "\n".join(shown)


def _bounds(migration: Migration, statement: int | None, offset: int) -> tuple[int, int]:
    if statement is None:
        return offset, offset
    found = migration.statements[statement]
    return min(found.offset, offset), max(found.offset + len(found.text), offset)


def _cut(line: str, column: int) -> str:
    """A very long line around the column that matters; all lines of an excerpt are cut alike."""
    start = _left(column)
    return line.rstrip("\r")[start : start + WIDTH]


def _caret(line: str, column: int) -> str:
    before = line[_left(column) : column - 1]
    # Tabs stay tabs, so that the caret stands below its character at any tab width.
    return re.sub(r"[^\t]", " ", before) + "^"


def _left(column: int) -> int:
    return max(0, column - WIDTH * 2 // 3) if column > WIDTH else 0


def _hint(event: dict[str, Any], sqlstate: str, choice: Choice) -> str:
    """Postgres's own hint, and ours."""
    hints = [str(event.get("hint") or "")]
    newer = sorted({each.major for each in choice.others if each.major > choice.used.major})
    role = _ROLE.fullmatch(str(event.get("message") or "")) if sqlstate == "42704" else None
    if role:
        hints.append(
            "Roles belong to a server, not to a database, and a sandbox has postgres and, for histories of "
            "its layout, Supabase's. Let the statement depend on it: "
            f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{role[1]}') THEN ... END IF; END $$;"
        )
    if sqlstate in NEWER_KNOWS and newer and not role:
        there = " and ".join(f"Postgres {each}" for each in newer)
        hints.append(
            f"This ran on Postgres {choice.used.version}. If your database is newer, say so in the project's "
            f"settings or in braid.toml; Braid also has {there} here."
        )
    if sqlstate == "42501":
        hints.append(
            "A sandbox's role is no superuser, as on a managed Postgres: it owns the schema public and what it makes."
        )
    if sqlstate.startswith("53"):
        hints.append(
            "A sandbox's disk, memory and temporary files are limited; docs/sandbox.md has the settings."
        )
    return " ".join(hint for hint in hints if hint)
