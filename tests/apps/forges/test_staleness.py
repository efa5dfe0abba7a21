"""A status or comment that was true once: it does not outlive what it was about."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.checks.models import Verdict
from apps.checks.sweep import sweep as sweep_verdicts
from apps.forges import mirror
from apps.forges.models import Connection, Entry
from apps.forges.outbox import take_up, want_commits
from apps.merges import actions as meetings
from apps.merges.models import Meeting
from apps.proposals.actions.following import meet_proposals
from apps.proposals.actions.policing import change_policy
from apps.proposals.actions.queueing import queue
from apps.proposals.actions.sizing import replace_sizes
from apps.proposals.models import Proposal
from forges.hints import Hint, Subject
from schemata.sizes import Measured, columns_mark
from tests.apps.proposals.queues import ask_for
from worker.following import follow
from worker.pressing import run_again
from worker.reporting import report

NAME_COLUMN = {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}
WIDE = {"migrations/0002_wide.up.sql": "alter table users alter column email type varchar(200);\n"}
LOW = {
    "migrations/0002_low.up.sql": "alter table users add low text generated always as (lower(email)) stored;\n"
}
NARROW = {"migrations/0002_narrow.up.sql": "alter table users alter column email type varchar(80);\n"}


@pytest.fixture
def wide(connection, forge, dora, deliver, work):
    """A pull request that merges."""
    work()
    dora.push("wide", WIDE)
    pull = forge.open_pull("wide", "Make room")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert forge.status(forge.sha(pull), "braid") == "success"
    return pull


def tell(connection):
    take_up(connection.pk)
    Entry.objects.update(due_at=timezone.now())
    report(connection.pk)


def test_a_success_ends_as_the_default_branch_moves_and_not_as_that_is_merged(
    wide, connection, forge, dora, deliver, project
):
    head = forge.sha(wide)
    dora.push("main", NARROW)
    deliver(forge.push_delivery("main"))
    follow(connection.pk)
    meet_proposals(project)
    tell(connection)
    assert [forge.status(head, f"braid{each}") for each in ("/merge", "")] == ["pending", "pending"]
    meeting = meetings.claim(Meeting.objects.get(theirs__name="wide").pk, "a worker")
    meetings.give_up(meeting, "no sandbox can be had")
    tell(connection)
    assert [forge.status(head, f"braid{each}") for each in ("/merge", "")] == ["error", "error"]


def test_a_check_whose_workers_die_ends_on_the_forge_too(connection, forge, work):
    work()
    Verdict.objects.update(
        state="running", attempts=9, claimed_by="a worker", heartbeat_at=timezone.now() - timedelta(hours=1)
    )
    sweep_verdicts()
    tell(connection)
    assert forge.status(forge.head("main"), "braid") == "error"


def test_a_pull_request_for_another_branch_is_not_said_to_merge_there(
    wide, forge, dora, deliver, work, pull_of
):
    dora.push("main", NARROW)
    deliver(forge.push_delivery("main"))
    dora.push("release", {})
    work()
    head = forge.sha(wide)
    assert forge.status(head, "braid/merge") == "failure"
    wide.base = "release"
    deliver(forge.pull_delivery(wide, "edited"))
    work()
    said = [
        each["description"] for each in forge.statuses if (each["sha"], each["context"]) == (head, "braid")
    ]
    assert "not merged with release: Braid merges into main only" in said[-1]
    assert forge.status(head, "braid/merge") == "success"
    assert "where Braid merges nothing" in forge.comment(wide.number)
    assert "let it land" not in forge.comment(wide.number)
    wide.state, wide.merged = "closed", True
    deliver(forge.pull_delivery(wide, "closed"))
    work()
    assert pull_of(wide).proposal.state == "closed"


def test_what_was_merged_elsewhere_before_anybody_looked_is_not_merged_here(
    wide, forge, deliver, work, pull_of
):
    wide.base, wide.state, wide.merged = "release", "closed", True
    deliver(forge.pull_delivery(wide, "closed"))
    work()
    proposal = pull_of(wide).proposal
    assert proposal.state == "closed"
    assert "was merged into release" in proposal.events.get(kind="closed").data["because"]


def test_of_two_pull_requests_of_a_branch_that_for_the_default_branch_counts(
    wide, forge, dora, deliver, work, pull_of
):
    dora.push("release", {})
    wide.base = "release"
    deliver(forge.pull_delivery(wide, "edited"))
    work()
    other = forge.open_pull("wide", "Make room on main")
    dora.push("main", NARROW)
    deliver(forge.push_delivery("main"))
    deliver(forge.pull_delivery(other, "opened"))
    work()
    assert pull_of(other).proposal.state == "open"
    assert forge.status(forge.sha(other), "braid/merge") == "failure"
    assert "Resolve the conflicts" in forge.comment(other.number)
    assert "where Braid merges nothing" in forge.comment(wide.number)


def test_a_merge_that_braid_failed_at_is_run_again_with_the_check(wide, connection, forge, work):
    head = forge.sha(wide)
    Meeting.objects.filter(theirs__name="wide").update(state="error", error="no sandbox can be had")
    want_commits(connection, [head])
    tell(connection)
    assert forge.status(head, "braid/merge") == "error"
    run_again(connection, [Hint(Subject.RERUN, "check_run", sha=head)])
    work()
    assert [forge.status(head, f"braid{each}") for each in ("/merge", "")] == ["success", "success"]


def test_more_branches_than_braid_keeps_are_said_and_pull_requests_come_first(
    connection, forge, dora, deliver, work, project, monkeypatch, pull_of
):
    work()
    monkeypatch.setattr(mirror, "MAX_BRANCHES", 2)
    for name in ("aa", "bb", "zz"):
        dora.push(name, {f"migrations/0002_{name}.up.sql": f"alter table users add column {name} text;\n"})
        deliver(forge.push_delivery(name))
    pull = forge.open_pull("zz", "The last of all")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert pull_of(pull).proposal is not None
    assert "4 branches to follow and follows 2 of them" in Connection.objects.get().trouble


def test_the_merge_commit_names_the_pull_request_and_no_other(wide, forge, owner, work, project, pull_of):
    ask_for(project, approvals=0)
    proposal = pull_of(wide).proposal
    Proposal.objects.filter(pk=proposal.pk).update(number=41)
    queue(owner, proposal)
    work()
    subject = forge.git("log", "-1", "--format=%s", "main")
    assert subject == f"Merge #{wide.number}: Make room"


def test_a_pull_request_that_braid_fails_at_is_said(connection, forge, dora, deliver, work):
    work()
    dora.push("name", NAME_COLUMN)
    deliver(forge.pull_delivery(forge.open_pull("name", "Add a name", author="x" * 300), "opened"))
    work()
    assert "Braid failed at pull request #1" in Connection.objects.get().trouble


def test_sizes_of_tables_are_told_where_they_count(connection, forge, dora, deliver, work, owner, project):
    change_policy(owner, project, risky_approvals=2)
    work()
    dora.push("low", LOW)
    pull = forge.open_pull("low", "Find them by small letters")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert "Approvals: 0 of 2, more than 1 because of the risk" in forge.comment(pull.number)
    small = Measured(12, 8192, columns_mark(["id", "email"]))
    replace_sizes(owner, project, timezone.now(), [(("public", "users"), small)])
    tell(connection)
    assert "Approvals: 0 of 1, not more as what is rewritten is small" in forge.comment(pull.number)


def test_another_policy_is_told_where_it_is_asked_of(wide, connection, forge, owner, project):
    assert "Approvals: 0 of 1" in forge.comment(wide.number)
    change_policy(owner, project, approvals=3)
    tell(connection)
    assert "Approvals: 0 of 3" in forge.comment(wide.number)
