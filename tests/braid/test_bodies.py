"""Requests with endless bodies, on the ASGI application as it is served."""

import pytest

from tests.braid.asking import ask

PIECE = b"x" * 1024 * 1024
ADDRESS = "/hooks/github/00000000-0000-4000-8000-000000000000/"


@pytest.mark.parametrize(("length", "most"), [({}, 26), ({"content-length": str(60 * len(PIECE))}, 0)])
@pytest.mark.parametrize("address", [ADDRESS, "/hooks/nobody/"])
def test_an_endless_body_ends_before_it_fills_a_disk(
    served: None, length: dict[str, str], most: int, address: str
) -> None:
    said = ask(address, *[PIECE] * 60, headers=length)
    assert (said.status, said.taken) == (413, most)


def test_a_long_body_reaches_whom_it_is_for(served: None) -> None:
    said = ask(ADDRESS, *[PIECE] * 25)
    assert (said.status, said.taken) == (404, 25)
