"""What is wanted of a forge by several transactions at once: nobody waits for anybody, and nothing is lost."""

import threading

import pytest
from django.db import DatabaseError, transaction
from django.db import connection as database
from django.utils import timezone

from apps.forges import outbox
from apps.forges.models import Connection, Entry, PullRequest, Wish
from forges import Kind

ONE, OTHER = "1" * 40, "2" * 40
PATIENCE_S = 10


@pytest.fixture
def connection(transactional_db, project) -> Connection:
    values = {"number": "7", "secret": "", "token": "x"}
    return Connection.objects.create(
        project=project, kind=Kind.GITEA, base_url="https://x", name="a/b", **values
    )


@pytest.fixture
def pull(connection) -> PullRequest:
    return PullRequest.objects.create(
        connection=connection, number=1, title="x", state="open", head_ref="x", base_ref="main"
    )


def test_transactions_that_want_the_same_crosswise_do_not_wait(connection, pull):
    barrier, failed = threading.Barrier(2, timeout=PATIENCE_S), []

    def want(first, second):
        try:
            with transaction.atomic():
                outbox.want_commits(connection, [first])
                barrier.wait()
                outbox.want_commits(connection, [second])
                outbox.want_comment(pull)
                barrier.wait()
        except (DatabaseError, threading.BrokenBarrierError) as error:
            failed.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=want, args=pair) for pair in ((ONE, OTHER), (OTHER, ONE))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    outbox.take_up(connection.pk)
    assert not Wish.objects.exists()
    found = {entry.sha or entry.pull_id: entry.wanted for entry in Entry.objects.all()}
    assert found == {ONE: 2, OTHER: 2, pull.pk: 2}


def test_what_happens_while_something_is_told_is_told_afterwards(connection):
    outbox.want_commits(connection, [ONE])
    entry = outbox.lease(connection.pk, "a worker")
    assert entry is not None
    outbox.want_commits(connection, [ONE])
    assert outbox.settle(entry, {})
    again = outbox.lease(connection.pk, "a worker")
    assert again is not None
    assert (again.pk, again.wanted, again.sent) == (entry.pk, 2, 1)


def test_what_waits_for_its_time_goes_on_waiting(connection):
    outbox.want_commits(connection, [ONE])
    entry = outbox.lease(connection.pk, "a worker")
    assert entry is not None
    outbox.postpone(entry, {}, "The forge is down.", 600)
    outbox.want_commits(connection, [ONE])
    assert outbox.lease(connection.pk, "a worker") is None
    assert Entry.objects.get().due_at > timezone.now()
    assert outbox.sweep() == 0


def test_the_sweep_finds_what_nobody_took_up(connection):
    outbox.want_commits(connection, [ONE])
    assert outbox.sweep() == 1
