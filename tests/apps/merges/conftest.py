"""Nobody takes messages here."""

import pytest


@pytest.fixture(autouse=True)
def _memory_queue(memory_queue):
    pass
