"""What runs beside the database: a command each, how to see that it is up, and how it is asked to stop."""

import signal
import sys
from dataclasses import dataclass
from pathlib import Path

CELERY = (sys.executable, "-m", "celery", "--quiet", "--app")


@dataclass(frozen=True, slots=True)
class Program:
    """`ready` is a piece of the line of output that says it is up; `stop` the signals in turn, each with patience."""

    name: str
    command: tuple[str, ...]
    ready: str = ""
    stop: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 8.0),)


def web() -> Program:
    return Program("web", (sys.executable, "-m", "braid.web"), ready="Application startup complete")


def worker(processes: int) -> Program:
    """A running job is given a few seconds; a longer one is cut off and done again by the next worker."""
    command = (
        *CELERY,
        "braid.celery",
        "worker",
        f"--concurrency={processes}",
        "--pool=prefork",
        "--hostname=braid@%h",
        "--loglevel=INFO",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    )
    return Program("worker", command, ready=" ready.", stop=((signal.SIGTERM, 8.0), (signal.SIGQUIT, 4.0)))


def beat(run: Path) -> Program:
    schedule, pid = run / "beat-schedule", run / "beat.pid"
    pid.unlink(missing_ok=True)
    command = (*CELERY, "braid.beat", "beat", "--loglevel=INFO", f"--schedule={schedule}", "--pidfile=")
    return Program("beat", command, ready="beat: Starting")


def prepare() -> Program:
    return Program("prepare", (sys.executable, "-m", "braid.prepare"))


def demo() -> Program:
    return Program("demo", (sys.executable, "-m", "braid.up.demo"))


def demo_work() -> Program:
    return Program("demo-work", (sys.executable, "-m", "braid.up.demo_work"))
