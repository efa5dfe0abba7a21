"""Worker processes that die where they are told to: one is forked for each line of standard input.

A line is a JSON object: `project` whose queue to run, and `at`, `[module, function, "before" or "after"]`, or `in_ms`.
The process that reads has all modules loaded and nothing open, so each fork is a new worker at once, and is
killed by SIGKILL as the kernel would: nothing of Python's or Postgres's clients is put away. The answer is
how it ended: `killed` or `done`.
"""

import importlib
import json
import os
import signal
import sys
import threading
import time
import traceback
from typing import Any

import django


def main() -> None:
    django.setup()
    for module in ("worker.queueing", "worker.landing", "apps.proposals.landing"):
        importlib.import_module(module)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _live(json.loads(line))
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        ended = "killed" if killed else "done" if status == 0 else f"failed {status}"
        print(ended, flush=True)


def _live(told: dict[str, Any]) -> None:
    """Run the queue until there is nothing to do in it, or death."""
    try:
        if told.get("at"):
            _die_at(*told["at"])
        if told.get("in_ms"):
            threading.Thread(target=_die_in, args=(told["in_ms"],), daemon=True).start()
        from worker.queueing import run_queue

        for _ in range(told.get("rounds", 4)):
            run_queue(told["project"])
        from worker.process import close_sandboxes

        close_sandboxes()
    except BaseException:  # noqa: BLE001 - it must not go on as the process that it was forked from
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _die_at(module: str, function: str, moment: str) -> None:
    found = importlib.import_module(module)
    real = getattr(found, function)

    def dying(*given: Any, **named: Any) -> Any:
        if moment == "before":
            _die()
        answer = real(*given, **named)
        _die()
        return answer

    setattr(found, function, dying)


def _die_in(milliseconds: int) -> None:
    time.sleep(milliseconds / 1000)
    _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
