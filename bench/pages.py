"""How long the server takes for each page of proposals, on a small schema and on a large one.

    python bench/pages.py [--tables 80 1000] [--changed 30] [--rounds 15] [--json FILE]

Starts a Braid of its own, pushes a made schema as `main`, a branch that alters many of its tables and one that
collides with main, and proposes both. Then each page is asked for in this process, without a network: `first` is the
first time that the process is asked for that page of that project, when its content is in no cache yet (templates are,
of another project), `p50` and `p95` are the times after that. Queries are counted.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from radar import _source
from stack import running
from verdict import Clone, _quantiles

PATIENCE_S = 900
TINY = 4
PAGES = {
    "home": "/",
    "team": "/{team}/",
    "project": "/{team}/{project}/",
    "radar": "/{team}/{project}/radar/",
    "proposals": "/{team}/{project}/proposals/",
    "queue": "/{team}/{project}/queue/",
    "changes": "/{team}/{project}/proposals/1/",
    "changes, conflict": "/{team}/{project}/proposals/2/",
    "diagram": "/{team}/{project}/proposals/1/diagram/",
    "conflicts": "/{team}/{project}/proposals/1/conflicts/",
    "conflicts, conflict": "/{team}/{project}/proposals/2/conflicts/",
    "checks": "/{team}/{project}/proposals/1/checks/",
    "discussion": "/{team}/{project}/proposals/1/discussion/",
}


def main() -> None:
    options = _options()
    # A process each, because Django is set up once in a process.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        results = dict(
            zip(options.tables, processes.map(_measure, repeat(options), options.tables), strict=True)
        )
    _print(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, nargs="+", default=[80, 1000])
    parser.add_argument("--changed", type=int, default=30, help="tables that the branch alters")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.set_defaults(root="", postgres=None)
    return parser.parse_args()


def _measure(options: argparse.Namespace, tables: int) -> dict[str, Any]:
    with running(1) as stack, tempfile.TemporaryDirectory(prefix="braid-clone-") as folder:
        tiny, large = (
            _fill(Path(folder), stack, options, name, count, min(options.changed, count))
            for name, count in (("tiny", TINY), ("large", tables))
        )
        browser = _browser()
        for path in PAGES.values():
            _ask(browser, path, tiny)
        return {name: _page(browser, path, large, options.rounds) for name, path in PAGES.items()}


def _fill(folder: Path, stack: Any, options: argparse.Namespace, name: str, tables: int, changed: int) -> Any:
    """A project of that many tables with both proposals, merged."""
    place = folder / name
    (place / "clone").mkdir(parents=True)
    clone = Clone(
        place / "clone", _source(place, tables), stack, argparse.Namespace(**{**vars(options), "name": name})
    )
    clone.git("branch", "--force", "main-start", "HEAD")
    _commit(clone, "main-again", "0002_main", "alter table shop.table_1 alter name type varchar(90);\n")
    clone.push("main-again:refs/heads/main", "main")
    wide = "".join(f"alter table shop.table_{number} add column more int;\n" for number in range(changed))
    _propose(clone, "wide", wide)
    _propose(clone, "collides", "alter table shop.table_1 alter name type varchar(80);\n")
    _settle(clone.project)
    return clone.project


def _commit(clone: Clone, branch: str, name: str, sql: str) -> str:
    clone.git("checkout", "--quiet", "-B", branch, "main-start")
    (clone.folder / "migrations" / f"{name}.up.sql").write_text(sql)
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--message", name)
    return branch


def _propose(clone: Clone, branch: str, sql: str) -> None:
    _commit(clone, branch, f"0003_{branch}", sql)
    clone.git("push", "--quiet", "--push-option=braid.propose", "braid", branch)


def _settle(project: Any) -> None:
    """Wait until every verdict and meeting is there."""
    from apps.checks.models import ACTIVE as JUDGING
    from apps.checks.models import Verdict
    from apps.merges.models import ACTIVE, Meeting

    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        judging = Verdict.objects.filter(project=project, state__in=JUDGING).exists()
        meetings = Meeting.objects.filter(project=project)
        if not judging and meetings.count() >= 2 and not meetings.filter(state__in=ACTIVE).exists():
            return
        time.sleep(0.1)
    raise SystemExit(f"not settled within {PATIENCE_S} s")


def _browser() -> Any:
    from django.conf import settings
    from django.test import Client

    from apps.accounts.models import User

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(User.objects.get())
    return client


def _page(browser: Any, path: str, project: Any, rounds: int) -> dict[str, Any]:
    first, _ = _ask(browser, path, project)
    rest = [_ask(browser, path, project) for _ in range(rounds)]
    return {"first": round(first, 1), **_quantiles([ms for ms, _ in rest]), "queries": rest[-1][1]}


def _ask(browser: Any, path: str, project: Any) -> tuple[float, int]:
    """Milliseconds and queries."""
    from django.db import connection

    address = path.format(team=project.team.slug, project=project.slug)
    queries: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        started = time.perf_counter()
        answer = browser.get(address)
        took = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")
    return took, len(queries)


def _print(results: dict[int, dict[str, Any]]) -> None:
    for line in _lines(results):
        print(line)


def _lines(results: dict[int, dict[str, Any]]) -> Iterator[str]:
    for tables, pages in results.items():
        yield f"\n{tables} tables; milliseconds"
        yield f"{'':22}{'first':>8}{'p50':>8}{'p95':>8}{'queries':>9}"
        for name, found in pages.items():
            figures = (found["first"], found["p50"], found["p95"])
            yield f"{name:22}" + "".join(f"{each:>8.1f}" for each in figures) + f"{found['queries']:>9}"


if __name__ == "__main__":
    main()
