"""The oracles' programs: they run on Node from the packages that `make test-forges` installs beside this file."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
START_S = 60


def output(script: str, *arguments: str) -> str:
    """What a script writes; its complaint is the test's."""
    done = subprocess.run(
        ["node", FOLDER / script, *arguments], capture_output=True, text=True, timeout=START_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def imitation(hook: str, secret: str) -> Iterator[dict[str, Any]]:
    """GitHub as `emulate` imitates it: its `port` and the app's `key`."""
    command = ["node", FOLDER / "imitation.mjs", hook, secret]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        line = process.stdout.readline()
        assert line, "the imitation did not start"
        yield json.loads(line)
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=10)


@contextmanager
def prism(specification: Path) -> Iterator[int]:
    """A server that answers by a description of an API, and refuses what that does not allow: its port."""
    port = _free_port()
    command = [
        FOLDER / "node_modules/.bin/prism",
        "mock",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        specification,
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as process:
        try:
            _await(port, process)
            yield port
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "prism ended before it answered"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"prism did not answer within {START_S} s")
