"""Sandboxes for tests: one worker's set for the whole run, small limits, nothing left behind."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox import Sandboxes, SandboxSettings
from sandbox.cluster import Cluster
from schemata.history import History, Transaction, migration_of

_owners = itertools.count()
HistoryOf = Callable[..., History]


@pytest.fixture(scope="session")
def sandbox_folder(postgres: Cluster) -> Path:
    return postgres.data.parent / "sandboxes"


@pytest.fixture(scope="session")
def sandboxes(sandbox_folder: Path) -> Iterator[Sandboxes]:
    """`SANDBOX_CHECK_READINGS=1 pytest tests/sandbox` holds every reading of a clone to a whole one."""
    checks = SandboxSettings.from_environment().check_readings
    settings = SandboxSettings(folder=sandbox_folder, disk_mb=256, parked_mb=0, check_readings=checks)
    with Sandboxes(settings) as opened:
        yield opened


@pytest.fixture
def owner() -> str:
    """A project that no other test has."""
    return f"project {next(_owners)}"


def history_of(*texts: str, layout: str = "prisma", rule: Transaction = Transaction.MESSAGE) -> History:
    """A history of migrations named 1.sql, 2.sql..."""
    named = enumerate(texts, start=1)
    migrations = tuple(migration_of(f"{number}.sql", text, transaction=rule) for number, text in named)
    return History(layout, "", migrations)


@pytest.fixture(name="history_of")
def history_of_fixture() -> HistoryOf:
    return history_of
