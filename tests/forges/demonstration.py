"""The whole road of a pull request, played: `python -m tests.forges.demonstration`.

Starts a Braid of its own (web, worker, beat, Postgres) and a small GitHub of the tests' own with an App. Two
developers open pull requests that collide; the first has a mistake at first. Every step says what the
forge shows, and ends with an error where that is not what it must be.
"""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "platform"), str(ROOT)]

from stack import running  # noqa: E402 - found once the path is set

from tests.forges import github_site  # noqa: E402
from tests.forges.github_site import GitHubSite  # noqa: E402
from tests.forges.hosting import NAME, PullState  # noqa: E402

PATIENCE_S = 120
GIT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
AUTHOR = ("-c", "user.name=Dora", "-c", "user.email=dora@example.com")
USERS = "create table users (\n  id bigint primary key,\n  email text not null\n);\n"
WRONG = "-- Addresses are short.\nalter table users\n  alter column email type varchar(80),\n  add column nick txt;\n"
SHORT = "-- Addresses are short.\nalter table users\n  alter column email type varchar(80);\n"
LONG = "alter table users alter column email type varchar(200);\n"


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="braid-forge-") as folder,
        github_site.serve(Path(folder)) as site,
    ):
        # Secrets that this process seals are read by the stack's.
        os.environ["BRAID_ENCRYPTION_KEYS"] = "of the demonstration"
        with running(1, BRAID_EGRESS_ALLOW=site.host) as stack:
            Play(site, Path(folder) / "clone", stack.url).run()


class Play:
    """The steps, in order; each waits until the forge shows what it must."""

    def __init__(self, site: GitHubSite, clone: Path, braid: str) -> None:
        self.site, self.clone, self.braid = site, clone, braid
        self.hook = ""
        self.people: dict[str, Any] = {}

    def run(self) -> None:
        self._begin()
        short = self._pull_with_a_mistake()
        self._mended(short)
        long = self._collision(short)
        self._landed(long)
        self._resolved(short)
        self._pushed_back(short)
        self._merged(short)
        print("\nThe demonstration came to its end: every step was as it must be.")

    def _begin(self) -> None:
        self._git("init", "--quiet", "--initial-branch", "main", str(self.clone), folder=self.clone.parent)
        self._push("main", "0001_users", USERS)
        self._connect()
        self._say("The project follows", f"{self.site.base_url}/{NAME}", "with a GitHub App")
        self._until("main is judged", lambda: self._run_of(self.site.head("main"), "braid") == "success")

    def _pull_with_a_mistake(self) -> PullState:
        head = self._push("short", "0002_short", WRONG)
        pull = self.site.open_pull("short", "Short addresses")
        self._deliver(self.site.pull_delivery(pull, "opened"))
        self._say("Dora opens", f"#{pull.number}", "with a mistake in its migration")
        self._until("the check fails", lambda: self._run_of(head, "braid") == "failure")
        shown = [state for sha, name, state in self.site.shown if (sha, name) == (head, "braid")]
        self._must("it was pending first", shown[0] in ("queued", "in_progress", "pending"))
        found = [
            (each["path"], each["start_line"])
            for each in self.site.run(head, "braid/migrations")["annotations"]
        ]
        self._must(f"the annotation stands at {found}", ("migrations/0002_short.up.sql", 4) in found)
        self._until(
            "the comment says what to do", lambda: "Mend the migration" in self.site.comment(pull.number)
        )
        return pull

    def _mended(self, pull: PullState) -> None:
        head = self._push("short", "0002_short", SHORT)
        self._deliver(self.site.pull_delivery(pull, "synchronize"))
        self._say("Dora mends it and pushes again")
        self._until("the check is good", lambda: self._run_of(head, "braid") == "success")

    def _collision(self, short: PullState) -> PullState:
        self._push("long", "0002_long", LONG)
        pull = self.site.open_pull("long", "Long addresses", author="leo")
        self._deliver(self.site.pull_delivery(pull, "opened"))
        self._say("Leo opens", f"#{pull.number}", "which changes the same column")
        for one, other in ((short, "long"), (pull, "short")):
            wanted = f"with `{other}` on `column public.users.email"
            self._until(
                f"#{one.number} tells of {other}", lambda n=one.number, w=wanted: w in self.site.comment(n)
            )
        return pull

    def _landed(self, pull: PullState) -> None:
        from apps.forges.models import Connection, Landing, PullRequest
        from apps.proposals.actions.queueing import queue

        Connection.objects.update(landing=Landing.TARGET)
        before = self.site.head("main")
        self._approve(pull)
        queue(self.people["owner"], PullRequest.objects.get(number=pull.number).proposal)
        self._say("Olga approves", f"#{pull.number}", "and lets it land by a push to main")
        self._until("main has moved on the forge", lambda: self.site.head("main") != before)
        pull.state, pull.merged, pull.merge_commit = "closed", True, self.site.head("main")
        self._deliver(self.site.pull_delivery(pull, "closed"))
        self._deliver(self.site.push_delivery("main"))

    def _resolved(self, pull: PullState) -> None:
        self._until(
            "#1 conflicts with main now", lambda: self._run_of(self.site.sha(pull), "braid") == "failure"
        )
        self._until(
            "the comment leads there", lambda: "Resolve the conflicts" in self.site.comment(pull.number)
        )
        run = self.site.run(self.site.sha(pull), "braid/merge")
        buttons = {each["label"]: each for each in run["actions"]}
        self._must(f"each side has a button: {', '.join(buttons)}", len(buttons) == 2)
        ours, theirs = (buttons[label]["identifier"] for label in ("Take main's side", "Take this branch's"))
        self._deliver(self.site.press_delivery(run, ours, "eve"))
        self._until(
            "nobody's press does nothing", lambda: "eve is no member" in self.site.comment(pull.number)
        )
        self._deliver(self.site.press_delivery(run, theirs, "dora"))
        self._say("Dora takes her side of the conflict, by a button of the check")
        self._until("the check is good", lambda: self._run_of(self.site.sha(pull), "braid") == "success")

    def _pushed_back(self, pull: PullState) -> None:
        from apps.forges.models import Connection, Landing, PullRequest
        from apps.proposals.actions.queueing import queue

        Connection.objects.update(landing=Landing.BRANCH)
        before = self.site.head("short")
        self._approve(pull)
        queue(self.people["owner"], PullRequest.objects.get(number=pull.number).proposal)
        self._say("Olga approves", f"#{pull.number}", "which Braid pushes back to its branch")
        self._until("the branch has the proved merge", lambda: self.site.head("short") != before)
        self.site.refresh()
        self._must("nothing was forced", before in self.site.git("rev-list", "short").split())
        self._deliver(self.site.pull_delivery(pull, "synchronize"))
        self._until("its check is good", lambda: self._run_of(self.site.head("short"), "braid") == "success")

    def _merged(self, pull: PullState) -> None:
        from apps.proposals.models import Proposal

        self._must("the forge merges it", self.site.merge(pull, self.site.head("short")) == 200)
        self._deliver(self.site.pull_delivery(pull, "closed"))
        self._deliver(self.site.push_delivery("main"))
        self._say("The button of the forge merges it")
        self._until("both proposals are merged", lambda: Proposal.objects.filter(state="merged").count() == 2)
        self._until("main is judged", lambda: self._run_of(self.site.head("main"), "braid") == "success")

    def _connect(self) -> None:
        """As the pages do: an App registered, installed, and a project connected by a maintainer."""
        from django.conf import settings

        from apps.accounts.models import User
        from apps.forges.connecting import change
        from apps.projects.actions import create_project
        from apps.teams.actions import create_team
        from apps.teams.models import Membership, Role
        from tests.forges.following import follow_by_app

        settings.EGRESS_ALLOW = [self.site.host]
        for name, role in (("owner", None), ("developer", Role.DEVELOPER)):
            self.people[name] = User.objects.create_user(
                f"{name}@example.com", "secret of the play", name=name.title()
            )
            if role:
                Membership.objects.create(team=team, user=self.people[name], role=role)  # noqa: F821
            else:
                team = create_team(self.people[name], "Acme", "acme")
        project = create_project(self.people["owner"], team, "Shop", "shop")
        made = follow_by_app(self.site, self.people["owner"], project)
        change(self.people["owner"], made, people={"dora": self.people["developer"].email})
        assert made.installation is not None
        self.hook = f"{self.braid}/hooks/github/{made.installation.app.key}/"

    def _approve(self, pull: PullState) -> None:
        from apps.forges.models import PullRequest
        from apps.proposals.access import meeting_of
        from apps.proposals.actions.reviewing import review
        from apps.proposals.models import Answer, Proposal

        row = PullRequest.objects.get(number=pull.number)
        proposal = Proposal.objects.select_related("branch__project", "project__team").get(pk=row.proposal_id)
        meeting = meeting_of(proposal)
        review(self.people["owner"], proposal, Answer.APPROVE, change_hash=meeting.result.change_hash)

    def _push(self, branch: str, name: str, text: str) -> str:
        known = self._git("branch", "--list", branch)
        if branch != "main":
            self._git("switch", "--quiet", *([branch] if known else ["--create", branch, "main"]))
        place = self.clone / "migrations" / f"{name}.up.sql"
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", name)
        self._git("push", "--quiet", str(self.site.repository), branch)
        self.site.refresh()
        return self._git("rev-parse", "HEAD")

    def _git(self, *arguments: str, folder: Path | None = None) -> str:
        command = ["git", *AUTHOR, *arguments]
        done = subprocess.run(
            command, cwd=folder or self.clone, check=True, capture_output=True, text=True, env=GIT
        )
        return done.stdout.strip()

    def _deliver(self, delivery: tuple[bytes, dict[str, str]]) -> None:
        body, headers = delivery
        asked = urllib.request.Request(self.hook, body, headers, method="POST")
        with urllib.request.urlopen(asked, timeout=30) as answer:
            self._must("the delivery is taken", answer.status == 202)

    def _run_of(self, sha: str, name: str) -> str:
        return str(self.site.run(sha, name).get("conclusion") or "")

    def _say(self, *words: str) -> None:
        print(f"\n{' '.join(words)}", flush=True)

    def _must(self, what: str, holds: bool) -> None:
        print(f"  {'ok' if holds else 'NOT SO'}: {what}", flush=True)
        if not holds:
            raise SystemExit(1)

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > deadline:
                self._must(f"{what} (within {PATIENCE_S} s)", False)
            time.sleep(0.2)
        self._must(what, True)


if __name__ == "__main__":
    main()
