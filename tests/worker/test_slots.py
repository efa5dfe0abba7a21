"""A host's merges never take its last process: who pushes does not wait for the radar."""

import threading

import pytest
from django.db import connection

from worker import slots
from worker.slots import merging_slot

pytestmark = pytest.mark.django_db(transaction=True)


def taken_elsewhere() -> bool:
    """Whether another process finds a free slot."""
    found: list[bool] = []

    def look() -> None:
        with merging_slot() as is_free:
            found.append(is_free)
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return not found[0]


@pytest.mark.parametrize(("processes", "merges"), [(1, 1), (2, 1), (3, 2)])
def test_one_process_is_left(monkeypatch, processes, merges):
    monkeypatch.setattr(slots, "_processes", processes)
    assert not taken_elsewhere()
    with merging_slot() as is_free:
        assert is_free
        assert taken_elsewhere() == (merges == 1)
    assert not taken_elsewhere()
