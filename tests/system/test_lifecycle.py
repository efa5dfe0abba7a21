"""Starting, stopping and being killed: nothing is left, nothing is lost."""

import os
import signal
import socket
from pathlib import Path

import pytest

from tests.system.running import Running, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def sockets_of(running: Running) -> list[Path]:
    return [path for path in running.var.rglob("*") if path.is_socket()]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_stops_cleanly(lone: Running, sent: signal.Signals) -> None:
    lone.start()
    assert lone.is_healthy()
    assert lone.interrupt(sent) == 0
    assert lone.processes() == {}
    assert sockets_of(lone) == []
    assert "Traceback" not in lone.output
    assert not lone.is_healthy()


def test_stops_cleanly_while_it_starts(lone: Running) -> None:
    lone.start(wait=False)
    wait_for(lambda: "bringing the database" in lone.output)
    assert lone.interrupt() == 0
    assert lone.processes() == {}
    lone.start()
    assert lone.is_healthy()


def test_second_start_keeps_data_and_secrets(lone: Running) -> None:
    lone.start()
    secrets = {path.name: path.read_text() for path in (lone.var / "secrets").iterdir()}
    lone.interrupt()
    lone.start()
    assert "bringing the database" not in lone.output
    assert {path.name: path.read_text() for path in (lone.var / "secrets").iterdir()} == secrets
    assert all(path.stat().st_mode & 0o077 == 0 for path in (lone.var / "secrets").iterdir())


def test_killed_supervisor_leaves_nothing_in_the_way(lone: Running) -> None:
    lone.start()
    os.kill(lone.process.pid, signal.SIGKILL)
    lone.process.wait()
    lone.start()
    assert lone.is_healthy()
    assert lone.interrupt() == 0
    assert lone.processes() == {}


def test_killed_programs_are_started_again(lone: Running) -> None:
    lone.start()
    for name in (
        "braid.web",
        "celery --quiet --app braid.celery worker",
        "celery --quiet --app braid.beat beat",
    ):
        (pid,) = lone.programs(name)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda name=name, pid=pid: lone.programs(name) not in ([], [pid]))
    wait_for(lone.is_healthy)
    assert "web ended (killed by SIGKILL), starting it again" in lone.output


def test_killed_database_is_started_again(lone: Running) -> None:
    lone.start()
    (pid,) = lone.programs("postgres")
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: "the database ended, starting it again" in lone.output)
    wait_for(lone.is_healthy)


def test_second_instance_on_the_same_data_is_refused(lone: Running) -> None:
    lone.start()
    other = Running(lone.var, BRAID_DEMO="0")
    other.start(wait=False)
    assert other.process.wait(30) == 1
    wait_for(lambda: "already runs on" in other.output)
    assert lone.url in other.output
    assert "BRAID_VAR=" in other.output
    assert lone.is_healthy()


def test_taken_port_is_named_with_the_way_out(lone: Running) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        lone.environment["PORT"] = str(port)
        lone.start(wait=False)
        assert lone.process.wait(30) == 1
    wait_for(lambda: f"port {port} on 127.0.0.1 is taken" in lone.output)
    assert f"make up PORT={port + 1}" in lone.output
    assert lone.processes() == {}


def test_two_instances_run_side_by_side(lone: Running, tmp_path: Path) -> None:
    lone.start()
    other = Running(tmp_path / "second folder" / "var", BRAID_DEMO="0")
    other.start()
    try:
        wait_for(lone.is_healthy)
        wait_for(other.is_healthy)
    finally:
        other.stop()
    wait_for(lone.is_healthy)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("PORT", "many", "PORT must be a whole number"), ("PORT", "70000", "between 1 and 65535")],
)
def test_unusable_setting_is_named(lone: Running, name: str, value: str, said: str) -> None:
    lone.environment[name] = value
    lone.start(wait=False)
    assert lone.process.wait(30) == 1
    wait_for(lambda: said in lone.output)
