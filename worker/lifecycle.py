"""The ends of a worker process's life: sandboxes made ready before the first job, put away after the last."""

import logging
import threading
from typing import Any

from celery.signals import worker_process_init, worker_process_shutdown

from sandbox.errors import SandboxError
from worker.process import close_sandboxes, sandboxes

logger = logging.getLogger(__name__)


@worker_process_init.connect  # type: ignore[untyped-decorator]
def prepare(**_: Any) -> None:
    """In a thread, because Celery gives a new process four seconds to report for work."""
    threading.Thread(target=_prepare_sandboxes, name="prepare-sandboxes", daemon=True).start()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def put_away(**_: Any) -> None:
    """A pool's process ends without running `atexit`."""
    close_sandboxes()


def _prepare_sandboxes() -> None:
    """What goes wrong here goes wrong again at the first job, which says it where people look."""
    try:
        sandboxes()
    except (SandboxError, OSError) as error:
        logger.warning("no sandbox is ready yet: %s", error)
