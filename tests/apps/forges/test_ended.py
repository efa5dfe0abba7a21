"""The last words about what is over: a commit that was overtaken before it was judged, and an ended pull request."""

import pytest

from apps.forges import outbox
from apps.forges.models import Connection, Entry
from tests.apps.forges.landings import NAME_COLUMN, NICK_COLUMN
from worker.following import follow
from worker.reporting import report

ALL = ("braid/collisions", "braid/merge", "braid/migrations", "braid")


@pytest.fixture
def begun(connection, forge, dora, deliver, work):
    """A pull request whose first commit is told as pending, and judged by nobody yet; with that commit."""
    work()
    head = dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    follow(connection.pk)
    assert {forge.status(head, name) for name in ("braid/migrations", "braid")} == {"pending"}
    return pull, head


def told_of(forge, head):
    return [(each["context"], each["state"]) for each in forge.statuses if each["sha"] == head]


def test_a_commit_that_is_overtaken_is_told_so_once(begun, connection, forge, dora, deliver, work):
    pull, first = begun
    second = dora.push("name", {"README": "second"})
    deliver(forge.pull_delivery(pull, "synchronized"))
    work()
    told = told_of(forge, first)
    assert {name for name, state in told if state == "pending"} == {
        name for name, state in told if state == "error"
    }
    assert "success" not in {state for _, state in told}, "no required check passes by being overtaken"
    last = [each for each in forge.statuses if each["sha"] == first][-1]
    assert (last["context"], last["description"]) == ("braid", f"Superseded by {second[:12]}")
    assert [forge.status(second, name) for name in ALL] == ["success"] * 4
    third = dora.push("name", {"README": "x"})
    deliver(forge.push_delivery("name"))
    outbox.want_commits(connection, [first])
    work()
    assert told_of(forge, first) == told
    assert forge.status(third, "braid") == forge.status(second, "braid") == "success", (
        "what was judged stays so"
    )


def test_a_commit_to_which_its_branch_comes_back_is_judged(begun, connection, forge, dora, deliver, work):
    _, first = begun
    dora.push("name", NICK_COLUMN)
    deliver(forge.push_delivery("name"))
    follow(connection.pk)
    assert forge.status(first, "braid") == "error"
    dora.git("reset", "--hard", first)
    dora.git("push", "--force", "origin", "HEAD:refs/heads/name")
    forge.refresh()
    deliver(forge.push_delivery("name"))
    work()
    assert [forge.status(first, name) for name in ALL] == ["success"] * 4


def test_a_commit_whose_branch_went_is_told_so(begun, forge, deliver, work):
    pull, head = begun
    pull.state = "closed"
    forge.git("update-ref", "-d", "refs/heads/name")
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    last = [each for each in forge.statuses if each["sha"] == head][-1]
    assert (last["state"], last["description"]) == ("error", "Its branch is gone")


def test_a_forge_that_lost_the_commit_is_told_nothing_and_blamed_for_nothing(
    begun, forge, dora, deliver, work
):
    _, first = begun
    dora.push("name", NICK_COLUMN)
    usual = forge.faults

    def lost(handler):
        usual.insert(0, lost)
        if handler.path.endswith(f"/statuses/{first}"):
            handler.send({"message": "no such commit"}, 404)
        else:
            handler._answer_as_usual()

    usual.insert(0, lost)
    deliver(forge.push_delivery("name"))
    work()
    usual.clear()
    entry = Entry.objects.get(sha=first)
    assert (entry.is_due, entry.error) == (False, "")


@pytest.mark.parametrize("is_branch_gone", [False, True])
def test_the_comment_of_a_closed_pull_request_says_so_once(
    connection, forge, dora, deliver, work, is_branch_gone
):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert "What to do next" in forge.comment(pull.number)
    pull.state = "closed"
    if is_branch_gone:
        forge.git("update-ref", "-d", "refs/heads/name")
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    said = forge.comment(pull.number)
    assert said.startswith("### Braid: it was closed\n\nBraid renews this comment when it is opened again.")
    assert "- + `column public.users.name`" in said
    assert "What to do next" not in said
    writes = count_writes(forge)
    outbox.want_comment(connection.pulls.get())
    work()
    assert count_writes(forge) == writes
    if is_branch_gone:
        return
    pull.state = "open"
    deliver(forge.pull_delivery(pull, "reopened"))
    work()
    assert "What to do next" in forge.comment(pull.number)


def count_writes(forge):
    return len(
        [path for method, path in forge.requests if method in ("POST", "PATCH") and "comments" in path]
    )


def test_the_comment_of_a_merged_pull_request_says_so_once(connection, forge, dora, deliver, work):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert forge.merge(pull, "") == 200
    forge.git("update-ref", "-d", "refs/heads/name")
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    said = forge.comment(pull.number)
    assert said.startswith(f"### Braid: it has landed as `{pull.merge_commit[:12]}`")
    assert "- + `column public.users.name`" in said


def test_of_a_pull_request_that_went_elsewhere_too(connection, forge, dora, deliver, work):
    work()
    dora.push("release", {"README": "x"})
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name", base="release")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert forge.comment(pull.number)
    assert forge.merge(pull, "") == 200
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    assert forge.comment(pull.number).startswith("### Braid: it was merged into `release`")


def test_nothing_is_written_where_nothing_was(connection, forge, dora, deliver, work):
    Connection.objects.update(comments=False)
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    Connection.objects.update(comments=True)
    pull.state = "closed"
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    report(connection.pk)
    assert forge.comments == {}
