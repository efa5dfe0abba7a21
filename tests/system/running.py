"""Starts, watches and ends `python -m braid.up` the way a person at a terminal would."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx

ROOT = Path(__file__).parents[2]
START_S = 90.0
T = TypeVar("T")
OURS = ("BRAID_", "SANDBOX_", "DATABASE_URL", "BROKER_URL", "DJANGO_", "PORT", "HOST", "PYTEST_", "COV")


class Running:
    def __init__(self, var: Path, **environment: str) -> None:
        self.var = var
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.output = ""
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            "BRAID_VAR": str(var),
            "PORT": str(self.port),
            "BRAID_WORKERS": "2",
            **environment,
        }
        self.process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def start(self, *, wait: bool = True) -> None:
        self.output = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "braid.up"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=[self.process], daemon=True)
        self._reader.start()
        if wait:
            wait_for(lambda: "Braid is up" in self.output or self.process.poll() is not None, START_S)
            assert "Braid is up" in self.output, self.output

    def _read(self, process: subprocess.Popen[str]) -> None:
        with process.stdout:
            for line in process.stdout:
                self.output += line

    def interrupt(self, sent: signal.Signals = signal.SIGINT, timeout_s: float = 30) -> int:
        """Ctrl-C, by default; the exit code."""
        assert self.process is not None
        self.process.send_signal(sent)
        code = self.process.wait(timeout_s)
        self._reader.join(5)
        return code

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.interrupt()

    @property
    def password(self) -> str:
        return re.search(r"Password\s+(\S+)", self.output)[1]

    def processes(self) -> dict[int, str]:
        """Every living process of this instance, by id, with its command line; the supervisor not counted."""
        mark = f"BRAID_INSTANCE={self.var}".encode()
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                ours = mark in (entry / "environ").read_bytes().split(b"\0")
                if ours or (entry / "cwd").readlink().is_relative_to(self.var):
                    found[int(entry.name)] = (
                        (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    )
            except OSError:
                continue
        found.pop(self.process.pid if self.process else 0, None)
        return found

    def programs(self, name: str) -> list[int]:
        """The ids of our direct children that run `name` (`braid.web`, `worker`, `beat`)."""
        mine = [pid for pid in self.processes() if parent_of(pid) == self.process.pid]
        return [pid for pid in mine if name in self.processes().get(pid, "")]

    def is_healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], T], timeout_s: float = 20.0) -> T:
    """Until the condition holds: what it then gave; fails with its name otherwise."""
    deadline = time.monotonic() + timeout_s
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {condition}"
        time.sleep(0.15)
    return found
