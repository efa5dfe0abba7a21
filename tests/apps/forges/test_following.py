"""Deliveries, and what follows them: branches, pull requests, proposals."""

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from apps.accounts.errors import RefusedError
from apps.forges import outbox
from apps.forges.connecting import change, connect, disconnect, forget_former_secret, renew_secret
from apps.forges.inbox import receive
from apps.forges.models import Arrival, Connection, Entry
from apps.proposals.models import Proposal
from apps.repositories.commits import branch_heads
from apps.repositories.models import Branch
from apps.repositories.storage import open_repository
from forges import Kind
from tests.apps.forges.conftest import USERS
from tests.forges.gitea import SECRET, TOKEN
from tests.forges.hosting import NAME
from worker.reporting import report

NAME_COLUMN = {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}


def heads(project):
    return branch_heads(open_repository(project))


def test_a_connected_repository_is_mirrored_and_judged(connection, forge, dora, work, project):
    dora.push("quiet", NAME_COLUMN)
    work()
    assert heads(project) == {"main": forge.head("main")}, "branches that nobody asks about are passed over"
    verdict = Branch.objects.get(project=project, name="main").verdicts.get()
    assert verdict.state == "passed"


def test_a_pull_request_becomes_a_proposal(connection, forge, dora, deliver, work, project, pull_of):
    work()
    head = dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name", body="For *greetings*.")
    assert deliver(forge.push_delivery("name")) == 202
    assert deliver(forge.pull_delivery(pull, "opened")) == 202
    work()
    row = pull_of(pull)
    assert (row.proposal.title, row.proposal.description, row.proposal.head) == (
        "Add a name",
        "For *greetings*.",
        head,
    )
    assert forge.status(head, "braid/migrations") == "success"
    assert forge.status(head, "braid") == "success"
    assert "- + `column public.users.name`" in forge.comment(pull.number)


def test_changes_on_the_forge_change_the_proposal(connection, forge, dora, deliver, work, pull_of):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    pull.title, pull.draft = "Add the name", True
    deliver(forge.pull_delivery(pull, "edited"))
    work()
    proposal = pull_of(pull).proposal
    assert (proposal.title.removeprefix("WIP: "), proposal.is_draft) == ("Add the name", True)
    pull.state = "closed"
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    assert pull_of(pull).proposal.state == "closed"
    pull.state = "open"
    deliver(forge.pull_delivery(pull, "reopened"))
    work()
    assert pull_of(pull).proposal.state == "open"


def test_a_login_that_is_named_later_is_the_author_from_then_on(
    connection, forge, dora, deliver, work, pull_of, owner, developer
):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert pull_of(pull).proposal.author is None
    change(owner, Connection.objects.get(), people={"dora": developer.email})
    work()
    proposal = pull_of(pull).proposal
    assert proposal.author == developer
    assert [event.data for event in proposal.events.filter(kind="author_named")] == [{"name": "Dora"}]
    change(owner, Connection.objects.get(), people={"dora": owner.email})
    work()
    assert pull_of(pull).proposal.author == developer


def test_what_the_forge_says_is_changed_there(
    connection, forge, dora, deliver, work, pull_of, developer, signed_in, api, owner
):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    proposal, browser = pull_of(pull).proposal, signed_in(developer)
    path, client = "/acme/shop/proposals/1/", api(developer)
    address = "/api/v1/teams/acme/projects/shop/proposals/1/"
    there = f'href="{forge.base_url}/acme/shop/pulls/1" rel="noreferrer">Edit on Gitea or Forgejo</a>'
    for page in ("edit/", "discussion/"):
        shown = browser.get(path + page).content.decode()
        assert there in shown
        assert 'name="title"' not in shown
        assert 'value="close"' not in shown
    refused = browser.post(path + "edit/", {"title": "Mine", "description": ""})
    assert refused.status_code == 400
    assert "comes from pull request #1 on Gitea" in refused.content.decode()
    for wanted in ({"title": "Mine"}, {"draft": True}, {"state": "closed"}):
        answer = client.patch(address, wanted, format="json")
        assert answer.status_code == 409
        assert f"Change it there, and it is changed here: {forge.base_url}" in answer.json()["detail"]
    assert client.patch(address, {"title": "Add a name", "labels": ["big"]}, format="json").status_code == 200
    browser.post(path + "state/", {"verb": "close"})
    proposal.refresh_from_db()
    assert (proposal.title, proposal.is_draft, proposal.state) == ("Add a name", False, "open")
    pull.state = "closed"
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    assert client.patch(address, {"state": "open"}, format="json").status_code == 409
    assert client.patch(address, {"title": "What it was"}, format="json").status_code == 200
    disconnect(owner, Connection.objects.get())
    assert client.patch(address, {"state": "open"}, format="json").status_code == 200


def test_a_forced_push_and_a_deleted_branch_are_followed(
    connection, forge, dora, deliver, work, project, pull_of
):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    dora.git("reset", "--quiet", "--hard", "main")
    forced = dora.push(
        "name", {"migrations/0002_nick.up.sql": "alter table users add nick text;\n"}, force=True
    )
    deliver(forge.push_delivery("name"))
    work()
    assert pull_of(pull).proposal.head == forced == pull_of(pull).head_sha
    assert Proposal.objects.get().events.filter(kind="pushed").get().data["forced"]
    pull.state = "closed"
    forge.git("update-ref", "-d", "refs/heads/name")
    deliver(forge.push_delivery("name"))
    work()
    assert "name" not in heads(project)
    assert pull_of(pull).proposal.state == "closed"


def test_a_pull_request_of_a_fork_has_a_branch_of_its_own(
    connection, forge, dora, deliver, work, project, pull_of
):
    work()
    head = dora.push("name", NAME_COLUMN)
    forge.git("update-ref", "refs/pull/1/head", head)
    forge.git("update-ref", "-d", "refs/heads/name")
    pull = forge.open_pull("main", "From afar", fork="eve/shop", author="eve")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert heads(project)["pull-1"] == head
    assert pull_of(pull).proposal.branch.name == "pull-1"
    assert forge.status(head, "braid") == "success"
    pull.state = "closed"
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    assert "pull-1" not in heads(project)
    assert pull_of(pull).proposal.state == "closed"


def test_a_merge_on_the_forge_ends_the_proposal(connection, forge, dora, deliver, work, pull_of):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    assert forge.merge(pull, "") == 200
    deliver(forge.push_delivery("main"))
    deliver(forge.pull_delivery(pull, "closed"))
    work()
    proposal = pull_of(pull).proposal
    assert (proposal.state, proposal.merged_commit) == ("merged", forge.head("main"))


def test_a_squash_ends_it_too(connection, forge, dora, deliver, work, pull_of):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    squashed = dora.push("main", NAME_COLUMN, "Add a name (#1)")
    pull.state, pull.merged, pull.merge_commit = "closed", True, squashed
    forge.git("update-ref", "-d", "refs/heads/name")
    deliver(forge.push_delivery("main"))
    work()
    proposal = pull_of(pull).proposal
    assert (proposal.state, proposal.merged_commit) == ("merged", squashed)


def test_another_target_is_judged_and_not_proposed(connection, forge, dora, deliver, work, pull_of):
    work()
    head = dora.push("name", NAME_COLUMN)
    dora.push("release", {})
    pull = forge.open_pull("name", "Backport", base="release")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    row = pull_of(pull)
    assert row.proposal is None
    assert "not into the default branch main" in row.trouble
    assert forge.status(head, "braid") == "success"


def test_a_branch_gives_way_to_a_folder_of_its_name(connection, forge, dora, deliver, work, project):
    work()
    dora.push("feature", NAME_COLUMN)
    deliver(forge.push_delivery("feature"))
    work()
    forge.git("update-ref", "-d", "refs/heads/feature")
    dora.git("branch", "-m", "feature", "old")
    dora.push("feature/name", NAME_COLUMN)
    deliver(forge.push_delivery("feature/name"))
    work()
    assert set(heads(project)) == {"main", "feature/name"}


def test_deliveries_are_kept_once_and_only_with_a_good_signature(connection, forge, dora, deliver):
    body, headers = forge.push_delivery("main")
    assert deliver((body, headers)) == 202
    assert deliver((body, headers)) == 200
    arrival = Arrival.objects.get()
    assert (arrival.repeats, arrival.state, arrival.event) == (1, "waiting", "push")
    assert deliver((body + b" ", headers)) == 401
    first = Connection.objects.get().rejected_at
    assert first is not None
    assert deliver((body, {**headers, "X-Gitea-Signature": ""})) == 401
    assert Connection.objects.get().rejected_at == first, "strangers make no work"
    assert Arrival.objects.count() == 1
    assert Connection.objects.get().wanted == connection.wanted + 1


def test_a_delivery_costs_two_statements(connection, forge, django_assert_num_queries):
    body, headers = forge.push_delivery("main")
    told = {name.lower(): value for name, value in headers.items()}
    for is_repeat in (False, True):
        with django_assert_num_queries(2):
            receipt = receive(Kind.GITEA, connection.key, told, body)
        assert receipt.is_repeat is is_repeat


def test_addresses_that_are_nobodys(connection, forge, dora):
    body, headers = forge.push_delivery("main")
    client = Client(headers=headers)
    for kind, key in ((Kind.GITHUB, connection.key), (Kind.GITEA, "0" * 8 + "-0000-4000-8000-" + "0" * 12)):
        answer = client.post(reverse("forge-hook", args=[kind, key]), body, content_type="application/json")
        assert answer.status_code == 404
    assert client.get(reverse("forge-hook", args=[Kind.GITEA, connection.key])).status_code == 405
    huge = client.post(
        reverse("forge-hook", args=[Kind.GITEA, connection.key]),
        b"x" * (25 * 2**20 + 1),
        content_type="application/json",
    )
    assert huge.status_code == 413


def test_a_renewed_secret_leaves_the_former_good_for_a_while(connection, owner, forge, dora, deliver):
    renew_secret(owner, connection)
    assert deliver(forge.push_delivery("main")) == 202
    forget_former_secret(owner, Connection.objects.get())
    assert deliver(forge.push_delivery("main")) == 401


def test_what_a_connection_needs(transactional_db, project, owner, forge, dora):
    with pytest.raises(RefusedError, match=r"(?i)token"):
        connect(owner, project, Kind.GITEA, forge.base_url, NAME, token="wrong")
    with pytest.raises(RefusedError):
        connect(owner, project, Kind.GITEA, forge.base_url, "acme/other", token=TOKEN)
    with pytest.raises(RefusedError, match="not a public address"):
        connect(owner, project, Kind.GITEA, "https://10.0.0.1", NAME, token=TOKEN)
    with pytest.raises(RefusedError, match="full path"):
        connect(owner, project, Kind.GITEA, forge.base_url, "../etc", token=TOKEN)
    assert not Connection.objects.exists()


def test_a_project_with_work_of_its_own_follows_nobody(transactional_db, workspace, owner, forge, dora):
    workspace.commit({"migrations/0001_users.up.sql": USERS})
    workspace.push("main")
    with pytest.raises(RefusedError, match="branches of its own"):
        connect(owner, workspace.project, Kind.GITEA, forge.base_url, NAME, token=TOKEN)


def test_a_forge_that_is_down_loses_nothing(connection, forge, dora, deliver, work, project):
    work()
    head = dora.push("name", NAME_COLUMN)
    forge.faults += [lambda handler: handler.send({}, 503)] * 3
    deliver(forge.push_delivery("name"))
    work()
    waiting = Connection.objects.get()
    assert waiting.wanted > waiting.seen
    assert waiting.trouble
    assert waiting.not_before is not None
    forge.faults.clear()
    Connection.objects.update(not_before=None, attempts=0)
    work()
    assert heads(project)["name"] == head
    assert Connection.objects.get().trouble == ""
    assert forge.status(head, "braid") == "success"


def test_texts_that_no_database_takes_and_another_default_branch(
    connection, forge, dora, deliver, work, pull_of
):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Nul\0 and \u202e", body="x\0y")
    deliver(forge.pull_delivery(pull, "opened"))
    forge.default = "trunk"
    work()
    assert pull_of(pull).proposal.description == "xy"
    assert "default branch on the forge is trunk" in Connection.objects.get().trouble


def test_a_renamed_repository_is_followed(connection, forge, dora, deliver, work, project):
    work()
    forge.rename("acme/store")
    dora.git("remote", "set-url", "origin", str(forge.repository))
    head = dora.push("main", NAME_COLUMN)
    assert deliver(forge.push_delivery("main")) == 202
    work()
    connection.refresh_from_db()
    assert (connection.name, connection.clone_url) == ("acme/store", forge.clone_url)
    assert heads(project) == {"main": head}
    assert forge.status(head, "braid") == "success"


def test_what_is_to_be_told_is_told_under_the_new_name(connection, forge, work):
    work()
    head = forge.head("main")
    forge.rename("acme/store")
    forge.statuses.clear()
    outbox.send_again(Entry.objects.get(sha=head))
    report(connection.pk)
    assert forge.status(head, "braid") == "success"


def test_a_renamed_repository_is_known_by_its_id_where_another_has_its_name(
    connection, forge, dora, deliver, work, project
):
    work()
    forge.rename("acme/store")
    forge.is_name_taken = True
    dora.git("remote", "set-url", "origin", str(forge.repository))
    head = dora.push("main", NAME_COLUMN)
    assert deliver(forge.push_delivery("main")) == 202
    work()
    connection.refresh_from_db()
    assert (connection.name, connection.trouble, heads(project)) == ("acme/store", "", {"main": head})


def test_a_renamed_branch_keeps_its_proposal(connection, forge, dora, deliver, work, pull_of):
    work()
    dora.push("name", NAME_COLUMN)
    pull = forge.open_pull("name", "Add a name")
    deliver(forge.pull_delivery(pull, "opened"))
    work()
    before = pull_of(pull).proposal
    forge.rename_branch("name", "names")
    deliver(forge.push_delivery("names"))
    work()
    after = pull_of(pull).proposal
    assert (after.pk, after.branch.name, after.state, after.head) == (before.pk, "names", "open", before.head)
    kinds = after.events.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["opened", "branch_renamed"]


def test_another_repository_of_the_name_is_not_followed(connection, forge, dora, deliver, work, project):
    work()
    before = forge.head("main")
    forge.number = 9
    dora.push("main", NAME_COLUMN)
    assert deliver(forge.push_delivery("main")) == 202
    work()
    connection.refresh_from_db()
    assert heads(project) == {"main": before}
    assert connection.number == "7"
    assert connection.trouble.startswith("Another repository is called acme/shop now")


def test_disconnecting_leaves_what_was_mirrored(connection, owner, work, project):
    work()
    disconnect(owner, Connection.objects.get())
    assert "main" in heads(project)
    assert not Connection.objects.exists()


def test_a_secret_in_an_old_body_is_not_kept(connection, forge, dora, deliver):
    body, headers = forge.delivery("push", {"ref": "refs/heads/main", "secret": SECRET, "number": 7})
    assert deliver((body, headers)) == 202
    kept = bytes(Arrival.objects.get().body)
    assert SECRET.encode() not in kept
    assert b"refs/heads/main" in kept


def test_a_branch_that_came_while_nobody_listened_is_found(connection, forge, dora, work, project):
    work()
    dora.push("unheard", NAME_COLUMN)
    Connection.objects.update(looked_at=None, wanted=F("wanted") + 1)
    work()
    assert "unheard" in heads(project)
