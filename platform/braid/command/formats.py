"""The ways in which a command can print what it found, as they are typed."""

import argparse
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Format(StrEnum):
    """TEXT is for people, MARKDOWN and GITHUB for pull requests, the others for programs (docs/ci.md)."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    GITHUB = "github"


@dataclass(frozen=True, slots=True)
class Output:
    """A file that is to be written, and in which format."""

    format: Format
    file: str


def add_formats(command: argparse.ArgumentParser) -> None:
    """`--format` for what goes to stdout, `--output` for files beside it, `--json` as it always was."""
    names = ", ".join(Format)
    shown = command.add_mutually_exclusive_group()
    shown.add_argument(
        "--format", metavar="FORMAT", type=_format, default=Format.TEXT, help=f"what to print: {names}"
    )
    shown.add_argument(
        "--json", dest="format", action="store_const", const=Format.JSON, help="the same as --format json"
    )
    command.add_argument(
        "--output",
        metavar="FORMAT=FILE",
        type=_output,
        action=_Also,
        default=(),
        help="write FILE as well; may be given several times",
    )


def _format(text: str) -> Format:
    if text in list(Format):
        return Format(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no format; there are {', '.join(Format)}")


def _output(text: str) -> Output:
    name, _, file = text.partition("=")
    if not file:
        raise argparse.ArgumentTypeError(f"{text!r} is not FORMAT=FILE, such as sarif=braid.sarif")
    return Output(_format(name), file)


class _Also(argparse.Action):
    """Collects the values of an option; two of them must not write one file."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        given: argparse.Namespace,
        value: Any,
        option: str | None = None,
    ) -> None:
        known: tuple[Output, ...] = getattr(given, self.dest)
        if not isinstance(value, Output) or value.file in {each.file for each in known}:
            parser.error(f"{option} needs a FORMAT=FILE, and each file once")
        setattr(given, self.dest, (*known, value))
