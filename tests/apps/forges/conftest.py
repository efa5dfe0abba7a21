"""A project that follows a repository on a Gitea of the tests' own, and workers that run in this process."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.sealing import seal
from apps.checks.models import Verdict
from apps.forges import outbox
from apps.forges.connecting import connect
from apps.forges.models import Connection, Entry, Landing, PullRequest
from apps.merges.models import Footprint, Meeting
from apps.projects.models import Project
from apps.proposals.actions.following import meet_proposals
from apps.proposals.models import LINED_UP, Proposal, QueueEntry, Stage
from apps.repositories.models import Branch, Push
from forges import Kind
from tests.apps.forges.landings import NAME_COLUMN, NICK_COLUMN, choose, enter
from tests.apps.proposals.queues import ask_for, entry_of
from tests.forges import gitea
from tests.forges.gitea import SECRET, TOKEN, Gitea
from tests.forges.hosting import NAME, PullState
from tests.workspace import GIT
from worker import process
from worker.following import follow
from worker.judging import judge_push, judge_verdict
from worker.merging import merge_meeting
from worker.queueing import run_queue
from worker.radar import chart
from worker.reporting import report

USERS = "create table users (id bigint primary key, email text not null);\n"
ROUNDS = 12


@pytest.fixture(scope="session", autouse=True)
def _closed_sandboxes() -> Iterator[None]:
    yield
    process.close_sandboxes()


@pytest.fixture(autouse=True)
def _memory_queue(memory_queue: None) -> None:
    """Nobody takes messages here."""


@pytest.fixture
def forge(tmp_path: Path, settings: Any) -> Iterator[Gitea]:
    """A Gitea whose repository has one migration on main."""
    with gitea.serve(tmp_path / "gitea") as running:
        settings.EGRESS_ALLOW = [running.host]
        settings.REPOSITORIES = tmp_path / "repositories"
        yield running


class Developer:
    """A clone of the forge's repository, on somebody's machine."""

    def __init__(self, folder: Path, forge: Gitea) -> None:
        self.folder, self.forge = folder, forge
        folder.mkdir()
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("remote", "add", "origin", str(forge.repository))

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=GIT, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def push(
        self, branch: str, files: Mapping[str, str], message: str = "Change the schema", force: bool = False
    ) -> str:
        """Write files on a branch (made from main where it is new), commit and push; the commit."""
        if self.git("branch", "--list", branch):
            self.git("switch", "--quiet", branch)
        elif branch != "main":
            self.git("switch", "--quiet", "--create", branch, "main")
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        self.git("push", "--quiet", *(["--force"] if force else []), "origin", f"HEAD:refs/heads/{branch}")
        self.forge.refresh()
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def dora(tmp_path: Path, forge: Gitea) -> Developer:
    made = Developer(tmp_path / "dora", forge)
    made.push("main", {"migrations/0001_users.up.sql": USERS}, "Users")
    return made


@pytest.fixture
def connection(
    transactional_db: None, project: Project, owner: User, forge: Gitea, dora: Developer
) -> Connection:
    """The project follows the forge's repository; nobody has looked at it yet."""
    made, _ = connect(owner, project, Kind.GITEA, forge.base_url, NAME, token=TOKEN)
    Connection.objects.filter(pk=made.pk).update(secret=seal(SECRET))
    made.refresh_from_db()
    return made


@pytest.fixture
def deliver(connection: Connection) -> Callable[[tuple[bytes, dict[str, str]]], int]:
    """Send a delivery as the forge does; the status of the answer."""
    address = reverse("forge-hook", args=[connection.kind, connection.key])
    client = Client()

    def send(delivery: tuple[bytes, dict[str, str]]) -> int:
        body, headers = delivery
        answer = client.post(address, body, content_type="application/json", headers=headers)
        return int(answer.status_code)

    return send


@pytest.fixture
def work(connection: Connection) -> Callable[[], None]:
    """Do what workers would, until there is nothing left to do that does not wait for its time."""

    return lambda: finish(connection)


def finish(connection: Connection) -> None:
    for _ in range(ROUNDS):
        if not _one_round(connection):
            return


def _one_round(connection: Connection) -> bool:
    """Whether anything was done."""
    project = connection.project
    done = [
        *_each(follow, Connection.objects.filter(pk=connection.pk, wanted__gt=F("seen"), attempts=0)),
        *_each(judge_push, Push.objects.filter(settled=False)),
        *_each(judge_verdict, Verdict.objects.filter(state="waiting")),
        *_each(merge_meeting, Meeting.objects.filter(state="waiting")),
    ]
    for branch in Branch.objects.filter(project=project, deleted_at=None).exclude(name="main"):
        judged = Verdict.objects.filter(branch=branch, commit=branch.head, state="passed").exists()
        if judged and not Footprint.objects.filter(branch=branch, commit=branch.head).exists():
            chart(branch.pk)
            done.append(branch.pk)
    meet_proposals(project)
    if QueueEntry.objects.filter(project=project, stage__in=LINED_UP).exists():
        run_queue(project.pk)
        done.append(0)
    outbox.take_up(connection.pk)
    Entry.objects.filter(wanted__gt=F("sent"), attempts=0).update(due_at=timezone.now())
    if Entry.objects.filter(wanted__gt=F("sent"), attempts=0).exists():
        report(connection.pk)
        done.append(0)
    return bool(done)


def _each(task: Callable[[int], None], rows: Any) -> list[int]:
    found = list(rows.values_list("pk", flat=True))
    for pk in found:
        task(pk)
    return found


@pytest.fixture
def pull_of(connection: Connection) -> Callable[[PullState], PullRequest]:
    def find(pull: PullState) -> PullRequest:
        return PullRequest.objects.select_related("proposal", "branch").get(
            connection=connection, number=pull.number
        )

    return find


@pytest.fixture
def proposed(
    connection: Connection,
    forge: Gitea,
    dora: Developer,
    deliver: Callable[..., int],
    work: Callable[[], None],
    project: Project,
) -> PullState:
    """A pull request that adds a column, while main has got another migration of the same number."""
    work()
    ask_for(project, approvals=0)
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    dora.push("main", NICK_COLUMN)
    deliver(forge.pull_delivery(pull, "opened"))
    deliver(forge.push_delivery("main"))
    work()
    return pull


@pytest.fixture
def handed(
    proposed: PullState,
    forge: Gitea,
    owner: User,
    work: Callable[[], None],
    deliver: Callable[..., int],
    pull_of: Callable[[PullState], PullRequest],
) -> Proposal:
    """A proposal that people are to merge on the forge."""
    choose(Landing.BRANCH)
    proposal = enter(owner, pull_of, proposed)
    work()
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    proposal.refresh_from_db()
    assert entry_of(proposal).stage == Stage.HANDED
    return proposal
