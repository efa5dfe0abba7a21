"""Whether what Braid lands is what people landed, on cases that hold both.

    python bench/landed.py CASES.jsonl RESULTS.jsonl [--postgres 15]

CASES is the input of `braid merge --batch` whose lines also have "actual", the migrations
as they stood after people merged; RESULTS is what `braid merge --batch` printed. For each
case that is `clean` or `rewritten` both are replayed from nothing and their catalogs
compared, the order of columns aside. Prints one line for each that differs.
"""

import argparse
import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from sandbox import Replay, SandboxError, Sandboxes, SandboxSettings  # noqa: E402
from sandbox.merging.orders import differences  # noqa: E402
from schemata.layouts.named import history_of  # noqa: E402

Named = list[tuple[str, str]]


def main() -> None:
    options = _options()
    results = {found["id"]: found for found in map(json.loads, options.results.open())}
    told: Counter[str] = Counter()
    with Sandboxes(replace(SandboxSettings.from_environment(), warm=0)) as sandboxes:
        for case in map(json.loads, options.cases.open()):
            found = results.get(case["id"])
            if found and found["verdict"] in ("clean", "rewritten") and case.get("actual"):
                outcome = _compared(sandboxes, case, found, options.postgres)
                told[outcome.partition(":")[0]] += 1
                if outcome != "same":
                    print(f"{case['id']}  {found['verdict']}  {outcome}", flush=True)
    print(dict(told))


def _compared(sandboxes: Sandboxes, case: dict[str, Any], found: dict[str, Any], postgres: int | None) -> str:
    ours = _named(case["ours"])
    landing = [(each["name"], each["sql"]) for each in found["migrations"]]
    actual = _named(case["actual"])
    try:
        mine, theirs = (
            _replay(sandboxes, case["layout"], side, postgres) for side in ([*ours, *landing], actual)
        )
    except SandboxError as error:
        return f"not run: {error}"
    if mine.failure:
        return f"ours fails: {mine.failure.migration}: {mine.failure.message}"
    if theirs.failure:
        return f"people's fails: {theirs.failure.migration}: {theirs.failure.message}"
    apart = list(differences(mine.catalog, theirs.catalog))
    if not apart:
        return "same"
    texts = {sql for _, sql in (*ours, *landing)}
    edited = [name for name, sql in actual if sql not in texts]
    missing = [name for name, sql in (*ours, *landing) if sql not in {text for _, text in actual}]
    changed = f"; people changed {', '.join(edited[:3]) or '-'}; left out {', '.join(missing[:3]) or '-'}"
    kind = "people changed more" if edited or missing else "differs"
    return f"{kind}: {', '.join(map(str, apart[:4]))} ({len(apart)}){changed}"


def _named(side: dict[str, Any]) -> Named:
    return [(each["name"], each["sql"]) for each in side["migrations"]]


def _replay(sandboxes: Sandboxes, layout: str, named: Named, postgres: int | None) -> Replay:
    return sandboxes.replay(history_of(layout, named), owner="bench", postgres=postgres, deadline_s=300)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("--postgres", type=int, help="major version; the default is Braid's own")
    return parser.parse_args()


if __name__ == "__main__":
    main()
