"""Proposals of pull requests, landed: on the forge first, by compare-and-swap, in the way that the project chose."""

import pytest

from apps.forges.models import Connection, Landing
from apps.proposals.actions.queueing import queue
from apps.proposals.models import Policy
from tests.apps.proposals.queues import ask_for, entry_of
from worker.queueing import run_queue

NAME_COLUMN = {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}
NICK_COLUMN = {"migrations/0002_nick.up.sql": "alter table users add column nick text;\n"}


@pytest.fixture
def proposed(connection, forge, dora, deliver, work, project, pull_of):
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


def choose(way):
    Connection.objects.update(landing=way)


def enter(owner, pull_of, pull):
    proposal = pull_of(pull).proposal
    queue(owner, proposal)
    return proposal


def files_of(forge, commit):
    return forge.git("ls-tree", "-r", "--name-only", commit).splitlines()


def test_a_merge_pushed_to_the_default_branch(proposed, forge, owner, work, deliver, pull_of):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    before, head = forge.head("main"), forge.sha(proposed)
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.merged_commit) == ("merged", forge.head("main"))
    assert forge.git("rev-list", "--parents", "-1", "main").split()[1:] == [before, head]
    assert "migrations/0003_name.up.sql" in files_of(forge, "main")


def test_a_forge_that_moved_is_tested_again(proposed, forge, dora, owner, work, deliver, pull_of):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    moved = dora.push("main", {"migrations/0004_age.up.sql": "alter table users add column age int;\n"})
    work()
    proposal.refresh_from_db()
    assert proposal.state == "merged"
    assert forge.git("merge-base", "--is-ancestor", moved, "main") == ""
    assert "migrations/0005_name.up.sql" in files_of(forge, "main")


def test_a_protected_branch_says_why(proposed, forge, owner, work, pull_of):
    choose(Landing.TARGET)
    hook = forge.repository / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'main is protected: two approvals are needed' >&2\nexit 1\n")
    hook.chmod(0o755)
    proposal = enter(owner, pull_of, proposed)
    before = forge.head("main")
    work()
    proposal.refresh_from_db()
    assert (proposal.state, forge.head("main")) == ("open", before)
    assert "main is protected: two approvals are needed" in entry_of(proposal).reason


def test_what_was_proved_on_the_branch_for_people_to_merge(proposed, forge, owner, work, deliver, pull_of):
    choose(Landing.BRANCH)
    proposal = enter(owner, pull_of, proposed)
    head = forge.sha(proposed)
    work()
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    proposal.refresh_from_db()
    pushed = forge.head("name")
    assert forge.git("rev-list", "--parents", "-1", pushed).split()[1] == head
    assert (proposal.state, proposal.head) == ("open", pushed)
    assert "migrations/0003_name.up.sql" in files_of(forge, pushed)
    assert forge.status(pushed, "braid") == "success"
    assert forge.merge(proposed, pushed) == 200
    deliver(forge.pull_delivery(proposed, "closed"))
    deliver(forge.push_delivery("main"))
    work()
    proposal.refresh_from_db()
    assert proposal.state == "merged"


def test_a_merge_through_the_forge_waits_for_its_checks(proposed, forge, owner, work, deliver, pull_of):
    choose(Landing.FORGE)
    proposal = enter(owner, pull_of, proposed)
    work()
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    deliver(forge.pull_delivery(proposed, "closed"))
    work()
    proposal.refresh_from_db()
    assert proposed.merged
    assert (proposal.state, pull_of(proposed).state) == ("merged", "merged")
    assert "migrations/0003_name.up.sql" in files_of(forge, "main")


def test_a_merge_through_the_forge_needs_a_proposal_that_is_ready(
    proposed, forge, owner, work, deliver, pull_of
):
    choose(Landing.FORGE)
    proposal = enter(owner, pull_of, proposed)
    for _ in range(3):
        run_queue(proposal.project_id)
    assert pull_of(proposed).to_merge == forge.head("name")
    Policy.objects.update(approvals=1)
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposed.merged) == ("open", False)


def test_a_forge_that_is_down_keeps_the_proposal_in_the_queue(proposed, forge, owner, work, pull_of):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    before = forge.head("main")
    forge.faults += [lambda handler: handler.send({}, 502)] * 40
    work()
    proposal.refresh_from_db()
    assert (proposal.state, forge.head("main")) == ("queued", before)
    assert "waiting for the forge" in entry_of(proposal).reason
    forge.faults.clear()
    Connection.objects.update(not_before=None, attempts=0)
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.merged_commit) == ("merged", forge.head("main"))
