"""Proposals of pull requests, landed: on the forge first, by compare-and-swap, in the way that the project chose."""

from contextlib import suppress

import pytest

from apps.forges.connecting import change
from apps.forges.models import Connection, Landing
from apps.forges.waking import wake
from apps.proposals.actions.queueing import queue, withdraw
from apps.proposals.models import Event, Policy, Stage
from tests.apps.forges.landings import choose, enter, files_of
from tests.apps.proposals.queues import entry_of
from worker.queueing import run_queue


def test_a_merge_pushed_to_the_default_branch(proposed, forge, owner, work, deliver, pull_of):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    before, head = forge.head("main"), forge.sha(proposed)
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.merged_commit) == ("merged", forge.head("main"))
    assert forge.git("rev-list", "--parents", "-1", "main").split()[1:] == [before, head]
    assert "migrations/0003_name.up.sql" in files_of(forge, "main")
    landed = forge.comment(proposed.number)
    assert landed.startswith(f"### Braid: it has landed as `{proposal.merged_commit[:12]}`")
    assert "`column public.users.name`" in landed


def test_it_lands_though_the_repository_was_just_renamed(proposed, forge, owner, work, pull_of, connection):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    forge.rename("acme/store")
    forge.is_name_taken = True
    run_queue(proposal.project_id)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.merged_commit) == ("merged", forge.head("main"))
    connection.refresh_from_db()
    assert (connection.name, connection.clone_url) == ("acme/store", forge.clone_url)


def test_a_default_branch_that_is_gone_is_named(proposed, forge, owner, work, pull_of):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    forge.git("branch", "--move", "main", "trunk")
    run_queue(proposal.project_id)
    assert entry_of(proposal).stage == Stage.REFUSED
    assert "acme/shop has no branch main any more" in entry_of(proposal).reason


def test_it_is_handed_over_though_its_branch_was_just_renamed(proposed, forge, owner, work, pull_of, deliver):
    choose(Landing.BRANCH)
    proposal = enter(owner, pull_of, proposed)
    forge.rename_branch("name", "names")
    run_queue(proposal.project_id)
    entry = entry_of(proposal)
    assert (entry.stage, entry.delivered) == (Stage.HANDED, forge.head("names"))
    assert "The merge stands on names" in entry.reason
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    proposal.refresh_from_db()
    assert (entry_of(proposal).stage, proposal.branch.name) == (Stage.HANDED, "names")
    assert proposal.head == entry.delivered


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
    entry = entry_of(proposal)
    assert (proposal.state, proposal.head) == ("open", pushed)
    assert (entry.stage, entry.delivered) == (Stage.HANDED, pushed)
    assert "merge pull request #1 on the forge" in entry.reason
    assert "merge pull request" in forge.comment(proposed.number)
    assert "migrations/0003_name.up.sql" in files_of(forge, pushed)
    assert forge.status(pushed, "braid") == "success"
    assert forge.merge(proposed, pushed) == 200
    deliver(forge.pull_delivery(proposed, "closed"))
    deliver(forge.push_delivery("main"))
    work()
    proposal.refresh_from_db()
    entry.refresh_from_db()
    assert (proposal.state, entry.stage) == ("merged", Stage.LANDED)
    assert entry.candidate == proposal.merged_commit == forge.head("main")
    assert lines_of(proposal)[-4:] == ["queued", "handed_over", "pushed", "merged"]


def lines_of(proposal):
    kinds = Event.objects.filter(proposal=proposal).order_by("id").values_list("kind", flat=True)
    return [kind for kind in kinds if kind not in ("approvals_kept", "fell_behind")]


def test_another_push_takes_it_back(handed, proposed, forge, dora, deliver, work):
    dora.git("fetch", "--quiet", "origin", "name")
    dora.git("branch", "--force", "name", "FETCH_HEAD")
    dora.push("name", {"README.md": "A name.\n"})
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    entry = entry_of(handed)
    assert (entry.stage, entry.ended_at is None) == (Stage.WITHDRAWN, False)
    assert entry.reason == "The branch was pushed to after it was handed to the forge."
    assert lines_of(handed)[-2:] == ["pushed", "withdrawn"]


def test_it_can_be_taken_back_queued_again_and_closed(handed, proposed, owner, work, forge, deliver):
    first = entry_of(handed)
    assert withdraw(owner, handed)
    assert entry_of(handed).stage == Stage.WITHDRAWN
    queue(owner, handed)
    work()
    # Nothing but what was pushed before is needed.
    assert (entry_of(handed).stage, entry_of(handed).delivered) == (Stage.HANDED, first.delivered)
    assert forge.head("name") == first.delivered
    queue(owner, handed)
    work()
    stages = handed.queue_entries.order_by("id").values_list("stage", flat=True)
    assert list(stages) == ["withdrawn", "withdrawn", "handed"]
    proposed.state = "closed"
    deliver(forge.pull_delivery(proposed, "closed"))
    work()
    handed.refresh_from_db()
    assert (entry_of(handed).stage, handed.state) == (Stage.WITHDRAWN, "closed")


def test_another_way_of_landing_takes_it_back(handed, owner, connection):
    change(owner, connection, landing=Landing.BRANCH, context="schema")
    assert entry_of(handed).stage == Stage.HANDED
    change(owner, Connection.objects.get(), landing=Landing.TARGET)
    assert (entry_of(handed).stage, entry_of(handed).reason) == (
        Stage.WITHDRAWN,
        "The project lands in another way now; queue it again.",
    )


def test_a_worker_that_died_after_its_push_has_handed_it_over(
    proposed, forge, owner, work, deliver, pull_of, monkeypatch
):
    choose(Landing.BRANCH)
    proposal = enter(owner, pull_of, proposed)
    with monkeypatch.context() as dying:
        dying.setattr("worker.merging_back.HANDED", None)
        for _ in range(2):
            with suppress(AttributeError):
                run_queue(proposal.project_id)
    assert entry_of(proposal).stage == Stage.PROVED
    assert forge.head("name") == entry_of(proposal).delivered
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    proposal.refresh_from_db()
    assert (entry_of(proposal).stage, proposal.state) == (Stage.HANDED, "open")
    assert "it lands when the forge merges it" in entry_of(proposal).reason


def test_people_are_told_that_the_default_branch_moved_on(handed, proposed, forge, dora, deliver, work):
    dora.push("main", {"README.md": "A shop.\n"})
    for _ in range(2):
        deliver(forge.push_delivery("main"))
        work()
    entry = entry_of(handed)
    assert entry.stage == Stage.HANDED
    assert entry.reason.count("main has moved since it was proved") == 1
    assert "main has moved since" in forge.comment(proposed.number)


def test_a_squashed_merge_is_known_by_its_head(handed, proposed, forge, deliver, work):
    """Only the push to the default branch is delivered, and the branch went with the merge."""
    tree, parent = forge.git("rev-parse", "name^{tree}"), forge.head("main")
    squashed = forge.git("commit-tree", tree, "-p", parent, "-m", "Add a name (#1)")
    forge.git("update-ref", "refs/heads/main", squashed)
    proposed.state, proposed.merged, proposed.merge_commit = "closed", True, squashed
    forge.git("update-ref", "-d", "refs/heads/name")
    deliver(forge.push_delivery("main"))
    work()
    handed.refresh_from_db()
    assert (handed.state, entry_of(handed).stage) == ("merged", Stage.LANDED)
    assert entry_of(handed).candidate == squashed
    assert "fell_behind" not in Event.objects.values_list("kind", flat=True)


def test_what_braid_is_to_merge_is_tested_again_where_the_default_branch_moved(
    proposed, forge, dora, owner, work, deliver, pull_of
):
    choose(Landing.FORGE)
    proposal = enter(owner, pull_of, proposed)
    for _ in range(3):
        run_queue(proposal.project_id)
    first = entry_of(proposal)
    assert first.stage == Stage.HANDED
    dora.push("main", {"migrations/0003_age.up.sql": "alter table users add column age int;\n"})
    deliver(forge.push_delivery("main"))
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    deliver(forge.pull_delivery(proposed, "closed"))
    work()
    proposal.refresh_from_db()
    assert (proposal.state, entry_of(proposal).stage) == ("merged", Stage.LANDED)
    assert entry_of(proposal).pk == first.pk
    files = files_of(forge, "main")
    assert {"migrations/0003_age.up.sql", "migrations/0004_name.up.sql"} < set(files)
    assert "migrations/0003_name.up.sql" not in files


def test_a_merge_that_the_forge_refuses_says_why(proposed, forge, owner, work, deliver, pull_of, monkeypatch):
    choose(Landing.FORGE)
    monkeypatch.setattr(forge, "merge", lambda pull, expected: 405)
    proposal = enter(owner, pull_of, proposed)
    work()
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    proposal.refresh_from_db()
    entry = entry_of(proposal)
    assert (proposal.state, entry.stage) == ("open", Stage.REFUSED)
    assert entry.reason.startswith("The forge did not merge it.")


def test_a_merge_through_the_forge_waits_for_checks_of_others(
    proposed, connection, forge, owner, work, deliver, pull_of, monkeypatch
):
    choose(Landing.FORGE)
    forge.refusal = "not allowed to merge [reason: Not all required status checks successful]"
    with monkeypatch.context() as patched:
        patched.setattr(forge, "merge", lambda pull, expected: 405)
        proposal = enter(owner, pull_of, proposed)
        work()
        deliver(forge.pull_delivery(proposed, "synchronized"))
        work()
    entry = entry_of(proposal)
    assert entry.stage == Stage.HANDED
    assert "Not all required status checks successful" in entry.reason
    wake(connection.pk)
    work()
    wake(connection.pk)
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposed.merged, entry_of(proposal).stage) == ("merged", True, Stage.LANDED)


def test_a_merge_through_the_forge_waits_for_its_checks(
    proposed, forge, owner, work, deliver, pull_of, monkeypatch
):
    choose(Landing.FORGE)
    proposal = enter(owner, pull_of, proposed)
    work()
    deliver(forge.pull_delivery(proposed, "synchronized"))
    merge = forge.merge

    def renamed(pull, expected):
        """It was renamed between the last look and the merge."""
        if forge.name == "acme/shop":
            forge.rename("acme/store")
            return 404
        return merge(pull, expected)

    monkeypatch.setattr(forge, "merge", renamed)
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
    assert entry_of(proposal).delivered == forge.head("name")
    Policy.objects.update(approvals=1)
    deliver(forge.pull_delivery(proposed, "synchronized"))
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposed.merged) == ("open", False)
    assert entry_of(proposal).stage == Stage.HANDED


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


def test_nothing_is_pushed_to_whoever_got_the_repositorys_name(proposed, forge, owner, work, pull_of):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    before = forge.head("main")
    forge.number = 9
    work()
    proposal.refresh_from_db()
    assert (proposal.state, forge.head("main")) == ("open", before)
    assert "Another repository is called" in entry_of(proposal).reason


def test_a_pull_request_that_becomes_a_draft_leaves_the_queue(proposed, forge, owner, work, deliver, pull_of):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    before = forge.head("main")
    proposed.draft = True
    deliver(forge.pull_delivery(proposed, "edited"))
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.is_draft, forge.head("main")) == ("open", True, before)
    assert entry_of(proposal).reason == "The pull request is a draft now."


@pytest.mark.parametrize(
    ("change", "now"),
    [({"state": "closed"}, "closed"), ({"draft": True}, "a draft"), ({"base": "release"}, "for release")],
)
def test_what_the_forge_has_not_told_yet_is_asked_before_landing(
    proposed, forge, owner, work, pull_of, change, now
):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    before = forge.head("main")
    for name, value in change.items():
        setattr(proposed, name, value)
    work()
    proposal.refresh_from_db()
    assert forge.head("main") == before
    assert f"Pull request #1 is {now} on the forge by now" in entry_of(proposal).reason


def test_commits_that_nobody_approved_do_not_end_up_beside_the_merge(
    proposed, forge, dora, owner, work, pull_of
):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    before = forge.head("main")
    more = dora.push("name", {"migrations/0003_more.up.sql": "alter table users add column more text;\n"})
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.head, forge.head("main")) == ("open", more, before)
