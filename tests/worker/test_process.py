"""A real worker on a real queue: jobs arrive by message, workers are killed, others take over."""

import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta

import psutil
import psycopg
import pytest
from celery import current_app
from django.utils import timezone

from apps.checks.models import State, Verdict
from apps.checks.sweep import sweep
from apps.jobs.claims import SILENCE_S
from apps.repositories.models import Branch
from tests.live import _database_url, _environment, renew_pgmq
from tests.workspace import forget_connections

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
WAIT_S = 40


class Worker:
    """One Celery worker process tree with one place for jobs."""

    def __init__(self, environment, log):
        command = [sys.executable, "-m", "celery", "--app", "braid.celery", "worker", "--concurrency=1"]
        options = ["--loglevel=INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.log = log
        with log.open("a") as output:
            self.process = subprocess.Popen(
                [*command, *options, f"--hostname=w{time.monotonic_ns()}@test"],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self):
        """As the kernel would: no goodbye, neither from the parent nor from its child."""
        if self.process.poll() is None:
            family = psutil.Process(self.process.pid)
            for each in [family, *family.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    each.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


@pytest.fixture
def start_worker(workspace, transactional_db, tmp_path, settings):
    """`start_worker()`: a worker on the test database; all are gone after the test."""
    url = _database_url()
    with psycopg.connect(url, autocommit=True) as connection:
        renew_pgmq(connection)
    options = {**current_app.conf.broker_transport_options, "conninfo": url}
    environment = {
        **_environment(tmp_path, "http://localhost", _Listener()),
        "BRAID_REPOSITORIES": str(settings.REPOSITORIES),
        "DATABASE_URL": url,
    }
    workers = []

    def start():
        workers.append(Worker(environment, tmp_path / "worker.log"))
        return workers[-1]

    before = current_app.conf.broker_transport_options
    current_app.conf.broker_transport_options = options
    forget_connections()
    yield start
    current_app.conf.broker_transport_options = before
    forget_connections()
    for worker in workers:
        worker.stop()


class _Listener:
    def fileno(self):
        return 0


def wait_for(condition, worker):
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        found = Verdict.objects.order_by("-id").first()
        if found and condition(found):
            return found
        sweep()
        time.sleep(0.05)
    raise AssertionError(
        f"{found and (found.state, found.headline, found.attempts, found.progress)}\n{worker.log.read_text()[-4000:]}"
    )


def is_asleep(verdict):
    return verdict.progress.get("migration") == "0002_sleep"


def later():
    return timezone.now() + timedelta(seconds=SILENCE_S + 1)


def test_a_push_is_judged_by_a_worker(workspace, start_worker):
    worker = start_worker()
    workspace.commit({"migrations/0001_init.up.sql": "create table users (id int primary key);\n"})
    workspace.push("main")
    verdict = wait_for(lambda v: v.is_finished, worker)
    assert verdict.state == State.PASSED, verdict.error or verdict.headline


def test_a_crowd_of_messages_is_taken_without_pauses(workspace, start_worker):
    """A worker that slept a second after each message would need longer than is waited."""
    for _ in range(2 * WAIT_S):
        current_app.send_task("worker.judge_push", args=[0])
    workspace.commit({"migrations/0001_init.up.sql": "create table users (id int primary key);\n"})
    workspace.push("main")
    wait_for(lambda v: v.is_finished, start_worker())


def test_a_killed_worker_is_replaced_and_the_third_death_is_the_last(workspace, start_worker):
    sleepy = "create table a (id int);\nselect pg_sleep(300);\n"
    workspace.commit(
        {"migrations/0001_init.up.sql": "create table z (id int);\n", "migrations/0002_sleep.up.sql": sleepy}
    )
    workspace.push("main")
    for attempt in (1, 2, 3):
        worker = start_worker()
        wait_for(lambda v, n=attempt: v.attempts == n and is_asleep(v), worker)
        worker.kill()
        sweep(later())
    verdict = Verdict.objects.get()
    assert verdict.state == State.ERROR
    assert "its worker died each time" in verdict.error
    assert "migration 0002_sleep was running" in verdict.error
    workspace.commit({"migrations/0002_sleep.up.sql": "create table a (id int);\n"})
    workspace.push("main")
    assert wait_for(lambda v: v.is_finished and v.pk != verdict.pk, start_worker()).state == State.PASSED


def test_a_branch_that_is_deleted_stops_its_job_soon(workspace, start_worker):
    worker = start_worker()
    workspace.commit({"migrations/0001_init.up.sql": "create table z (id int);\n"})
    workspace.push("main")
    wait_for(lambda v: v.is_finished, worker)
    workspace.switch("feature")
    workspace.commit({"migrations/0002_sleep.up.sql": "select pg_sleep(120);\n"})
    workspace.push("feature")
    wait_for(lambda v: v.state == State.RUNNING and v.progress, worker)
    workspace.push(":feature")
    from apps.checks.actions import receive_push
    from apps.repositories.models import Push

    receive_push(Push.objects.latest("id"))
    assert Verdict.objects.latest("id").state == State.SUPERSEDED
    workspace.switch("next", "main")
    workspace.commit({"migrations/0002_b.up.sql": "create table b (id int);\n"})
    workspace.push("next")
    verdict = wait_for(lambda v: v.branch.name == "next" and v.is_finished, worker)
    assert verdict.state == State.PASSED


def test_what_is_queued_lands_and_is_reverted_by_messages_alone(workspace, start_worker, developer):
    from apps.proposals.actions.lifecycle import open_proposal
    from apps.proposals.actions.queueing import queue
    from apps.proposals.actions.reverting import want_revert
    from apps.proposals.models import Policy, Proposal, QueueEntry, Revert
    from apps.proposals.readiness import readiness_of
    from apps.proposals.situation import read_situation

    workspace.commit({"migrations/0001_init.up.sql": "create table users (id int primary key);\n"})
    workspace.push("main")
    Policy.objects.create(project=workspace.project, approvals=0)
    worker = start_worker()
    workspace.switch("feature")
    workspace.commit({"migrations/0002_a.up.sql": "alter table users add column a int;\n"})
    workspace.push("feature")
    branch = Branch.objects.select_related("project__team").get(name="feature")
    proposal = open_proposal(developer, branch, "Count")
    until(worker, lambda: readiness_of(read_situation(Proposal.objects.get())).ready)
    queue(developer, proposal)
    until(worker, lambda: QueueEntry.objects.get().stage == "landed")
    proposal.refresh_from_db()
    want_revert(developer, proposal)
    until(worker, lambda: Revert.objects.get().state == "done")
    assert Revert.objects.get().made.branch.name == "revert-1"


def until(worker, holds):
    deadline = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline, worker.log.read_text()[-4000:]
        sweep()
        time.sleep(0.1)
