"""A shop with a table on main, and branches that are proposed: rows at once, merges where a test asks for them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.accounts.errors import RefusedError
from apps.merges.models import Meeting, State
from apps.proposals.actions.following import meet_proposals
from apps.proposals.actions.lifecycle import open_proposal
from apps.repositories.models import Branch
from worker import process
from worker.merging import merge_meeting

PATIENCE_S = 20
INIT = "create table users (id bigint primary key, email text not null);\n"


@pytest.fixture(scope="session", autouse=True)
def _closed_sandboxes():
    yield
    process.close_sandboxes()


@pytest.fixture(autouse=True)
def _memory_queue(memory_queue):
    """Nobody takes messages here."""


@pytest.fixture
def shop(workspace):
    """`main` with one migration, pushed; returns the workspace."""
    workspace.commit({"migrations/0001_users.up.sql": INIT})
    workspace.push("main")
    return workspace


@pytest.fixture
def push_branch(shop):
    """`push_branch("0002_name", "alter table ...")`: a branch from main's start with that migration."""

    def push(name, sql="alter table users add column name text;\n", start="main", by=None):
        shop.switch(name, start)
        shop.commit({f"migrations/{name}.up.sql": sql})
        shop.push(name, by=by)
        return Branch.objects.select_related("project__team").get(project=shop.project, name=name)

    return push


@pytest.fixture
def propose(push_branch, developer):
    """`propose("0002_name", "alter table ...")`: such a branch, and its proposal by `developer`."""

    def make(name="0002_name", *sql, by=developer, **asked):
        return open_proposal(by, push_branch(name, *sql, by=by), asked.pop("title", f"Add {name}"), **asked)

    return make


@pytest.fixture
def proposal(propose):
    """#1 by `developer`: it adds the column `name`. Its meeting waits for a worker."""
    return propose()


@pytest.fixture
def run_meetings(transactional_db):
    """Merge all that waits for a worker, in this process; returns the meetings. Needs real commits."""

    def run():
        waiting = list(Meeting.objects.filter(state=State.WAITING).order_by("pk"))
        for meeting in waiting:
            merge_meeting(meeting.pk)
        done = Meeting.objects.select_related("merge__diff", "resolved__diff")
        return list(done.filter(pk__in=[m.pk for m in waiting]).order_by("pk"))

    return run


@pytest.fixture
def together():
    """Run functions at once, each in a thread with a connection of its own; returns what each gave or raised."""
    pool = ThreadPoolExecutor(4)

    def run(*functions):
        gate = threading.Barrier(len(functions))

        def each(function):
            try:
                gate.wait(PATIENCE_S)
                return function()
            except RefusedError as refused:
                return refused
            finally:
                connection.close()

        return [future.result(PATIENCE_S) for future in [pool.submit(each, f) for f in functions]]

    yield run
    pool.shutdown()


@pytest.fixture
def collide(shop, propose, run_meetings):
    """`collide()`: a proposal that collides with main on the type of users.email, merged."""

    def make(ours="alter table users alter email type varchar(100);\n", theirs=None):
        proposal = propose("0003_theirs", theirs or "alter table users alter email type varchar(200);\n")
        advance(shop, ours)
        run_meetings()
        proposal.refresh_from_db()
        return proposal

    return make


def advance(shop, sql, name="0002_ours"):
    """A migration more on main, and every proposal merged with it once a worker runs."""
    shop.git("switch", "--quiet", "main")
    shop.commit({f"migrations/{name}.up.sql": sql})
    shop.push("main")
    meet_proposals(shop.project)
