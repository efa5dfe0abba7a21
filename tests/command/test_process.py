"""The command as a process: how fast it starts, what it imports, how it stops."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command.conftest import Folder, python

pytestmark = pytest.mark.timeout(300)


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        python("-m", "braid.command", *arguments), capture_output=True, text=True, check=False, **options
    )


def test_version_and_help() -> None:
    assert run("--version").stdout.startswith("braid 0.")
    said = run("check", "--help")
    assert said.returncode == 0
    assert "exit codes:" in said.stdout


def test_checking_imports_no_django() -> None:
    code = (
        "import sys, braid.command.check, braid.command.report, braid.command.document; print(*sys.modules)"
    )
    modules = subprocess.run(python("-c", code), capture_output=True, text=True, check=True).stdout.split()
    assert not {"django", "celery", "kombu", "rest_framework"}.intersection(modules)


def test_usage_needs_nothing_heavy() -> None:
    code = "import sys, braid.command.arguments; print(*sys.modules)"
    modules = subprocess.run(python("-c", code), capture_output=True, text=True, check=True).stdout.split()
    assert not {"pygit2", "psycopg", "pglast", "sandbox", "schemata"}.intersection(modules)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_can_be_stopped(folder: Folder, stop: signal.Signals) -> None:
    """Exit code 130, not a word, and no server left."""
    folder.write("2_slow", "SELECT pg_catalog.pg_sleep(120);")
    running = subprocess.Popen(
        python("-m", "braid.command", "check", str(folder.path)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background job ignores SIGINT, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    servers = _wait_for_servers(running.pid)
    running.send_signal(stop)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "")
    assert [each for each in servers if "postgres" in _command(each)] == []


def test_a_reader_that_has_seen_enough(folder: Folder) -> None:
    script = f"{sys.executable} -m braid.command check {folder.path} --json | head -c 1 >/dev/null"
    said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert said.stderr == ""


def _wait_for_servers(process: int) -> list[int]:
    """The server processes below this one, once there are any."""
    for _ in range(600):
        found = [each for each in _below(process) if "postgres" in _command(each)]
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("no server was started")


def _below(process: int) -> list[int]:
    """Children and theirs, as /proc tells."""
    children = [
        int(pid)
        for task in Path(f"/proc/{process}/task").glob("*/children")
        for pid in task.read_text().split()
    ]
    return children + [each for child in children for each in _below(child)]


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""
