"""What one worker process keeps while it lives: its sandboxes (see `lifecycle` for when)."""

import atexit
import os
import socket
import threading
import uuid
from contextlib import ExitStack

from sandbox import Sandboxes
from sandbox.settings import SandboxSettings

_lock = threading.Lock()
_open = ExitStack()
_sandboxes: Sandboxes | None = None


def sandboxes() -> Sandboxes:
    """This process's sandboxes, made when first asked for and kept warm."""
    global _sandboxes
    with _lock:
        if _sandboxes is None:
            _sandboxes = _open.enter_context(Sandboxes(SandboxSettings.from_environment()))
            atexit.register(close_sandboxes)
        return _sandboxes


def close_sandboxes() -> None:
    """Stop every server of this process; the next job would make new ones."""
    global _sandboxes
    with _lock:
        _sandboxes = None
        _open.close()


def new_claim() -> str:
    """A word for one claim: where it runs, and a part that no other claim has."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
