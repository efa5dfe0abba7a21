"""What `make up` takes from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from braid.environment import ROOT, SettingError, flag, number, text
from braid.up.orphans import MARK


@dataclass(frozen=True, slots=True)
class Options:
    host: str
    port: int
    var: Path
    base_url: str
    workers: int
    demo: bool
    database_url: str

    @property
    def embedded(self) -> bool:
        """Whether Braid runs the app's Postgres itself."""
        return not self.database_url

    @property
    def internal_url(self) -> str:
        """The site as reached from this machine, whatever stands in front of it."""
        return f"http://{_shown(self.host)}:{self.port}"


def read_options() -> Options:
    host = text("HOST", "") or "127.0.0.1"
    port = number("PORT", 8000)
    if not 0 < port < 65536:
        raise SettingError(f"PORT must be between 1 and 65535, not {port}")
    return Options(
        host=host,
        port=port,
        var=Path(text("BRAID_VAR", "") or ROOT / "var").expanduser().resolve(),
        base_url=(text("BRAID_BASE_URL", "") or f"http://{_shown(host)}:{port}").rstrip("/"),
        workers=max(1, number("BRAID_WORKERS", min(4, max(2, (os.cpu_count() or 2))))),
        demo=flag("BRAID_DEMO", True),
        database_url=text("DATABASE_URL", ""),
    )


def _shown(host: str) -> str:
    """The name to type into a browser on this machine for an address that was listened on."""
    if host in ("127.0.0.1", "0.0.0.0", "::", "::1"):  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def child_environment(options: Options, database_url: str, secret_key: str) -> dict[str, str]:
    """The environment of every program: the caller's, and what this run decided."""
    hosts = os.environ.get("BRAID_ALLOWED_HOSTS") or _hosts(options)
    return {
        **_without_make(os.environ),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "DJANGO_SETTINGS_MODULE": "braid.settings",
        # Checks of the code, which tests run; here they would delay each start of a worker.
        "CELERY_SKIP_CHECKS": "1",
        MARK: str(options.var),
        "BRAID_VAR": str(options.var),
        "BRAID_BASE_URL": options.base_url,
        "BRAID_ALLOWED_HOSTS": hosts,
        "BRAID_SECRET_KEY": os.environ.get("BRAID_SECRET_KEY") or secret_key,
        "DATABASE_URL": database_url,
        "HOST": options.host,
        "PORT": str(options.port),
    }


def _hosts(options: Options) -> str:
    return ",".join(dict.fromkeys(["localhost", "127.0.0.1", "[::1]", _shown(options.host)]))


def _without_make(environment: Mapping[str, str]) -> dict[str, str]:
    """make's own variables would turn a `make` that a child runs into a part of this one."""
    return {
        name: value for name, value in environment.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    }
