"""From a source to its history, and the sandboxes in which commands run it."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from apps.repositories.trees import TreeError
from braid.command.exits import Exit, Stop
from braid.command.printing import place
from braid.command.sources import Source
from sandbox.errors import SandboxError
from sandbox.settings import SandboxSettings
from schemata.findings import Finding, Severity
from schemata.history import History
from schemata.layouts import LayoutError, find_layouts, read_project
from schemata.layouts import read_history as read_layout

if TYPE_CHECKING:
    from sandbox import Sandboxes


AUTO = "auto"
NOT_PLAIN = ("prisma", "drizzle")


def read_history(source: Source, root: str | None, layout: str = AUTO) -> History:
    """The history in the files of `source`; `layout` is a reader's slug, or `sql` for any tool of plain SQL files.

    Raises LayoutError where there is none, Stop where the files can't be read.
    """
    try:
        return _read_as(layout, source, root)
    except TreeError as error:
        raise Stop(f"{source.label}: {error}") from None
    except OSError as error:
        raise Stop(f"{source.label}: {error.strerror}: {error.filename}") from None


def _read_as(layout: str, source: Source, root: str | None) -> History:
    if layout == AUTO:
        return read_project(source.tree, root)
    found = find_layouts(source.tree, root)
    wanted = [f for f in found if f.layout == layout or (layout == "sql" and f.layout not in NOT_PLAIN)]
    if len(wanted) == 1:
        return read_layout(source.tree, wanted[0])
    there = ", ".join(f"{each.layout} in {each.root or '.'}" for each in found)
    raise Stop(f"{source.label}: {len(wanted)} layouts are {layout}; found: {there}")


def readable(source: Source, root: str | None, layout: str = AUTO) -> History:
    """As `read_history`, for commands that end where there is no history. Raises Stop."""
    try:
        return read_history(source, root, layout)
    except LayoutError as error:
        found = error.finding
        more = " (--root names one)" if found.rule == "layout.several" else ""
        raise Stop(told(source.label, found.path, found.line, found.message + more)) from None


def runnable(source: Source, root: str | None, layout: str = AUTO) -> History:
    """As `readable`, and the team's own tool would run it. Raises Stop."""
    history = readable(source, root, layout)
    found = refusal(history)
    if found:
        raise Stop(told(source.label, found.path, found.line, found.message))
    return history


def refusal(history: History) -> Finding | None:
    """Why the team's own tool would not run a history."""
    return next((each for each in history.findings if each.severity is Severity.ERROR), None)


def told(label: str, path: str, line: int | None, message: str) -> str:
    """`label: path:line: message`, as far as it is known."""
    return ": ".join(part for part in (label, place(path, line), message) if part)


@contextmanager
def open_sandboxes() -> "Iterator[Sandboxes]":
    """Sandboxes for one command; what they raise ends it with a message."""
    from sandbox import Sandboxes

    try:
        # One command needs one server, and none is wanted afterwards.
        settings = replace(SandboxSettings.from_environment(), warm=0)
        given = os.environ.get("BRAID_SANDBOX_URL")
        if given:
            settings = replace(settings, urls=(given,))
    except ValueError as error:
        raise Stop(str(error)) from None
    try:
        with Sandboxes(settings) as sandboxes:
            yield sandboxes
    except SandboxError as error:
        raise Stop(str(error), Exit.NOT_JUDGED) from None


def owner_of(source: Source) -> str:
    """An opaque key of what is worked on, the same each time, so that known migrations run once."""
    place = source.repository.path if source.repository else str(Path(source.label).resolve())
    return hashlib.sha256(f"{place}\0{source.folder}".encode()).hexdigest()[:32]
