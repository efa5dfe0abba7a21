"""One git process that answers one request: started clean and limited, ended so that nothing stays behind.

git removes the quarantine of a push by itself when its input ends early or when it
is asked to stop; it can't when it is killed. So input is closed first, then SIGTERM,
and SIGKILL comes last.
"""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence

BUFFER = 256 * 1024
ERROR_BYTES = 4096
CLOSE_GRACE_S = 20.0
TERM_GRACE_S = 5.0


class GitProcess:
    """A running git with its input, output and what it said on stderr."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._errors = asyncio.create_task(self._read_errors())

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        environment: dict[str, str],
        *,
        takes_input: bool,
        inherit: Sequence[int] = (),
    ) -> "GitProcess":
        # A session of its own: hooks and index-pack can be signalled together with git.
        process = await asyncio.create_subprocess_exec(
            *argv,
            env=environment,
            stdin=PIPE if takes_input else DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            pass_fds=tuple(inherit),
            start_new_session=True,
            limit=BUFFER,
        )
        return cls(process)

    async def read(self) -> bytes:
        """Some output, or nothing at its end."""
        assert self._process.stdout is not None
        return await self._process.stdout.read(BUFFER)

    async def write(self, data: bytes) -> bool:
        """Hand on input and wait until git has room for more; False once git reads no further."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError, RuntimeError):
            return False
        return True

    def close_input(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    async def finish(self) -> tuple[int, str]:
        """Wait for the end: the exit code, and the start of what stood on stderr."""
        code = await self._process.wait()
        return code, (await self._errors).decode("utf-8", "replace").strip()

    async def stop(self) -> None:
        """End the process however far it is; returns when it is gone."""
        if self._process.returncode is None:
            self.close_input()
            if not await self._gone_within(CLOSE_GRACE_S):
                self._signal(signal.SIGTERM)
            if not await self._gone_within(TERM_GRACE_S):
                self._signal(signal.SIGKILL)
            await self._process.wait()
        self._errors.cancel()

    async def _gone_within(self, seconds: float) -> bool:
        """Output that nobody wants any more is dropped, as a full pipe would keep git from ending."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await self.read():
                    pass
                await self._process.wait()
        return self._process.returncode is not None

    def _signal(self, number: int) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    async def _read_errors(self) -> bytes:
        assert self._process.stderr is not None
        kept = b""
        while data := await self._process.stderr.read(ERROR_BYTES):
            kept = (kept + data)[:ERROR_BYTES]
        return kept
