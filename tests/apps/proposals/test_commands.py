"""`braid propose` and `braid status` in a clone, against a running web server."""

import json

import pytest

from apps.merges.models import Meeting
from apps.proposals.models import Proposal
from braid.command import main


@pytest.fixture
def typed(transactional_db, live_server, push_branch, shop, token_of, monkeypatch, capfd):
    """`typed(user, "status", "7")` in the clone with the branch `feature` checked out."""
    push_branch("feature")
    shop.git("remote", "add", "origin", f"{live_server.url}/acme/shop.git")
    monkeypatch.chdir(shop.folder)
    monkeypatch.setenv("BRAID_URL", live_server.url)
    monkeypatch.delenv("BRAID_PROJECT", raising=False)

    def type_it(user, *arguments):
        monkeypatch.setenv("BRAID_TOKEN", token_of(user))
        capfd.readouterr()
        code = main([*arguments])
        return code, capfd.readouterr()

    return type_it


def test_proposing_and_looking(typed, run_meetings, shop, developer, viewer, stranger, monkeypatch):
    code, said = typed(developer, "status")
    assert (code, "the branch feature is not proposed" in said.err) == (2, True)
    code, said = typed(viewer, "propose")
    assert (code, "needs the role developer" in said.err) == (2, True)
    code, said = typed(stranger, "propose")
    assert (code, "not a member of the team" in said.err) == (2, True)
    code, said = typed(developer, "propose", "--title", "Names", "-m", "Why.", "--draft")
    assert (code, said.out.splitlines()[0]) == (0, "#1 Names, proposed as a draft")
    made = Proposal.objects.get()
    assert (made.branch.name, made.description, made.author) == ("feature", "Why.", developer)
    code, said = typed(developer, "propose")
    assert (code, "proposed already, as #1" in said.err) == (1, True)
    run_meetings()
    code, said = typed(viewer, "status", "--wait")
    assert said.out.splitlines()[0] == "#1 Names  feature (open, draft)"
    assert "merges, in either order" in said.out
    code, said = typed(viewer, "status", "#1", "--json")
    document = json.loads(said.out)
    assert (document["merge"]["outcome"], document["readiness"]["ready"]) == ("clean", False)
    code, said = typed(viewer, "status", "--all")
    assert (code, said.out.splitlines()[0]) == (0, "#1 Names  feature (open, draft)")
    shop.commit({"README": "x"})
    Proposal.objects.update(state="merged", merged_commit="a" * 40)
    code, said = typed(viewer, "status", "feature", "--project", "acme/shop")
    assert (code, "merged as aaaaaaaaaa" in said.out) == (0, True)


def test_what_is_wrong_with_the_asking_is_said(typed, developer, monkeypatch, capfd):
    code, said = typed(developer, "propose", "nowhere")
    assert (code, "acme/shop has no branch nowhere, or you are not" in said.err) == (2, True)
    code, said = typed(developer, "status", "7")
    assert (code, "acme/shop has no proposal #7, or you are not" in said.err) == (2, True)
    monkeypatch.setenv("BRAID_TOKEN", "brd_none")
    assert main(["status", "7"]) == 2
    assert "BRAID_TOKEN is no token that http" in capfd.readouterr().err
    monkeypatch.setenv("BRAID_URL", "http://127.0.0.1:1")
    code, said = typed(developer, "status", "7", "--project", "acme/shop")
    assert (code, "does not answer" in said.err) == (3, True)
    monkeypatch.setenv("BRAID_URL", "file:///etc")
    assert typed(developer, "status", "7")[0] == 2
    monkeypatch.delenv("BRAID_URL")
    code, said = typed(developer, "status")
    assert (code, "set BRAID_URL" in said.err) == (2, True)


def test_a_head_that_is_not_pushed_is_told(typed, shop, developer):
    shop.commit({"README": "x"}, "More")
    code, said = typed(developer, "propose")
    assert (code, "feature is not pushed as it is here" in said.err) == (0, True)
    assert Meeting.objects.get().theirs_commit != shop.git("rev-parse", "HEAD")
