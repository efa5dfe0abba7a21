"""The road of a merge request, on a GitLab of the tests' own."""

import pytest

from apps.accounts.sealing import seal
from apps.forges.connecting import connect
from apps.forges.models import Connection, Landing
from apps.proposals.actions.queueing import queue
from forges import Kind
from tests.apps.proposals.queues import ask_for
from tests.forges import gitlab_site
from tests.forges.gitlab_site import SECRET, TOKEN
from tests.forges.hosting import NAME

NAME_COLUMN = {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}


@pytest.fixture
def forge(tmp_path, settings):
    with gitlab_site.serve(tmp_path / "gitlab") as running:
        settings.EGRESS_ALLOW = [running.host]
        settings.REPOSITORIES = tmp_path / "repositories"
        yield running


@pytest.fixture
def connection(transactional_db, project, owner, forge, dora):
    made, _ = connect(owner, project, Kind.GITLAB, forge.base_url, NAME, token=TOKEN)
    Connection.objects.filter(pk=made.pk).update(secret=seal(SECRET), landing=Landing.FORGE)
    made.refresh_from_db()
    return made


def test_a_merge_request_becomes_a_proposal_and_is_merged(
    connection, forge, dora, deliver, work, project, owner, pull_of
):
    work()
    ask_for(project, approvals=0)
    head = dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name", body="For *greetings*.")
    assert deliver(forge.push_delivery("name")) == 202
    assert deliver(forge.pull_delivery(pull, "open")) == 202
    work()
    proposal = pull_of(pull).proposal
    assert (proposal.title, proposal.description, proposal.head) == ("Add a name", "For *greetings*.", head)
    assert forge.status(head, "braid/migrations") == forge.status(head, "braid") == "success"
    assert "- + `column public.users.name`" in forge.comment(pull.number)
    queue(owner, proposal)
    work()
    deliver(forge.pull_delivery(pull, "merge"))
    work()
    proposal.refresh_from_db()
    assert pull.merged
    assert (proposal.state, pull_of(pull).state) == ("merged", "merged")
