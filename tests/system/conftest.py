"""A real `make up` for these tests: its own data folder, its own port, real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.running import Running, wait_for

# Its people push ten branches, propose five, and land one.
DEMO_S = 180.0


@pytest.fixture(scope="session")
def braid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One Braid with its demo, up for all tests that only use it."""
    running = Running(tmp_path_factory.mktemp("braid") / "var")
    running.start()
    wait_for((running.var / "run" / "demo-work.stamp").exists, DEMO_S)
    yield running
    running.stop()


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Running]:
    """A Braid of the test's own, without the demo, not started yet."""
    running = Running(tmp_path / "var", BRAID_DEMO="0")
    yield running
    running.stop()
