"""A burst of deliveries: how fast they are answered, whether all are worked once, what the forge shows in the end.

    python bench/forges.py [--deliveries 1000] [--branches 20] [--senders 16] [--workers 1]

Starts a Braid and a small Gitea of the tests' own. 5 % of the deliveries come twice, 2 % are signed with a
wrong secret, branches move meanwhile, and the Gitea's API is down while the first third comes in. Ends with
an error unless every good delivery was worked once, no bad one was kept, every head has
its checks and its comment, and no status was ever followed by an older one.
"""

import argparse
import os
import random
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from stack import running

from tests.forges import gitea  # isort: skip - found once `stack` has set the path
from tests.forges.hosting import NAME  # isort: skip

AUTHOR = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com")
ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
TABLES = "".join(f"create table shop_{n} (id bigint primary key, name text);\n" for n in range(40))
PATIENCE_S = 400
ORDER = {"pending": 0, "success": 1, "failure": 1, "error": 1}


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="braid-forge-") as folder, gitea.serve(Path(folder)) as forge:
        clone = _clone(Path(folder) / "clone", forge)
        # Secrets that this process seals are read by the stack's.
        os.environ["BRAID_ENCRYPTION_KEYS"] = "for measuring only"
        with running(options.workers, BRAID_EGRESS_ALLOW=forge.host) as stack:
            key = _connect(forge)
            _wait_until(lambda: _is_quiet())
            for number in range(options.branches):
                _push(clone, forge, number, 0)
                forge.open_pull(f"branch-{number}", f"Change {number}")
            burst = _Burst(forge, clone, f"{stack.url}/hooks/gitea/{key}/", options)
            burst.send()
            started = time.monotonic()
            _wait_until(lambda: _is_quiet())
            burst.report(time.monotonic() - started)


class _Burst:
    """All deliveries of a measurement, and what came of them."""

    def __init__(self, forge: gitea.Gitea, clone: Path, url: str, options: argparse.Namespace) -> None:
        self.forge, self.clone, self.url, self.options = forge, clone, url, options
        self.random = random.Random(options.seed)
        self.times: list[float] = []
        self.answers: Counter[int] = Counter()
        self.good: set[str] = set()
        self.bad = self.repeats = 0

    def send(self) -> None:
        """In order of their making, from several senders at once; the forge is down for the first third."""
        self.forge.is_down = True
        total = self.options.deliveries
        with ThreadPoolExecutor(self.options.senders) as pool:
            for number in range(total):
                if number == total // 3:
                    self.forge.is_down = False
                if number % 25 == 0:
                    _push(self.clone, self.forge, number // 25 % self.options.branches, number + 1)
                for body, headers in self._delivery():
                    pool.submit(self._post, body, headers)

    def _delivery(self) -> list[tuple[bytes, dict[str, str]]]:
        pull = self.forge.pulls[self.random.randrange(self.options.branches) + 1]
        made = (
            self.forge.push_delivery(pull.head)
            if self.random.random() < 0.5
            else self.forge.pull_delivery(pull, "synchronized")
        )
        chance = self.random.random()
        if chance < 0.02:
            self.bad += 1
            return [(made[0], {**made[1], "X-Gitea-Signature": "0" * 64})]
        self.good.add(made[1]["X-Gitea-Delivery"])
        if chance < 0.07:
            self.repeats += 1
            return [made, made]
        return [made]

    def _post(self, body: bytes, headers: dict[str, str]) -> None:
        asked = urllib.request.Request(self.url, body, headers, method="POST")
        started = time.perf_counter()
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        self.times.append(time.perf_counter() - started)
        self.answers[status] += 1

    def report(self, rest_s: float) -> None:
        from apps.forges.models import Arrival

        kept = Arrival.objects.all()
        cuts = statistics.quantiles(self.times, n=100)
        print("| | |\n| --- | --- |")
        for name, value in (
            ("deliveries sent", len(self.times)),
            ("answered, ms: median, 95th, 99th, longest", _ms(cuts[49], cuts[94], cuts[98], max(self.times))),
            ("good ones, kept once", f"{len(self.good)}, {kept.count()}"),
            ("repeats, recognised", f"{self.repeats}, {sum(kept.values_list('repeats', flat=True))}"),
            ("wrong signatures, refused", f"{self.bad}, {self.answers[401]}"),
            ("worked", kept.filter(state="done").count()),
            ("from the last delivery until the forge shows all", f"{rest_s:.0f} s"),
            ("statuses written, comments", f"{len(self.forge.statuses)}, {len(self.forge.comments)}"),
        ):
            print(f"| {name} | {value} |")
        self._check(kept)

    def _check(self, kept: Any) -> None:
        wrong = [
            *(
                []
                if set(kept.values_list("identity", flat=True)) == self.good
                else ["deliveries were lost or made up"]
            ),
            *([] if kept.filter(state="done").count() == len(self.good) else ["deliveries were not worked"]),
            *([] if self.answers[401] == self.bad else ["signatures were not told apart"]),
            *self._heads(),
            *self._order(),
        ]
        if wrong:
            raise SystemExit("\n".join(wrong))

    def _heads(self) -> list[str]:
        heads = {pull.number: self.forge.sha(pull) for pull in self.forge.pulls.values()}
        unfinished = [
            n for n, sha in heads.items() if self.forge.status(sha, "braid") not in ("success", "failure")
        ]
        silent = [n for n in heads if not self.forge.comment(n)]
        return [f"no verdict on {n}" for n in unfinished] + [f"no comment on {n}" for n in silent]

    def _order(self) -> list[str]:
        """A commit's migrations are judged once: what was told of them never becomes pending again."""
        last: dict[tuple[str, str], str] = {}
        wrong = []
        for told in self.forge.statuses:
            place = (told["sha"], told["context"])
            if place[1].endswith("/migrations") and ORDER[told["state"]] < ORDER[last.get(place, "pending")]:
                wrong.append(f"{place} went back to {told['state']}")
            last[place] = told["state"]
        return wrong


def _ms(*seconds: float) -> str:
    return ", ".join(f"{each * 1000:.0f}" for each in seconds)


def _clone(folder: Path, forge: gitea.Gitea) -> Path:
    folder.mkdir()
    _git(folder, "init", "--quiet", "--initial-branch", "main")
    (folder / "migrations").mkdir()
    (folder / "migrations" / "0001_shop.up.sql").write_text(TABLES)
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "Shop")
    _git(folder, "push", "--quiet", str(forge.repository), "main")
    return folder


def _push(clone: Path, forge: gitea.Gitea, branch: int, step: int) -> None:
    """A column more on a table of the branch's own."""
    name = f"branch-{branch}"
    known = subprocess.run(["git", "rev-parse", "--verify", "-q", name], cwd=clone, capture_output=True)
    _git(clone, "switch", "--quiet", *([name] if known.returncode == 0 else ["--create", name, "main"]))
    text = f"alter table shop_{branch % 40} add column step_{step} text;\n"
    (clone / "migrations" / f"{2 + step:04}_{name}.up.sql").write_text(text)
    _git(clone, "add", "--all")
    _git(clone, "commit", "--quiet", "--message", f"Step {step}")
    _git(clone, "push", "--quiet", str(forge.repository), name)
    forge.refresh()


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *AUTHOR, *arguments], cwd=folder, check=True, capture_output=True, env=ENVIRONMENT)


def _connect(forge: gitea.Gitea) -> str:
    """A project that follows the forge, as a maintainer would make it; the key of its webhook."""
    from django.conf import settings

    from apps.accounts.models import User
    from apps.accounts.sealing import seal
    from apps.forges.connecting import connect
    from apps.forges.models import Connection
    from apps.projects.actions import create_project
    from apps.teams.actions import create_team
    from forges import Kind

    settings.EGRESS_ALLOW = [forge.host]
    person = User.objects.create_user("bench@example.com", "bench", name="Bench")
    project = create_project(person, create_team(person, "Bench", "bench"), "Shop", "shop")
    made, _ = connect(person, project, Kind.GITEA, forge.base_url, NAME, token=gitea.TOKEN)
    Connection.objects.filter(pk=made.pk).update(secret=seal(gitea.SECRET))
    return str(made.key)


def _is_quiet() -> bool:
    """Nothing waits: no delivery, no push, no verdict, no merge, no report."""
    from django.db.models import F

    from apps.checks.models import Verdict
    from apps.forges.models import Arrival, Connection, Entry, Wish
    from apps.merges.models import Meeting
    from apps.repositories.models import Branch, Push

    waiting = (
        Connection.objects.filter(wanted__gt=F("seen")),
        Arrival.objects.filter(state="waiting"),
        Push.objects.filter(settled=False),
        Verdict.objects.filter(state__in=("waiting", "running")),
        Meeting.objects.filter(state__in=("waiting", "running")),
        Wish.objects.all(),
        Entry.objects.filter(wanted__gt=F("sent")),
        Branch.objects.filter(deleted_at=None).exclude(name="main").exclude(footprint__commit=F("head")),
    )
    return Branch.objects.exists() and not any(rows.exists() for rows in waiting)


def _wait_until(is_done: Any) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_done():
        if time.monotonic() > deadline:
            raise SystemExit(f"Not finished after {PATIENCE_S} s.")
        time.sleep(0.5)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--branches", type=int, default=20)
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
