"""The folder of one installation's data (`var/`): its lock, its secrets, its stamps."""

import fcntl
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO


class InUse(Exception):
    """Another `make up` holds this folder."""


@dataclass(slots=True)
class Instance:
    """`take()` it before anything else: the lock ends with the process, however that ends."""

    var: Path
    _lock: IO[str] | None = field(default=None, init=False)

    def take(self, url: str) -> None:
        for folder in (self.var, self.run, self.logs, self.var / "secrets"):
            folder.mkdir(parents=True, exist_ok=True)
        (self.var / "secrets").chmod(0o700)
        lock = open(self.run / "up.lock", "a+", encoding="utf-8")  # noqa: SIM115 - held until the end
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InUse(self._who(lock)) from None
        lock.seek(0)
        lock.truncate()
        json.dump({"pid": os.getpid(), "url": url}, lock)
        lock.flush()
        self._lock = lock

    def _who(self, lock: IO[str]) -> str:
        lock.seek(0)
        try:
            other = json.load(lock)
            where = f"process {other['pid']}, {other['url']}"
        except (ValueError, KeyError):
            where = "it is just starting"
        return (
            f"Braid already runs on {self.var} ({where}). Stop that one first, or give this one a folder and a "
            "port of its own: make up BRAID_VAR=/some/folder PORT=8001"
        )

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    def secret(self, name: str) -> str:
        """A random text that is made once and kept."""
        path = self.var / "secrets" / name
        if not path.exists():
            fresh = path.with_suffix(".new")
            fresh.touch(0o600)
            fresh.write_text(secrets.token_urlsafe(48))
            fresh.replace(path)
        return path.read_text()

    def stamp(self, name: str) -> str:
        path = self.run / f"{name}.stamp"
        return path.read_text() if path.exists() else ""

    def set_stamp(self, name: str, value: str) -> None:
        (self.run / f"{name}.stamp").write_text(value)
