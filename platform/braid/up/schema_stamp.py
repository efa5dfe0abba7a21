"""Whether the app's database has to be brought up to date: a hash of all that `braid.prepare` would apply."""

import hashlib
from pathlib import Path

from braid.environment import ROOT


def schema_stamp(database_url: str, broker_url: str) -> str:
    """Our migrations and the locked versions of everybody else's; database and broker, since they can be changed."""
    digest = hashlib.sha256(f"{database_url}\0{broker_url}".encode())
    for path in _files():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _files() -> list[Path]:
    own = [ROOT / "requirements" / "runtime.txt", ROOT / "platform" / "braid" / "broker.py"]
    return own + sorted(ROOT.glob("apps/*/migrations/*.py"))
