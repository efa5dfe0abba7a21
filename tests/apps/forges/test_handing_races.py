"""What happens beside a landing that is handed to a forge: settings change, people take it back, main moves."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database

from apps.accounts.errors import RefusedError
from apps.forges.connecting import change, disconnect
from apps.forges.models import Connection, Landing
from apps.proposals.actions.queueing import queue, withdraw
from apps.proposals.models import Event, Stage
from tests.apps.forges.landings import choose, enter, files_of
from tests.apps.proposals.queues import entry_of
from worker import merging_back
from worker.queueing import run_queue

AGE_COLUMN = {"migrations/0003_age.up.sql": "alter table users add column age int;\n"}


def in_between(monkeypatch, name, act):
    """Have something happen, once, before what was proved is handed over."""
    original, done = getattr(merging_back, name), []

    def acting(*given):
        if not done:
            done.append(act())
        return original(*given)

    monkeypatch.setattr(merging_back, name, acting)


def test_another_way_chosen_just_before_is_the_way(proposed, forge, owner, pull_of, connection, monkeypatch):
    choose(Landing.BRANCH)
    proposal = enter(owner, pull_of, proposed)
    name = forge.head("name")
    in_between(
        monkeypatch,
        "_check_pull",
        lambda: change(owner, Connection.objects.get(), landing=Landing.TARGET.value),
    )
    run_queue(proposal.project_id)
    run_queue(proposal.project_id)
    proposal.refresh_from_db()
    assert (forge.head("name"), forge.head("main")) == (name, proposal.merged_commit)
    assert (entry_of(proposal).stage, entry_of(proposal).delivered) == (Stage.LANDED, "")


def test_nothing_is_pushed_to_a_forge_that_was_just_left(
    proposed, forge, owner, pull_of, connection, monkeypatch
):
    choose(Landing.TARGET)
    proposal = enter(owner, pull_of, proposed)
    before = forge.head("main"), forge.head("name")
    in_between(monkeypatch, "_check_pull", lambda: disconnect(owner, Connection.objects.get()))
    run_queue(proposal.project_id)
    run_queue(proposal.project_id)
    proposal.refresh_from_db()
    assert (forge.head("main"), forge.head("name")) == before
    assert (proposal.state, entry_of(proposal).stage) == ("merged", Stage.LANDED)


@pytest.fixture
def due(proposed, forge, owner, pull_of, deliver):
    """Handed over for Braid to merge, before the forge was looked at again."""
    choose(Landing.FORGE)
    proposal = enter(owner, pull_of, proposed)
    for _ in range(3):
        run_queue(proposal.project_id)
    assert entry_of(proposal).stage == Stage.HANDED
    deliver(forge.pull_delivery(proposed, "synchronized"))
    return proposal


def test_taken_back_while_it_is_merged_it_says_what_came_of_it(
    due, proposed, forge, owner, work, deliver, monkeypatch
):
    merge, answers = forge.merge, []

    def take_back():
        try:
            return withdraw(owner, due)
        finally:
            database.close()

    with ThreadPoolExecutor(1) as pool:

        def slow(pull, expected):
            answers.append(pool.submit(take_back))
            threading.Event().wait(0.3)
            return merge(pull, expected)

        monkeypatch.setattr(forge, "merge", slow)
        work()
        assert [each.result(20) for each in answers] == [False]
    deliver(forge.pull_delivery(proposed, "closed"))
    work()
    due.refresh_from_db()
    assert (due.state, entry_of(due).stage) == ("merged", Stage.LANDED)
    assert not Event.objects.filter(proposal=due, kind="withdrawn").exists()


def test_what_braid_merges_is_held_to_the_forges_own_main(
    due, proposed, forge, dora, work, deliver, monkeypatch
):
    """It moved after the last look, and no delivery has said so yet."""
    ready = merging_back._is_ready

    def moving(*given):
        found = ready(*given)
        if found and not (dora.folder / "migrations/0003_age.up.sql").exists():
            dora.push("main", AGE_COLUMN)
        return found

    monkeypatch.setattr(merging_back, "_is_ready", moving)
    work()
    deliver(forge.pull_delivery(proposed, "closed"))
    work()
    due.refresh_from_db()
    assert (due.state, entry_of(due).stage) == ("merged", Stage.LANDED)
    assert {"migrations/0003_age.up.sql", "migrations/0004_name.up.sql"} < set(files_of(forge, "main"))
    assert "migrations/0003_name.up.sql" not in files_of(forge, "main")


def test_what_the_forge_has_just_merged_is_not_merged_again(
    due, proposed, forge, owner, work, deliver, monkeypatch
):
    """Two reports of one commit, before the forge is looked at."""
    merge, merge_if_due, merges = forge.merge, merging_back.merge_if_due, []

    def counted(pull, expected):
        merges.append(expected)
        return merge(pull, expected) if len(merges) == 1 else 405

    def twice(told):
        merge_if_due(told)
        merge_if_due(told)
        if merges:
            with pytest.raises(RefusedError, match="has just been merged"):
                queue(owner, due)

    monkeypatch.setattr(forge, "merge", counted)
    monkeypatch.setattr(merging_back, "merge_if_due", twice)
    work()
    deliver(forge.pull_delivery(proposed, "closed"))
    work()
    due.refresh_from_db()
    assert (due.state, entry_of(due).stage, len(merges)) == ("merged", Stage.LANDED, 1)
