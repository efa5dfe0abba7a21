"""Reads two databases with migra and writes the changes, ROUNDS times; prints the milliseconds of each as JSON.

python migra_times.py BEFORE_URL AFTER_URL ROUNDS
"""

import json
import sys
import time
import warnings

warnings.simplefilter("ignore")

from migra import Migration  # noqa: E402
from sqlbag import S  # noqa: E402


def once(before, after):
    started = time.perf_counter()
    migration = Migration(before, after)
    migration.set_safety(False)
    migration.add_all_changes()
    assert migration.sql
    return (time.perf_counter() - started) * 1000


def main(before_url, after_url, rounds):
    with S(before_url) as before, S(after_url) as after:
        times = [once(before, after) for _ in range(int(rounds) + 1)]
    print(json.dumps(times[1:]))


if __name__ == "__main__":
    main(*sys.argv[1:])
