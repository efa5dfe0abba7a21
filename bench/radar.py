"""How much work one push gives the radar, with many open branches on a large schema.

    python bench/radar.py [--tables 1000] [--branches 100] [--touched 5] [--rounds 5]

Starts a Braid of its own with one worker, pushes a made schema as `main` and branches that alter
one table each. Then one of them is pushed again and again with a migration that touches
the tables of other branches: it is judged, its footprint is compared with all others, and
the default branch and the branches that it touches are merged with it. Times come from the rows.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from catalog_schema import statements
from stack import Stack, running
from verdict import AUTHOR, Clone, _quantiles

PATIENCE_S = 3600


def main() -> None:
    options = _options()
    with running(1) as stack, tempfile.TemporaryDirectory(prefix="braid-clone-") as folder:
        source = _source(Path(folder), options.tables)
        (Path(folder) / "clone").mkdir()
        clone = Clone(Path(folder) / "clone", source, stack, options)
        clone.push("HEAD:refs/heads/main", "main")
        started = time.time()
        _push_branches(clone, options.branches)
        _settle(clone.project)
        print(f"{options.branches} branches judged and charted in {time.time() - started:.0f} s")
        rounds = []
        for number in range(options.rounds):
            before = _cpu_ms(stack)
            rounds.append(_round(clone, number, options))
            rounds[-1]["processor time of all processes"] = _cpu_ms(stack) - before
    _print(options, rounds)


def _source(folder: Path, tables: int) -> Path:
    """A repository in golang-migrate's layout whose one migration makes the schema."""
    place = folder / "source" / "migrations"
    place.mkdir(parents=True)
    (place / "0001_shop.up.sql").write_text(";\n".join(statements(tables)) + ";\n")
    (place / "0001_shop.down.sql").write_text("drop schema shop cascade;\n")
    for words in (["init", "-q", "-b", "main"], ["add", "--all"], ["commit", "-q", "-m", "Shop"]):
        subprocess.run(["git", *AUTHOR, *words], cwd=place.parent, check=True)
    return place.parent


def _push_branches(clone: Clone, branches: int) -> None:
    """Each alters a table of its own; one push brings them all."""
    for number in range(1, branches + 1):
        clone.git("checkout", "--quiet", "-B", f"branch-{number}", "main")
        _commit(clone, number, 0, [number])
    clone.git("push", "--quiet", "braid", "refs/heads/branch-*:refs/heads/branch-*")


def _commit(clone: Clone, branch: int, place: int, tables: list[int]) -> None:
    added = f"add column from_{branch}_{place} int"
    text = "".join(f"alter table shop.table_{table} {added};\n" for table in tables)
    name = f"{branch:04}{place:02}_more"
    (clone.folder / "migrations" / f"{name}.up.sql").write_text(text)
    (clone.folder / "migrations" / f"{name}.down.sql").write_text("select 1;\n")
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "-m", "Add columns")


def _round(clone: Clone, number: int, options: argparse.Namespace) -> dict[str, float]:
    from apps.checks.models import Verdict
    from apps.merges.models import Meeting

    branch, first = number + 1, options.branches - (number + 1) * options.touched
    others = range(first, first + options.touched)
    clone.git("checkout", "--quiet", f"branch-{branch}")
    _commit(clone, branch, 1, list(others))
    clone.git("push", "--quiet", "braid", f"branch-{branch}")
    _settle(clone.project)
    verdict = Verdict.objects.filter(branch__name=f"branch-{branch}").select_related("push").latest("id")
    received = verdict.push.received_at
    merged = list(Meeting.objects.filter(project=clone.project, finished_at__gt=received))
    return {
        "verdict": verdict.job_ms,
        "merges": sum(meeting.job_ms for meeting in merged),
        "pairs": len(merged),
        "all, from the push recorded": _ms(max(meeting.finished_at for meeting in merged) - received),
    }


def _settle(project: Any) -> None:
    """Wait until every branch is judged and charted at its head, and every meeting is merged."""
    from django.db.models import F

    from apps.merges.models import ACTIVE, Footprint, Meeting
    from apps.repositories.models import Branch

    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        branches = Branch.objects.filter(project=project, deleted_at=None)
        charted = Footprint.objects.filter(branch__in=branches, commit=F("branch__head")).count()
        if charted == branches.count() and not Meeting.objects.filter(state__in=ACTIVE).exists():
            return
        time.sleep(0.05)
    raise SystemExit(f"not settled within {PATIENCE_S} s")


def _cpu_ms(stack: Stack) -> float:
    """What every process of this Braid has used so far, ended servers' children as Postgres counts them."""
    used = 0.0
    for process in stack.process.children(recursive=True):
        try:
            times, name = process.cpu_times(), process.name()
        except psutil.Error:
            continue
        used += times.user + times.system
        used += times.children_user + times.children_system if name == "postgres" else 0
    return used * 1000


def _ms(span: Any) -> float:
    return float(span.total_seconds() * 1000)


def _print(options: argparse.Namespace, rounds: list[dict[str, float]]) -> None:
    print(f"\n{options.tables} tables, {options.branches} branches, {len(rounds)} pushes; milliseconds")
    print(f"{'':30}{'p50':>10}{'p95':>10}")
    for name in rounds[0]:
        found = _quantiles([each[name] for each in rounds])
        print(f"{name:30}{found['p50']:10.0f}{found['p95']:10.0f}")
    single = [each["merges"] / each["pairs"] for each in rounds if each["pairs"]]
    print(f"{'one merge':30}{statistics.median(single):10.0f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--branches", type=int, default=100)
    parser.add_argument("--touched", type=int, default=5, help="other branches whose tables a push touches")
    parser.add_argument("--rounds", type=int, default=5)
    parser.set_defaults(root="", postgres=None)
    return parser.parse_args()


if __name__ == "__main__":
    main()
