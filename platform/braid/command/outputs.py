"""Writes what a command found, to stdout and to files, each in the format that was asked for."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from braid.command.exits import Stop
from braid.command.formats import Format, Output
from braid.command.reports import github, junit, markdown, sarif
from braid.command.reports.account import Account
from braid.command.style import NO_STYLE, Style

_RENDERERS: Mapping[Format, Callable[[Account], str]] = {
    Format.SARIF: sarif.render,
    Format.JUNIT: junit.render,
    Format.MARKDOWN: markdown.render,
    Format.GITHUB: github.render,
}


class Found(Protocol):
    """What a command found; every format starts from one of these three."""

    def text(self, style: Style) -> str: ...

    def document(self) -> str: ...

    def account(self) -> Account: ...


def clear(files: Sequence[Output]) -> None:
    """Make the files empty, before there is anything to write. Raises Stop.

    So a file that can't be written ends the command before it has worked for minutes, and
    a run that ends without an outcome leaves no older report behind.
    """
    for each in files:
        _write(each, "")


def write(found: Found, shown: Format, files: Sequence[Output]) -> None:
    """Print in one format, and write all files. Raises Stop."""
    sys.stdout.write(rendered(found, shown, Style(sys.stdout)))
    for each in files:
        _write(each, rendered(found, each.format, NO_STYLE))


def rendered(found: Found, wanted: Format, style: Style) -> str:
    """The whole report in one format, with a line end."""
    if wanted is Format.TEXT:
        return found.text(style)
    if wanted is Format.JSON:
        return found.document() + "\n"
    return _RENDERERS[wanted](found.account())


def _write(output: Output, text: str) -> None:
    try:
        Path(output.file).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise Stop(f"--output {output.file}: {error.strerror}") from None
