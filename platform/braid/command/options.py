"""Options that several commands have, and how their values are read."""

import argparse
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

SECONDS = 300.0


def add_replaying(command: argparse.ArgumentParser) -> None:
    """What every command that replays one history or two can be told."""
    command.add_argument("--root", metavar="FOLDER", help="where the migrations are, if there are several")
    command.add_argument(
        "--postgres", metavar="N", type=major_version, help="major version of Postgres to replay on"
    )
    command.add_argument(
        "--deadline",
        metavar="S",
        type=positive_seconds,
        default=SECONDS,
        help="stop after S seconds (default: 300)",
    )


def major_version(text: str) -> int:
    if text.isascii() and text.isdigit() and 9 < int(text) < 100:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a major version such as 16")


def positive_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if 0 < seconds < 1e6:
        return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
