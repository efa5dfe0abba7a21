"""A Braid of its own for a measurement: `make up` in a temporary folder, on a free port, without the demo."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
START_S = 120
# A word of the command line, and whose it is; the first that fits.
PROGRAMS = {
    "braid.web": "web",
    " beat": "beat",
    " worker": "worker",
    "runner.py": "statement runner",
    "braid.up": "up",
    "postgres": "postgres",
}


@dataclass(frozen=True, slots=True)
class Stack:
    url: str
    var: Path
    process: psutil.Process

    def memory_mb(self) -> dict[str, float]:
        """Proportional set size by program, in MB: shared pages are counted once over all processes."""
        found: dict[str, float] = {}
        for child in [self.process, *self.process.children(recursive=True)]:
            try:
                name, size = _program(child), child.memory_full_info().pss / 1e6
            except (psutil.Error, FileNotFoundError):
                continue
            found[name] = found.get(name, 0) + size
        return found


@contextmanager
def running(workers: int, **environment: str) -> Iterator[Stack]:
    """A Braid with so many worker processes; Django of this process is set up on its database."""
    with tempfile.TemporaryDirectory(prefix="braid-bench-") as folder:
        var, port = Path(folder) / "var", _free_port()
        Path(folder).chmod(0o755)
        url = f"http://localhost:{port}"
        variables = {
            **os.environ,
            "BRAID_VAR": str(var),
            "PORT": str(port),
            "BRAID_DEMO": "0",
            "BRAID_WORKERS": str(workers),
            **environment,
        }
        with (Path(folder) / "up.log").open("w") as log:
            up = subprocess.Popen(
                [sys.executable, "-m", "braid.up"], env=variables, stdout=log, stderr=log, cwd=ROOT
            )
        try:
            _wait_for(url, up, Path(folder) / "up.log")
            _set_up_django(var, url)
            yield Stack(url, var, psutil.Process(up.pid))
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(60)


def _program(process: psutil.Process) -> str:
    words = " ".join(process.cmdline())
    for word, name in PROGRAMS.items():
        if word in words:
            return name
    return process.name()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(url: str, up: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and up.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"Braid did not start:\n{log.read_text()}")


def _set_up_django(var: Path, url: str) -> None:
    from braid.up.database import Database
    from braid.up.instance import Instance

    instance = Instance(var)
    os.environ.update(
        DATABASE_URL=Database(instance).url,
        BRAID_VAR=str(var),
        BRAID_BASE_URL=url,
        BRAID_SECRET_KEY="for measuring only",
        DJANGO_SETTINGS_MODULE="braid.settings",
    )
    import django

    django.setup()
