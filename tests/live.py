"""A running Braid for tests: the real web process on a port of its own, over the test database.

The server is started once per test process. Tests that use it see each other's
rows through committed transactions only, so the fixtures ask for
`transactional_db`. A test that needs a server with other limits starts one with
`serve`.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil
import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from braid.broker import install_pgmq

ROOT = Path(__file__).resolve().parents[1]
START_S = 60


@dataclass(frozen=True, slots=True)
class LiveBraid:
    """Where the running server answers, where its repositories lie, and its process."""

    url: str
    repositories: Path
    process: psutil.Process
    log: Path

    def git_url(self, project: object, secret: str = "", user: str = "token") -> str:
        """The address of a project's repository, with credentials when there is a secret."""
        team, slug = project.team.slug, project.slug  # type: ignore[attr-defined]
        host = self.url.removeprefix("http://")
        credentials = f"{user}:{secret}@" if secret else ""
        return f"http://{credentials}{host}/{team}/{slug}.git"


@contextmanager
def serve(folder: Path, **variables: str) -> Iterator[LiveBraid]:
    """Start the web process over the test database, with further environment variables; stop it at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environment = {**_environment(folder, url, listener), **variables}
        with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as queue:
            renew_pgmq(queue)
        with (folder / "web.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "braid.web"],
                env=environment,
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno()],
            )
    try:
        _wait_for(url, process, folder / "web.log")
        yield LiveBraid(url, folder / "repositories", psutil.Process(process.pid), folder / "web.log")
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def braid_server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBraid]:
    """The web process; started when the test database exists, gone before that is dropped.

    No worker runs beside it, so nobody waits for a verdict after a push.
    """
    with serve(tmp_path_factory.mktemp("braid"), BRAID_VERDICT_WAIT_MS="0") as live:
        yield live


@pytest.fixture
def live_braid(braid_server: LiveBraid, transactional_db: None, settings: object) -> LiveBraid:
    """The running server, with this process's settings pointing where the server's do."""
    settings.REPOSITORIES = braid_server.repositories  # type: ignore[attr-defined]
    settings.BASE_URL = braid_server.url  # type: ignore[attr-defined]
    return braid_server


def _environment(folder: Path, url: str, listener: socket.socket) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": _database_url(),
        "BRAID_SECRET_KEY": "for tests only, and long enough to satisfy every check of it",
        "BRAID_VAR": str(folder),
        "BRAID_REPOSITORIES": str(folder / "repositories"),
        "BRAID_BASE_URL": url,
        "BRAID_LISTEN_FD": str(listener.fileno()),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }


def _database_url() -> str:
    """The test database, as pytest-django has named it."""
    values = connection.settings_dict
    parts = {
        "dbname": values["NAME"],
        "user": values["USER"],
        "password": values["PASSWORD"],
        "host": values["HOST"],
        "port": values["PORT"],
    }
    return make_conninfo("", **{name: str(value) for name, value in parts.items() if value})


def renew_pgmq(connection: psycopg.Connection) -> None:
    """An empty queue: what earlier tests of this process sent is about rows that are gone."""
    install_pgmq(connection)
    connection.execute("select pgmq.purge_queue(queue_name) from pgmq.list_queues()")


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers at all; any status will do."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{url}/-/x.git/HEAD", timeout=START_S):
                return
        except HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
