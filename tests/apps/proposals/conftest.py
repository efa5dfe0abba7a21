"""A shop with a table on main, and branches that are proposed: rows at once, merges where a test asks for them."""

import pytest

from apps.merges.models import Meeting, State
from apps.proposals.actions.lifecycle import open_proposal
from apps.repositories.models import Branch
from worker import process
from worker.merging import merge_meeting

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
