"""How long a whole merge takes on a known base, on any repository.

    python bench/merging.py SOURCE [--root FOLDER] [--postgres 18] [--pairs 20] [--rounds 3]

SOURCE is a folder or GITDIR:REV[:PATH]. Of its newest migrations each two that follow
each other are played as two branches over what came before. A merge is catalogs,
three-way merge, both orders run and compared, and rows where migrations change
some. The first round, which makes the base known, is not counted.
"""

import argparse
import statistics
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from braid.command.reading import read_history  # noqa: E402
from braid.command.sources import source_of  # noqa: E402
from sandbox import Sandboxes, SandboxSettings  # noqa: E402
from sandbox.merging import Verdict, merge_histories  # noqa: E402
from schemata.history import History  # noqa: E402


def main() -> None:
    options = _options()
    history = read_history(source_of(options.source), options.root)
    times: dict[str, list[float]] = {}
    verdicts: Counter[str] = Counter()
    with Sandboxes(replace(SandboxSettings.from_environment(), warm=0)) as sandboxes:
        for place in range(len(history.migrations) - options.pairs - 1, len(history.migrations) - 1):
            _pair(sandboxes, history, place, options, times, verdicts)
    for verdict, found in sorted(times.items()):
        print(
            f"{verdict:<10} {verdicts[verdict]:>4} pairs  median {statistics.median(found):7.0f} ms  {_spread(found)}"
        )


def _pair(
    sandboxes: Sandboxes,
    history: History,
    place: int,
    options: argparse.Namespace,
    times: dict[str, list[float]],
    verdicts: Counter[str],
) -> None:
    base, mine, other = history.migrations[:place], history.migrations[place], history.migrations[place + 1]
    sides = [replace(history, migrations=each) for each in (base, (*base, mine), (*base, other))]
    for number in range(options.rounds + 1):
        started = time.perf_counter()
        result = merge_histories(
            sandboxes, *sides, owner="bench", postgres=options.postgres or history.postgres, deadline_s=300
        )
        elapsed = (time.perf_counter() - started) * 1000
        if result.verdict is Verdict.BROKEN:
            return
        if number:
            times.setdefault(result.verdict, []).append(elapsed)
    verdicts[result.verdict] += 1


def _spread(found: list[float]) -> str:
    ordered = sorted(found)
    return f"p95 {ordered[int(len(ordered) * 0.95) - 1]:.0f}, worst {ordered[-1]:.0f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", help="a folder with migrations, or GITDIR:REV[:PATH]; only read")
    parser.add_argument("--root", help="the schema's folder, where several are found")
    parser.add_argument("--postgres", type=int, help="major version; the default is Braid's own")
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
