"""The `braid` command: the service's own checks without a server.

Nothing heavy is imported before it is known that it is needed: `braid --version`
must answer at once, and Django is never imported at all.
"""

import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from types import FrameType

from braid.command.arguments import parsed
from braid.command.exits import Exit, Stop


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (docs/command.md lists them)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = parsed(arguments)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = int(given.run(given))
        sys.stdout.flush()
        return code
    except Stop as stop:
        print(f"braid: {stop}", file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe has seen enough; Python would complain again when it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINE
    except Exception as error:
        if os.environ.get("BRAID_DEBUG"):
            raise
        print(f"braid: {_own_fault(error)}", file=sys.stderr)
        return Exit.NOT_JUDGED


def _own_fault(error: Exception) -> str:
    said = f"{type(error).__name__}: {error}".splitlines()[0]
    return f"internal error, which is Braid's fault: {said} (BRAID_DEBUG=1 shows where)"


def _terminated(signum: int, frame: FrameType | None) -> None:
    """Leave as after Ctrl-C, so that servers are stopped and folders removed."""
    raise KeyboardInterrupt
