"""How long `make up` takes: the first start with its demo, and the starts after it.

python bench/start.py [--rounds 5]
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from stack import ROOT
from stack import _free_port as free_port


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory(prefix="braid-bench-") as folder:
        first = seconds_to_start(folder)
        later = [seconds_to_start(folder) for _ in range(rounds)]
    print(f"first start, demo included: {first:.1f} s")
    print(f"later starts: median {statistics.median(later):.1f} s, slowest {max(later):.1f} s of {rounds}")
    return 0


def seconds_to_start(var: str) -> float:
    """From the command to the line that says that everything is up."""
    environment = {**os.environ, "BRAID_VAR": var, "PORT": str(free_port())}
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "braid.up"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        if not any("Braid is up" in line for line in process.stdout):
            raise SystemExit("Braid did not start; its message is above")
        took = time.monotonic() - started
        process.send_signal(signal.SIGINT)
        process.communicate()
    return took


if __name__ == "__main__":
    sys.exit(main())
