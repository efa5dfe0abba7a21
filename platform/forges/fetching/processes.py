"""One git process: nothing of the machine's configuration, limits on everything, ended for certain.

It runs in a session of its own, so that what git starts (git-remote-https, index-pack)
ends with it. Limits are set by a shell, as code between fork and exec is not safe in a
process with threads.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from forges.errors import Unreachable, Unusable
from forges.fetching.limits import Limits
from forges.fetching.remote import Remote

POLICY = Path(__file__).with_name("policy.gitconfig")
KEPT_BYTES = 1024 * 1024
WATCH_S = 0.1
TERM_GRACE_S = 2.0

# `ulimit -f` counts blocks of 512 bytes, `-v` counts kilobytes.
_LIMITED = 'ulimit -c 0; ulimit -n 512; ulimit -v "$1"; ulimit -f "$2"; shift 2; exec "$@"'


@dataclass(frozen=True, slots=True)
class Done:
    """How a process ended, and the end of what it printed: at most KEPT_BYTES of each."""

    code: int
    output: str
    errors: str


def run_git(
    repository: Path,
    arguments: Sequence[str],
    limits: Limits,
    *,
    remote: Remote | None = None,
    given: str = "",
    watched: Path | None = None,
) -> Done:
    """Run git in `repository`, `given` as its input; no network without `remote`.

    Raises Unreachable when it takes longer than `limits.total_s`, Unusable when the folder
    `watched` grows beyond `limits.fetched_bytes`.
    """
    with TemporaryFile() as stdin:
        stdin.write(given.encode())
        stdin.seek(0)
        process = subprocess.Popen(
            _command(repository, arguments, limits),
            env=environment(remote, limits),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    assert process.stdout
    assert process.stderr
    tails = (_Tail(process.stdout), _Tail(process.stderr))
    try:
        _watch(process, limits, watched)
    finally:
        _end(process)
        printed = [tail.text() for tail in tails]
    return Done(process.returncode, *printed)


def environment(remote: Remote | None, limits: Limits) -> dict[str, str]:
    """The whole environment of a git process."""
    pairs = {"http.lowSpeedTime": str(limits.silence_s), **(remote.config if remote else {})}
    numbered = {
        f"GIT_CONFIG_{part}_{number}": text
        for number, pair in enumerate(pairs.items())
        for part, text in zip(("KEY", "VALUE"), pair, strict=True)
    }
    # Requests of Braid's own trust what OpenSSL is told to trust; git has a name of its own for that.
    trusted = os.environ.get("SSL_CERT_FILE")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(POLICY),
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": remote.address.parts.scheme if remote else "none",
        "GIT_CONFIG_COUNT": str(len(pairs)),
        **numbered,
        **({"GIT_SSL_CAINFO": trusted} if trusted else {}),
    }


def _command(repository: Path, arguments: Sequence[str], limits: Limits) -> list[str]:
    sizes = (str(limits.memory_bytes // 1024), str(limits.fetched_bytes // 512 + 1))
    return ["sh", "-c", _LIMITED, "git-limited", *sizes, "git", "--git-dir", str(repository), *arguments]


def _watch(process: subprocess.Popen[bytes], limits: Limits, watched: Path | None) -> None:
    deadline = time.monotonic() + limits.total_s
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(WATCH_S)
        if watched and size_of(watched) > limits.fetched_bytes:
            raise Unusable(f"More than {limits.fetched_bytes:,} bytes came; Braid fetches no more at once.")
        if process.returncode is not None:
            return
        if time.monotonic() > deadline:
            raise Unreachable(f"git was not done after {limits.total_s:g} s.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Everything of the session goes, also what the process itself has left running."""
    for number, grace_s in ((signal.SIGTERM, TERM_GRACE_S), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace_s)


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder; what disappears meanwhile counts for nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                total += os.stat(os.path.join(parent, name), follow_symlinks=False).st_size
    return total


class _Tail:
    """Reads a pipe to its end in a thread and keeps the last of it, however much comes."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self) -> str:
        self._thread.join()
        self._pipe.close()
        return self._kept.decode(errors="replace")

    def _read(self) -> None:
        while data := os.read(self._pipe.fileno(), 65536):
            self._kept = (self._kept + data)[-KEPT_BYTES:]
