"""A project that was disconnected from its repository, and follows it again."""

import pytest

from apps.accounts.errors import RefusedError
from apps.forges import mirror
from apps.forges.access import client_of
from apps.forges.connecting import change, connect, disconnect
from apps.forges.models import Connection, Entry, Landing, Parting, PullRequest
from apps.proposals.models import Proposal, QueueEntry
from apps.repositories.actions import reconcile
from apps.repositories.commits import branch_heads
from apps.repositories.storage import open_repository, repository_path
from apps.teams.models import AuditEntry
from forges import Kind, Unusable
from tests.apps.forges.conftest import finish
from tests.apps.forges.landings import NAME_COLUMN, enter
from tests.apps.proposals.queues import ask_for
from tests.forges.gitea import SECRET
from tests.forges.hosting import NAME
from worker.remotes import Git

NICK = {"migrations/0003_nick.up.sql": "alter table users add nick text;\n"}


def heads(project):
    return branch_heads(open_repository(project))


@pytest.fixture
def pull(connection, forge, dora, deliver, work):
    """A pull request that was proposed and told about before anybody disconnects."""
    work()
    dora.push("name", NAME_COLUMN)
    made = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(made, "opened"))
    work()
    return made


@pytest.fixture
def again(owner, project, forge):
    """Connect once more with the token that is good by now."""

    def run():
        return connect(
            owner, project, Kind.GITEA, forge.base_url, forge.name, token=forge.token, secret=SECRET
        )[0]

    return run


def push_here(dora, project, branch, files):
    """Push to Braid and not to the forge; the commit."""
    before = dora.git("rev-parse", f"origin/{branch}") if branch in heads(project) else "main"
    dora.git("switch", "--quiet", "--detach", before)
    for path, text in files.items():
        (dora.folder / path).write_text(text)
    dora.git("add", "--all")
    dora.git("commit", "--quiet", "--message", "Here alone")
    dora.git("push", "--quiet", str(repository_path(project)), f"HEAD:refs/heads/{branch}")
    reconcile(project, 0)
    return dora.git("rev-parse", "HEAD")


def test_another_token_finds_everything_again(pull, connection, forge, dora, deliver, owner, project, again):
    change(owner, connection, landing=Landing.BRANCH, people={"dora": owner.email})
    proposal = Proposal.objects.get()
    disconnect(owner, Connection.objects.get())
    forge.token = "another-token"
    head = dora.push("name", NICK)
    made = again()
    assert (made.key, made.landing, made.people) == (
        connection.key,
        Landing.BRANCH,
        {"dora": owner.email},
    )
    assert made.mirrored == ["main", "name"]
    assert not Parting.objects.exists()
    assert AuditEntry.objects.filter(action="forge.reconnect").exists()
    finish(made)
    row = PullRequest.objects.get()
    assert (row.connection, row.proposal, row.head_sha) == (made, proposal, head)
    assert row.proposal.head == head
    assert Proposal.objects.count() == len(forge.comments) == 1
    assert "nick" in forge.comment(pull.number)
    pull.state = "closed"
    forge.git("update-ref", "-d", "refs/heads/name")
    deliver(forge.push_delivery("name"))
    finish(made)
    assert list(heads(project)) == ["main"]


def test_what_ended_there_meanwhile_ends_here(pull, forge, owner, project, again):
    disconnect(owner, Connection.objects.get())
    pull.state = "closed"
    forge.git("update-ref", "-d", "refs/heads/name")
    finish(again())
    assert list(heads(project)) == ["main"]
    assert Proposal.objects.get().state == "closed"


def test_another_account_has_the_same_proposal_and_a_comment_of_its_own(pull, forge, dora, owner, api, again):
    disconnect(owner, Connection.objects.get())
    address = "/api/v1/teams/acme/projects/shop/proposals/1/"
    assert api(owner).patch(address, {"state": "closed"}, format="json").status_code == 200
    forge.login = "braid-app"
    dora.push("name", NICK)
    finish(again())
    authors = [each["user"]["login"] for each in forge.comments.values()]
    assert authors == ["braid", "braid-app"]
    assert not Entry.objects.exclude(error="").exists()
    assert Proposal.objects.get().state == "open"


def test_what_was_pushed_here_is_refused_by_name(pull, forge, dora, owner, project, again):
    before = heads(project)["name"]
    disconnect(owner, Connection.objects.get())
    commit = push_here(dora, project, "name", NICK)
    push_here(dora, project, "mine", {"notes.txt": "Mine.\n"})
    with pytest.raises(
        RefusedError, match=rf"mine \(new\), name \(was at {before[:12]}\)\. Push them to acme/shop"
    ):
        again()
    assert not Connection.objects.exists()
    assert heads(project)["name"] == commit
    for name in ("mine", "name"):
        dora.git("push", "--quiet", "origin", f"{heads(project)[name]}:refs/heads/{name}")
    forge.refresh()
    finish(again())
    assert heads(project)["name"] == commit
    assert "mine" in Connection.objects.get().mirrored


def test_another_repository_is_refused_and_what_is_queued_lands_first(
    pull, forge, owner, project, pull_of, again
):
    ask_for(project, approvals=0)
    enter(owner, pull_of, pull)
    disconnect(owner, Connection.objects.get())
    before = heads(project)
    forge.number = 8
    with pytest.raises(RefusedError, match=f"has the branches of {NAME} on {forge.base_url}"):
        again()
    forge.number = 7
    assert heads(project) == before
    with pytest.raises(RefusedError, match="in the queue and would land past the forge: #1"):
        again()
    QueueEntry.objects.update(stage="withdrawn")
    assert again().mirrored == ["main", "name"]


def test_a_look_that_was_under_way_moves_nothing(connection, forge, dora, work, owner, project):
    work()
    stale = Connection.objects.get()
    git = Git.of(stale, client_of(stale))
    dora.push("main", NICK)
    seen = mirror.look(git, ())
    disconnect(owner, stale)
    before = heads(project)
    with pytest.raises(Unusable, match="does not follow"):
        mirror.bring_in(stale, git, seen, frozenset())
    assert heads(project) == before
