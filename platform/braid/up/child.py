"""One program that runs for us: started, listened to, started again when it dies, stopped when asked."""

import asyncio
import contextlib
import ctypes
import logging
import os
import re
import signal
from collections import deque
from collections.abc import Callable, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from time import monotonic

from braid.environment import ROOT
from braid.up.programs import Program

LOG_BYTES, LOG_FILES = 5_000_000, 4
FIRST_DELAY_S, LONGEST_DELAY_S, SETTLED_S = 0.5, 30.0, 60.0
ATTEMPTS = 3
SHOWN = 300
_PR_SET_PDEATHSIG = 1
_OURSELVES = os.getpid()
_BAD = re.compile(r"\d{4}-\d\d-\d\d [\d:,]+ (ERROR|CRITICAL) ")
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


class NeverReady(Exception):
    """A program ended several times before it was up; the message carries its last lines."""


class Child:
    def __init__(
        self,
        program: Program,
        environment: Mapping[str, str],
        logs: Path,
        say: Callable[[str], None],
        *,
        fd: int = -1,
    ) -> None:
        self.program = program
        self.ready = asyncio.Event()
        self._environment = environment
        self._fd = fd
        self._say = say
        self._log_path = logs / f"{program.name}.log"
        self._log = RotatingFileHandler(
            self._log_path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
        )
        self._tail: deque[str] = deque(maxlen=25)
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def run_once(self) -> int:
        """Start it and wait for its end: the exit code."""
        self._process = await asyncio.create_subprocess_exec(
            *self.program.command,
            cwd=ROOT,
            env=dict(self._environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(self._fd,) if self._fd >= 0 else (),
            start_new_session=True,
            preexec_fn=_die_with_parent,
            limit=1 << 20,
        )
        assert self._process.stdout is not None
        listening = asyncio.create_task(self._listen(self._process.stdout))
        code = await self._process.wait()
        _signal_group(self._process.pid, signal.SIGKILL)
        await asyncio.wait([listening], timeout=1)
        return code

    async def keep_running(self) -> None:
        """Until `stop()`: what ends is started again, at growing intervals."""
        delay, early = FIRST_DELAY_S, 0
        while not self._stopping.is_set():
            started = monotonic()
            code = await self.run_once()
            if self._stopping.is_set():
                return
            early = 0 if self.ready.is_set() else early + 1
            if early >= ATTEMPTS:
                raise NeverReady(self.last_words(code))
            delay = FIRST_DELAY_S if monotonic() - started > SETTLED_S else min(delay * 2, LONGEST_DELAY_S)
            self._say(f"{self.program.name} ended ({_why(code)}), starting it again; see {self._log_path}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)

    async def stop(self) -> None:
        self._stopping.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        for sent, patience_s in (*self.program.stop, (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(sent)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), patience_s)
                return

    def last_words(self, code: int) -> str:
        lines = "\n".join(f"    {line}" for line in self._tail)
        return f"{self.program.name} did not start ({_why(code)}). Its last lines (all: {self._log_path}):\n{lines}"

    async def _listen(self, output: asyncio.StreamReader) -> None:
        while True:
            try:
                raw = await output.readline()
            except ValueError:  # A line of more than `limit` bytes: the rest of it follows.
                continue
            if not raw:
                return
            self._take(raw.decode("utf-8", "replace").rstrip("\n"))

    def _take(self, line: str) -> None:
        self._write(line)
        self._tail.append(line)
        if self.program.ready and self.program.ready in line:
            self.ready.set()
        # What a program says about being cut off while it stops belongs in its log.
        if _BAD.match(line) and not self._stopping.is_set():
            self._say(f"{self.program.name} | {line[:SHOWN]}")

    def _write(self, line: str) -> None:
        self._log.emit(logging.makeLogRecord({"msg": line}))


def _die_with_parent() -> None:
    """A killed supervisor takes its programs along (Linux); elsewhere the next start ends them."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != _OURSELVES:
            os._exit(1)


def _signal_group(pid: int, sent: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, sent)


def _why(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
