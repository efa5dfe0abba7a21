"""How long a push waits for its verdict, on any repository.

    python bench/verdict.py PATH [--rounds 50] [--workers 1 2] [--json FILE]

Starts a Braid of its own, pushes the repository's HEAD as `main` with git, then
branches with one new migration each: one after another (latency), and many at
once (throughput). Times come from the rows that the run leaves behind, so they
are what a page would show.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from stack import Stack, running

PATIENCE_S = 900
GIT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
AUTHOR = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com")


def main() -> None:
    options = _options()
    # A process each, because Django is set up once in a process and every run has a database of its own.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes:
        results = list(processes.map(_measure, repeat(options), options.workers))
    for result in results:
        _print(result)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repository", type=Path, help="a git repository with migrations; only read")
    parser.add_argument("--root", default="", help="the schema's folder, where several are found")
    parser.add_argument("--postgres", type=int, help="major version; the default is Braid's own")
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--burst", type=int, default=40, help="pushes for the throughput")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


def _measure(options: argparse.Namespace, workers: int) -> dict[str, Any]:
    with running(workers) as stack, tempfile.TemporaryDirectory(prefix="braid-clone-") as folder:
        clone = Clone(Path(folder), options.repository, stack, options)
        first = clone.push("HEAD:refs/heads/main", "main")
        clone.learn()
        rounds = [_round(clone, number) for number in range(options.rounds)]
        burst = _burst(clone, options.burst)
        return {
            "repository": options.repository.name,
            "workers": workers,
            "first": first,
            "rounds": {name: _quantiles([each[name] for each in rounds]) for name in rounds[0]},
            "pushes_a_minute": burst,
            "memory_mb": {name: round(size) for name, size in sorted(stack.memory_mb().items())},
        }


class Clone:
    """A clone of the repository that pushes to the stack as a developer would."""

    def __init__(self, folder: Path, source: Path, stack: Stack, options: argparse.Namespace) -> None:
        self.folder = folder
        self.git("clone", "--quiet", "--no-local", str(source.resolve()), ".")
        self.project, secret = _make_project(options)
        address = f"{self.project.team.slug}/{self.project.slug}.git"
        self.git("remote", "add", "braid", stack.url.replace("//", f"//token:{secret}@") + f"/{address}")
        self.layout = self.root = ""

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *AUTHOR, *arguments],
            cwd=self.folder,
            env={**os.environ, **GIT},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"git {' '.join(arguments)}:\n{done.stderr}")
        return done.stdout.strip()

    def push(self, refspec: str, branch: str) -> dict[str, float]:
        """Push and wait for the verdict; milliseconds, by what they measure."""
        started = time.time()
        self.git("push", "--quiet", "braid", refspec)
        pushed = time.time()
        verdict = _wait(self.project, branch)
        finished = verdict.finished_at.timestamp()
        return {
            "job": verdict.job_ms,
            "postgres": verdict.server_ms,
            "job above postgres": verdict.job_ms - verdict.server_ms,
            "git push": (pushed - started) * 1000,
            "from the push recorded": (finished - verdict.push.received_at.timestamp()) * 1000,
            "from git push started": (finished - started) * 1000,
        }

    def learn(self) -> None:
        verdict = _wait(self.project, "main")
        if verdict.judgement is None or not verdict.judgement.layout:
            raise SystemExit(f"main is {verdict.state}: {verdict.headline}")
        self.git("branch", "--force", "main-start", "HEAD")
        self.layout, self.root = verdict.judgement.layout, verdict.judgement.root
        print(
            f"main: {verdict.state}, {verdict.judgement.length} migrations, {verdict.headline}",
            file=sys.stderr,
        )

    def add_branch(self, number: int, kind: str) -> str:
        """A branch off main with one new migration that makes a table."""
        name = f"{kind}-{number}"
        self.git("checkout", "--quiet", "-B", name, "main-start")
        table = name.replace("-", "_")
        sql = f"create table bench_{table} (id bigint primary key, name text not null);\n"
        _write_migration(self.folder / self.root, self.layout, f"bench_{table}", sql)
        self.git("add", "--all", "--force", self.root or ".")
        self.git("commit", "--quiet", "--message", f"Add {table}")
        return name


def _round(clone: Clone, number: int) -> dict[str, float]:
    name = clone.add_branch(number, "round")
    return clone.push(name, name)


def _burst(clone: Clone, pushes: int) -> float:
    """Pushes a minute, from the first push to the last verdict, by four people at once."""
    names = [clone.add_branch(number, "burst") for number in range(pushes)]
    started = time.time()
    with ThreadPoolExecutor(4) as people:
        list(people.map(lambda name: clone.git("push", "--quiet", "braid", name), names))
    ended = max(_wait(clone.project, name).finished_at.timestamp() for name in names)
    return pushes / (ended - started) * 60


def _write_migration(root: Path, layout: str, name: str, sql: str) -> None:
    """One more migration at the end, as the layout's own tool would lay it down."""
    stamp = "99990101000000"
    if layout == "prisma":
        folder = next(root.rglob("migration_lock.toml"), root / "migrations" / "x").parent
        place = folder / f"{stamp}_{name}" / "migration.sql"
    elif layout == "drizzle":
        place = _journal(root, name)
    elif layout == "diesel":
        place = _beside(root, "*/up.sql").parent.parent / f"9999-01-01-000000_{name}" / "up.sql"
    else:
        place = _plain(root, layout, stamp, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(_dressed(layout, sql))


def _beside(root: Path, pattern: str) -> Path:
    found = sorted(root.rglob(pattern))
    if not found:
        raise SystemExit(f"no {pattern} below {root}")
    return found[-1]


def _journal(root: Path, name: str) -> Path:
    path = _beside(root, "_journal.json")
    journal = json.loads(path.read_text())
    last = journal["entries"][-1]
    tag = f"9999_{name}"
    journal["entries"].append({**last, "idx": last["idx"] + 1, "when": last["when"] + 1000, "tag": tag})
    path.write_text(json.dumps(journal, indent=2))
    return path.parent.parent / f"{tag}.sql"


def _plain(root: Path, layout: str, stamp: str, name: str) -> Path:
    names = {"flyway": f"V{stamp}__{name}.sql", "golang-migrate": f"{stamp}_{name}.up.sql"}
    return _beside(root, "*.sql").parent / names.get(layout, f"{stamp}_{name}.sql")


def _dressed(layout: str, sql: str) -> str:
    marks = {"dbmate": "-- migrate:up\n", "goose": "-- +goose Up\n"}
    return marks.get(layout, "") + sql


def _make_project(options: argparse.Namespace) -> tuple[Any, str]:
    """A person with a team, a project (`options.name` where there are several) and a token."""
    from apps.accounts.models import Scope, User
    from apps.accounts.tokens import create
    from apps.projects.actions import create_project
    from apps.teams.actions import create_team
    from apps.teams.models import Team

    user, made = User.objects.get_or_create(email="bench@example.com", defaults={"name": "Bench"})
    team = create_team(user, "Bench", "bench") if made else Team.objects.get(slug="bench")
    name = getattr(options, "name", "bench")
    project = create_project(user, team, name.title(), name, root=options.root, postgres=options.postgres)
    return project, create(user, "bench", tuple(Scope.values)).secret


def _wait(project: Any, branch: str) -> Any:
    """The branch's newest verdict, once it is finished."""
    from apps.checks.models import Verdict

    wanted = Verdict.objects.filter(project=project, branch__name=branch).select_related("push", "judgement")
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = wanted.order_by("-id").first()
        if found and found.is_finished:
            return found
        time.sleep(0.01)
    raise SystemExit(f"{branch}: no verdict within {PATIENCE_S} s")


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return {"p50": round(statistics.median(ordered), 1), "p95": round(p95, 1)}


def _print(result: dict[str, Any]) -> None:
    print(f"\n{result['repository']}, {result['workers']} worker(s); milliseconds")
    print(f"{'':26}{'first push':>12}{'p50':>10}{'p95':>10}")
    for name, found in result["rounds"].items():
        print(f"{name:26}{result['first'][name]:12.0f}{found['p50']:10.1f}{found['p95']:10.1f}")
    print(f"pushes a minute: {result['pushes_a_minute']:.0f}")
    print("memory, MB: " + ", ".join(f"{name} {size}" for name, size in result["memory_mb"].items()))


if __name__ == "__main__":
    main()
