"""What moves, vanishes or is damaged on the forge while Braid looks: nothing else waits for it, and it is named."""

import pytest
from django.utils import timezone

from apps.accounts.sealing import seal
from apps.forges import bringing, mirror
from apps.forges.models import Connection
from apps.repositories.commits import branch_heads
from apps.repositories.storage import open_repository
from worker.following import follow

NAME_COLUMN = {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}
NICK_COLUMN = {"migrations/0002_nick.up.sql": "alter table users add column nick text;\n"}


def heads(project):
    return branch_heads(open_repository(project))


def meanwhile(forge, ending, act, skip=0):
    """Act just before the forge answers a request whose path ends so, after `skip` such."""
    left = [skip]

    def watch(handler):
        if handler.path.partition("?")[0].endswith(ending):
            left[0] -= 1
            if left[0] < 0:
                act()
                handler._answer_as_usual()
                return
        forge.faults.insert(0, watch)
        handler._answer_as_usual()

    forge.faults.insert(0, watch)


def damaged(forge):
    """A commit whose tree has an entry `.git`, which git refuses to take when it looks."""
    blob = forge.git("rev-parse", "main:migrations/0001_users.up.sql")
    entry = b"100644 .git\0" + bytes.fromhex(blob)
    tree = forge.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=entry)
    return forge.git("commit-tree", tree, "-p", "main", "-m", "Hello")


def from_a_fork(forge, commit):
    number = len(forge.pulls) + 1
    forge.git("update-ref", f"refs/pull/{number}/head", commit)
    return forge.open_pull("main", "From afar", fork="eve/shop", author="eve")


def test_a_branch_that_vanishes_while_it_is_fetched_holds_nobody_up(
    connection, forge, dora, deliver, work, project
):
    work()
    dora.push("gone", NAME_COLUMN)
    nick = dora.push("nick", NICK_COLUMN)
    deliver(forge.push_delivery("gone"))
    deliver(forge.push_delivery("nick"))
    # Requests for the list: Braid's own, then git's.
    meanwhile(forge, "/info/refs", lambda: forge.git("update-ref", "-d", "refs/heads/gone"), skip=1)
    work()
    assert heads(project)["nick"] == nick
    now = Connection.objects.get()
    assert (now.trouble, now.not_before, now.wanted - now.seen) == ("", None, 0)


def test_a_damaged_commit_of_a_fork_holds_nobody_up_and_is_named(
    connection, forge, dora, deliver, work, project, pull_of
):
    work()
    head = damaged(forge)
    eve = from_a_fork(forge, head)
    nick = dora.push("nick", NICK_COLUMN)
    pull = forge.open_pull("nick", "Add a nick")
    deliver(forge.pull_delivery(eve, "opened"))
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert heads(project)["nick"] == nick
    assert forge.status(nick, "braid") == "success"
    assert "is not in order" in pull_of(eve).trouble
    assert forge.status(head, "braid") == "error"
    asked = len(forge.requests)
    Connection.objects.update(wanted=connection.wanted + 100)
    work()
    packs = [path for method, path in forge.requests[asked:] if path.endswith("/git-upload-pack")]
    assert len(packs) == 1, "only the list of refs: what can't be had is not asked for again until it moves"
    mended = forge.git("commit-tree", "main^{tree}", "-p", "main", "-m", "Hello again")
    forge.git("update-ref", f"refs/pull/{eve.number}/head", mended)
    deliver(forge.pull_delivery(eve, "synchronized"))
    work()
    assert heads(project)[f"pull-{eve.number}"] == mended
    assert Connection.objects.get().refused == {}


def test_an_empty_list_of_branches_deletes_nothing(connection, forge, dora, deliver, work, project):
    work()
    dora.push("nick", NICK_COLUMN)
    deliver(forge.push_delivery("nick"))
    work()
    before = heads(project)
    for name in ("main", "nick"):
        forge.git("update-ref", "-d", f"refs/heads/{name}")
    deliver(forge.push_delivery("nick"))
    work()
    assert heads(project) == before
    assert "lists no branches" in Connection.objects.get().trouble


@pytest.mark.parametrize("name", ["pull-1", "pull-1/more"])
def test_a_branch_that_is_called_as_a_forks_is_not_taken_for_it(
    connection, forge, dora, deliver, work, project, pull_of, name
):
    work()
    fork = dora.push("afar", NAME_COLUMN)
    forge.git("update-ref", "-d", "refs/heads/afar")
    pull = from_a_fork(forge, fork)
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert pull_of(pull).proposal.branch.name == "pull-1"
    own = dora.push(name, NICK_COLUMN)
    deliver(forge.push_delivery(name))
    deliver(forge.pull_delivery(pull, "synchronized"))
    work()
    assert (heads(project)[name], heads(project)["pull-1-fork"]) == (own, fork)
    proposal = pull_of(pull).proposal
    assert (proposal.state, proposal.branch.name, proposal.head) == ("open", "pull-1-fork", fork)


def test_what_takes_long_from_forks_holds_up_no_branch_of_the_repository(
    connection, forge, dora, deliver, work, project, monkeypatch
):
    work()
    fork = dora.push("afar", NAME_COLUMN)
    forge.git("update-ref", "-d", "refs/heads/afar")
    pull = from_a_fork(forge, fork)
    nick = dora.push("nick", NICK_COLUMN)
    deliver(forge.pull_delivery(pull, "opened"))
    deliver(forge.push_delivery("nick"))
    with monkeypatch.context() as patched:
        patched.setattr(bringing, "FORKS_S", -1.0)
        work()
    assert heads(project)["nick"] == nick
    assert "pull-1" not in heads(project)
    deliver(forge.push_delivery("nick"))
    # After the list of refs, git asks for the fork's commits.
    busy = lambda handler: handler.send({"message": "too busy"}, 503)  # noqa: E731
    meanwhile(forge, "/info/refs", lambda: forge.faults.insert(0, busy), skip=1)
    work()
    assert not forge.faults
    assert Connection.objects.get().trouble == ""
    assert "pull-1" not in heads(project)
    deliver(forge.pull_delivery(pull, "synchronized"))
    work()
    assert heads(project)["pull-1"] == fork


def test_more_branches_than_a_row_can_hold_are_none(connection, forge, dora, work, project, monkeypatch):
    monkeypatch.setattr(mirror, "MAX_HEADS", 1)
    dora.push("nick", NICK_COLUMN)
    work()
    assert "has 2 branches" in Connection.objects.get().trouble
    assert Connection.objects.get().passed_over == {}


def test_a_credential_that_is_refused_for_long_is_asked_with_less_and_less_often(connection, forge):
    Connection.objects.update(token=seal("another-token"))
    for attempts, most in ((0, 10), (4, 610), (5, 3610), (30_000, 3610)):
        Connection.objects.update(attempts=attempts, not_before=None)
        follow(connection.pk)
        now = Connection.objects.get()
        wait_s = (now.not_before - timezone.now()).total_seconds()
        assert most / 3 < wait_s < most
        assert now.attempts == min(attempts + 1, 30_000)
        assert "does not accept the credential" in now.trouble
