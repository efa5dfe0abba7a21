"""`braid diff`: what differs between two databases, for people, as SQL or as JSON."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import TextIO

from braid.command.comparing import Comparing
from braid.command.document import FORMAT
from braid.command.exits import Exit
from braid.command.printing import change_line, counted, printable, written
from braid.command.script import exit_of, online_note, plan_of, script
from braid.command.sides import Pair, Side
from braid.command.style import Style
from schemata.changes import Action, Change

_WORDS = {Action.ADD: "added", Action.ALTER: "altered", Action.RENAME: "renamed", Action.DROP: "dropped"}
Changes = tuple[Change, ...]


def run(given: argparse.Namespace) -> Exit:
    """Compare and print. That the two differ is no failure, unless --exit-code asks for it."""
    with Comparing(given) as comparing:
        pair = comparing.pair()
        changes = pair.changes()
        notes = (*pair.notes, *pair.suspicions(changes))
        code = Exit.BLOCKED if changes and given.exit_code else Exit.FINE
        if given.sql:
            planned = plan_of(pair, online=given.online)
            proof = comparing.proof(pair, planned)
            notes += online_note(pair, planned) if given.online else ()
            written(script(planned, proof, pair, notes), sys.stdout)
            return max(code, exit_of(planned, proof))
    if given.json:
        print(_document(pair, changes, notes))
    else:
        _report(pair, changes, notes, sys.stdout)
    return code


def _document(pair: Pair, changes: Changes, notes: tuple[str, ...]) -> str:
    told = {
        "format": FORMAT,
        "before": pair.before.values(),
        "after": pair.after.values(),
        "matched_by": pair.matched_by,
        "equal": not changes,
        "changes": [change.to_json() for change in changes],
        "notes": notes,
    }
    return json.dumps(told, indent=2, ensure_ascii=False, default=str)


def _report(pair: Pair, changes: Changes, notes: tuple[str, ...], stream: TextIO) -> None:
    style = Style(stream)
    parts = (
        _header(pair, style),
        _grouped(changes, style),
        (f"  {style.yellow('note')}  {note}" for note in notes),
        _ending(changes, style),
    )
    stream.write(printable("\n\n".join("\n".join(part) for part in map(list, parts) if part), style) + "\n")


def _header(pair: Pair, style: Style) -> Iterator[str]:
    for mark, side in (("-", pair.before), ("+", pair.after)):
        yield f"{mark} {style.bold(side.label)}  {_about(side)}"
    yield style.dim(f"objects matched by {pair.matched_by}")


def _about(side: Side) -> str:
    if side.history is None:
        return f"live, Postgres {side.catalog.postgres}"
    migrations = counted(len(side.history.migrations), "migration")
    return (
        f"{side.history.layout} in {side.history.root or '.'}, {migrations}, Postgres {side.catalog.postgres}"
    )


def _grouped(changes: Changes, style: Style) -> Iterator[str]:
    """One paragraph for each table with all its parts; what another change says already is left out."""
    told = [change for change in changes if change.covered_by is None]
    for (schema, name), group in groupby(told, key=_whole):
        found = list(group)
        if any(change.address.parent for change in found):
            shown = name if schema == "public" else f"{schema}.{name}"
            yield f"  {style.bold(shown)}"
            yield from (f"    {change_line(change, style)}" for change in found)
        else:
            yield from (f"  {change_line(change, style)}" for change in found)


def _whole(change: Change) -> tuple[str, str]:
    at = change.address
    return at.schema, at.parent or at.name


def _ending(changes: Changes, style: Style) -> Iterator[str]:
    if not changes:
        yield f"{style.bold(style.green('equal'))}: the two schemas are the same"
        return
    told = Counter(change.action for change in changes if change.covered_by is None)
    counts = ", ".join(f"{told[action]:,} {word}" for action, word in _WORDS.items() if told[action])
    yield f"{style.bold('different')}: {counts}"
