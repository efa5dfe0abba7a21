"""Starting programs as children that are unprivileged, limited and die with this process.

The kernel sends the death signal when the *thread* that started a child ends,
so all children are started from one thread that lives as long as the process.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LAUNCH = Path(__file__).parent / "launch.py"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use. `uid` None keeps the user; sizes in bytes, None is without limit."""

    uid: int | None = None
    memory: int | None = None
    file_size: int | None = None


class _Starter:
    """The thread that starts children; remade in a forked process, which inherits no threads."""

    def __init__(self) -> None:
        self.pid = 0
        self.pool: ThreadPoolExecutor | None = None

    def thread(self) -> ThreadPoolExecutor:
        if self.pool is None or self.pid != os.getpid():
            self.pid = os.getpid()
            self.pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-starter")
        return self.pool


_starter = _Starter()


def start(
    command: Sequence[str | Path],
    limits: Limits,
    *,
    death: signal.Signals = signal.SIGQUIT,
    output: int | None = None,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` through `launch.py` in `folder`; its environment is empty but for `environment`."""
    place = [f"folder={folder}"] if folder else []
    full = [*_launcher(limits, death), *place, "--", *map(str, command)]

    def spawn() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            full,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment or {},
            cwd="/",
            start_new_session=True,
        )

    return _starter.thread().submit(spawn).result()


def start_python(script: Path, limits: Limits) -> subprocess.Popen[bytes]:
    """Start a script that limits itself once its imports are done, with pipes to talk to it."""
    full = [sys.executable, "-I", str(script), *_options(limits, signal.SIGKILL)]

    def spawn() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            full,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )

    return _starter.thread().submit(spawn).result()


def _launcher(limits: Limits, death: signal.Signals) -> list[str]:
    return [sys.executable, "-I", "-S", str(LAUNCH), *_options(limits, death)]


def _options(limits: Limits, death: signal.Signals) -> list[str]:
    options = [f"parent={os.getpid()}", f"signal={int(death)}"]
    if limits.uid is not None and os.geteuid() == 0:
        options.append(f"uid={limits.uid}")
    if limits.memory:
        options.append(f"memory={limits.memory}")
    if limits.file_size:
        options.append(f"file={limits.file_size}")
    return options


def run(command: Sequence[str | Path], limits: Limits, *, folder: Path | None = None) -> tuple[int, str]:
    """Run `command` in `folder` to its end; its exit code and what it printed."""
    child = start(command, limits, output=subprocess.PIPE, folder=folder)
    printed, _ = child.communicate()
    return child.returncode, printed.decode(errors="replace")
