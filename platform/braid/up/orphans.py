"""What a killed run left behind: every process that carries this run's mark in its environment.

The kernel ends our programs when their parent dies (`child._die_with_parent`); this finds what outlived that:
a worker's children in the middle of a job, a git process. Called under the instance's lock, so whatever is
found belongs to no living run. Linux only: elsewhere nothing is found.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

GRACE_S = 3.0
MARK = "BRAID_INSTANCE"


def mark(var: Path) -> str:
    """A variable that only our programs have; a person may well have BRAID_VAR in the environment of a shell."""
    return f"{MARK}={var}"


def end_orphans(var: Path) -> int:
    """Ask them to end, then end them: how many there were."""
    found = list(_find(var))
    _signal_all(found, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    while _alive(found) and time.monotonic() < deadline:
        time.sleep(0.05)
    _signal_all(_alive(found), signal.SIGKILL)
    return len(found)


def _find(var: Path) -> Iterator[int]:
    wanted = mark(var).encode()
    ours = {os.getpid(), os.getppid()}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(entry.name) not in ours and wanted in (entry / "environ").read_bytes().split(b"\0"):
                yield int(entry.name)


def _signal_all(pids: list[int], sent: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, sent)


def _alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if _state(pid) not in ("", "Z", "X")]


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
