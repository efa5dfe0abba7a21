"""How often races are run: a few times with all other tests, BRAID_ROUNDS times by `make test-races`."""

import os


def rounds(usual: int) -> int:
    """`usual` rounds, or as many as were asked for."""
    return max(usual, int(os.environ.get("BRAID_ROUNDS", "0")))
