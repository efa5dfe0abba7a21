"""Our side of the child that sends statements: hand it a job, read its events, never trust its size."""

import contextlib
import json
import os
import select
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox import processes
from sandbox.errors import LimitExceeded, ServerDown
from sandbox.processes import Limits

SCRIPT = Path(__file__).parent / "runner.py"
# Every text in an event is cut to 4,000 characters, of which JSON may make six bytes each.
LINE_LIMIT = 256 * 1024
READY_TIMEOUT_S = 30.0


class Runner:
    """One child process. Started ahead of need; a job at a time; replaced when it dies."""

    def __init__(self, limits: Limits) -> None:
        self._child = processes.start_python(SCRIPT, limits)
        self._buffer = b""
        self._is_ready = False

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    def send(self, job: dict[str, Any]) -> None:
        self._wait_until_ready()
        message = json.dumps(job).encode()
        try:
            _pipe(self._child.stdin).write(struct.pack("!I", len(message)) + message)
            _pipe(self._child.stdin).flush()
        except OSError as error:
            raise ServerDown(
                "the process that sends statements went away; the next job gets a new one"
            ) from error

    def events(self, tick_s: float) -> Iterator[dict[str, Any] | None]:
        """Events as they come, and None whenever `tick_s` went by; ends never, the caller stops it."""
        while True:
            line, found, rest = self._buffer.partition(b"\n")
            if found:
                self._buffer = rest
                yield json.loads(line)
            else:
                yield from self._read(tick_s)

    def _read(self, tick_s: float) -> Iterator[None]:
        readable, _, _ = select.select([_pipe(self._child.stdout)], [], [], tick_s)
        if not readable:
            yield None
            return
        data = os.read(_pipe(self._child.stdout).fileno(), 65536)
        self._buffer += data
        if not data or len(self._buffer) > LINE_LIMIT + 65536:
            self.kill()
            raise LimitExceeded(
                "output",
                "a statement sent back more than the process that runs it may hold "
                "(a very large result, message or notification); make it smaller",
            )

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        deadline = time.monotonic() + READY_TIMEOUT_S
        for event in self.events(0.1):
            if event and event["event"] == "ready":
                self._is_ready = True
                return
            if time.monotonic() > deadline:
                self.kill()
                raise ServerDown("the process that sends statements did not start within 30 s")

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            with contextlib.suppress(OSError):
                _pipe(pipe).close()


def _pipe(pipe: Any) -> Any:
    assert pipe is not None, "started with pipes"
    return pipe
