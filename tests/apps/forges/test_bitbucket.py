"""The road of pull requests on a Bitbucket of the tests' own: from forks, and after a rename."""

import base64

import pytest

from apps.accounts.sealing import seal
from apps.forges.connecting import connect
from apps.forges.models import Connection
from apps.proposals.actions.queueing import queue
from apps.proposals.models import Proposal
from forges import Kind
from tests.apps.proposals.queues import ask_for
from tests.forges import bitbucket_site
from tests.forges.bitbucket_site import SECRET, TOKEN
from tests.forges.hosting import NAME

NAME_COLUMN = {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}


@pytest.fixture
def forge(tmp_path, settings):
    with bitbucket_site.serve(tmp_path / "bitbucket") as running:
        settings.EGRESS_ALLOW = [running.host]
        settings.REPOSITORIES = tmp_path / "repositories"
        yield running


@pytest.fixture
def connection(transactional_db, project, owner, forge, dora, work_before):
    made, _ = connect(owner, project, Kind.BITBUCKET, forge.base_url, NAME, token=TOKEN)
    Connection.objects.filter(pk=made.pk).update(secret=seal(SECRET))
    made.refresh_from_db()
    return made


@pytest.fixture
def work_before(project):
    ask_for(project, approvals=0)


@pytest.fixture
def from_fork(forge, dora, deliver, work):
    """`from_fork("public")`: a pull request from a fork that may be read so, looked at."""
    work()

    def make(readers):
        folder = forge.make_fork("dora/shop", readers)
        dora.git("remote", "add", "fork", str(folder))
        dora.git("switch", "--quiet", "--create", "name", "main")
        return push(dora, NAME_COLUMN), look_at(forge, deliver, work)

    return make


def push(dora, files):
    for path, text in files.items():
        (dora.folder / path).write_text(text)
    dora.git("add", "--all")
    dora.git("commit", "--quiet", "--message", "Change the schema")
    dora.git("push", "--quiet", "fork", "HEAD:refs/heads/name")
    return dora.git("rev-parse", "HEAD")


def look_at(forge, deliver, work):
    pull = forge.open_pull("name", "Add a name", fork="dora/shop")
    assert deliver(forge.pull_delivery(pull, "created")) == 202
    work()
    return pull


@pytest.mark.parametrize("readers", ["public", "token"])
def test_a_fork_is_checked_and_lands(from_fork, forge, dora, owner, deliver, work, pull_of, readers):
    head, pull = from_fork(readers)
    proposal = pull_of(pull).proposal
    assert (proposal.branch.name, proposal.head, pull_of(pull).trouble) == ("pull-1", head, "")
    assert "- + `column public.users.name`" in forge.comment(1)
    shown = {base64.b64decode(given.removeprefix("Basic ")).decode() for _, given in forge.shown}
    assert shown == ({""} if readers == "public" else {"", f"x-token-auth:{TOKEN}"})
    head = push(dora, {"migrations/0003_nick.up.sql": "alter table users add column nick text;\n"})
    deliver(forge.pull_delivery(pull, "updated"))
    work()
    proposal.refresh_from_db()
    assert proposal.head == head
    # A look at something else asks nothing of the fork, and takes nothing away.
    forge.shown.clear()
    deliver(forge.push_delivery("main"))
    work()
    assert (forge.shown, Proposal.objects.get().state) == ([], "open")
    queue(owner, proposal)
    work()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.merged_commit) == ("merged", forge.head("main"))


def test_a_fork_that_can_t_be_read_is_named_and_says_why(
    from_fork, forge, dora, deliver, work, pull_of, client, owner, project
):
    head, pull = from_fork("nobody")
    row = pull_of(pull)
    assert row.proposal is None
    assert "Braid can't read the fork dora/shop. Make it public" in row.trouble
    assert "let the account or token that Braid has read it" in forge.comment(1)
    client.force_login(owner)
    page = client.get(f"{project.get_absolute_url()}settings/forge/").content.decode()
    assert "can&#x27;t read the fork dora/shop" in page
    forge.forks["dora/shop"] = "public"
    deliver(forge.pull_delivery(pull, "updated"))
    work()
    assert (pull_of(pull).proposal.head, pull_of(pull).trouble) == (head, "")
    assert "- + `column public.users.name`" in forge.comment(1)
    forge.forks["dora/shop"] = "nobody"
    deliver(forge.pull_delivery(pull, "updated"))
    work()
    assert pull_of(pull).proposal.state == "open", "what was read stays"
    assert "can't read the fork" in pull_of(pull).trouble
    pull.state = "closed"
    deliver(forge.pull_delivery(pull, "rejected"))
    work()
    assert pull_of(pull).proposal.state == "closed"


def test_a_renamed_repository_is_followed(connection, forge, dora, deliver, work, pull_of):
    work()
    forge.rename("shops/store")
    dora.git("remote", "set-url", "origin", str(forge.repository))
    head = dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    assert deliver(forge.pull_delivery(pull, "created")) == 202
    work()
    connection.refresh_from_db()
    assert (connection.name, connection.trouble) == ("shops/store", "")
    assert (pull_of(pull).proposal.head, forge.status(head, "braid")) == (head, "SUCCESSFUL")
