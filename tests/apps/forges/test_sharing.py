"""Several that share one thing: projects a repository, workers a connection, forges a host, deliveries a memory."""

import threading
import time
import tracemalloc

import pytest
from django.db import connection as database
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.forges import actions
from apps.forges.connecting import change, connect
from apps.forges.models import Arrival, Connection, Entry, PullRequest
from apps.forges.outbox import take_up
from apps.forges.slots import slot
from apps.projects.actions import create_project
from forges import Kind
from tests.apps.forges.test_bad_luck import meanwhile
from tests.forges.gitea import TOKEN
from tests.forges.hosting import NAME
from worker import following, heartbeat
from worker.following import follow
from worker.reporting import report

NAME_COLUMN = {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}


def tell(connection):
    take_up(connection.pk)
    Entry.objects.update(due_at=timezone.now())
    report(connection.pk)


def test_two_projects_of_a_repository_do_not_overwrite_each_other(
    connection, forge, dora, deliver, work, team, owner
):
    work()
    head = dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert forge.status(head, "braid") == "success"
    told, said = len(forge.statuses), forge.comment(pull.number)
    other, _ = connect(
        owner, create_project(owner, team, "Stock", "stock"), Kind.GITEA, forge.base_url, NAME, token=TOKEN
    )
    follow(other.pk)
    tell(other)
    assert {each["context"] for each in forge.statuses[told:]} >= {"braid-stock/migrations", "braid-stock"}
    assert not any(each["context"].startswith("braid/") for each in forge.statuses[told:])
    bodies = [each["body"] for each in forge.comments.values()]
    assert len(bodies) == 2
    assert said in bodies
    for taken in ("braid", "braid/merge"):
        with pytest.raises(RefusedError, match="calls its status braid"):
            change(owner, other, context=taken)


def test_another_name_of_the_status_is_told_at_once(connection, forge, dora, deliver, work, owner):
    work()
    head = dora.push("name", NAME_COLUMN)
    deliver(forge.pull_delivery(forge.open_pull("name", "Add a name"), "opened"))
    work()
    change(owner, Connection.objects.get(), context="schema")
    tell(connection)
    assert forge.status(head, "schema") == "success"


def test_a_look_keeps_its_claim_however_long_git_takes(connection, forge, deliver, monkeypatch):
    monkeypatch.setattr(actions, "LEASE_S", 1)
    monkeypatch.setattr(heartbeat, "PULSE_TICKS", 1)
    taken = []

    def take():
        time.sleep(1.6)
        taken.append(actions.claim(connection.pk, "another worker"))
        database.close()

    meanwhile(forge, "/info/refs", take)
    follow(connection.pk)
    assert taken == [None]
    assert Connection.objects.get().seen == Connection.objects.get().wanted


def test_deliveries_beyond_those_of_one_look_have_one_of_their_own(
    connection, forge, dora, deliver, work, monkeypatch
):
    work()
    monkeypatch.setattr(following, "AT_ONCE", 1)
    for name in ("one", "two"):
        dora.push(name, {f"migrations/0002_{name}.up.sql": f"alter table users add column {name} text;\n"})
        deliver(forge.pull_delivery(forge.open_pull(name, name), "opened"))
    follow(connection.pk)
    assert PullRequest.objects.count() == 2
    assert not Arrival.objects.filter(state="waiting").exists()


def test_long_deliveries_are_not_all_in_memory_at_once(connection, forge, dora, deliver, work):
    work()
    for number in range(8):
        body, headers = forge.delivery(
            "push", {"ref": "refs/heads/main", "number": number, "x": "x" * 4_000_000}
        )
        assert deliver((body, headers)) == 202
    tracemalloc.start()
    follow(connection.pk)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert Arrival.objects.filter(state="done").count() == 8
    assert most < 24_000_000


def test_the_paths_of_one_host_are_one_forge(transactional_db, settings):
    settings.FORGE_CONVERSATIONS = 1
    found = []

    def try_other():
        with slot("https://Git.example/other") as is_free:
            found.append(is_free)
        database.close()

    with slot("https://git.example/one"):
        thread = threading.Thread(target=try_other)
        thread.start()
        thread.join()
    assert found == [False]


def test_an_address_has_no_query(connection, forge, team, owner):
    project = create_project(owner, team, "Stock", "stock")
    for more in ("/?x=", "#"):
        with pytest.raises(RefusedError, match="no \\? and no #"):
            connect(owner, project, Kind.GITEA, f"{forge.base_url}{more}", NAME, token=TOKEN)
