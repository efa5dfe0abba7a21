"""What sandboxes may use and where they live; docs/sandbox.md explains each."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

PREFIX = "SANDBOX_"


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Limits of one worker process's sandboxes. Sizes in megabytes, times in seconds.

    Each can be set by an environment variable: SANDBOX_ and its name in capitals.
    """

    # Where things are: servers' data, private copies of Postgres, given servers instead of embedded ones.
    folder: Path | None = None
    home: Path | None = None
    urls: tuple[str, ...] = ()
    # One server. Its disk is a file system of that size where we may mount one, else it is measured.
    disk_mb: int = 1024
    mount: bool = True
    memory_mb: int = 1024
    temp_mb: int = 256
    connections: int = 4
    templates: int = 24
    # The child process that sends statements, and what a catalog may weigh.
    runner_memory_mb: int = 512
    catalog_mb: int = 64
    # For tests: of each catalog that was read by what changed, make sure that it is the whole one.
    check_readings: bool = False
    # All servers of a process.
    servers: int = 4
    warm: int = 1
    idle_s: float = 120.0
    grace_s: float = 2.0
    # All parked data directories on this machine.
    parked_mb: int = 2048
    parked_s: float = 86_400.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Settings from SANDBOX_* variables; raises ValueError naming a variable that can't be read."""
        given = os.environ if environment is None else environment
        found: dict[str, Any] = {}
        for field in fields(cls):
            text = given.get(PREFIX + field.name.upper(), "")
            if text:
                found[field.name] = _read(field.name, text, field.default)
        return cls(**found)


def _read(name: str, text: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                text.lower()
            ]
        if isinstance(default, int | float):
            return type(default)(text)
    except (ValueError, KeyError):
        raise ValueError(f"{PREFIX}{name.upper()} must be a number, not {text!r}") from None
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return Path(text)
