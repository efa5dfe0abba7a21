"""`braid approve` against a running web server."""

import json

import pytest

from apps.proposals.access import meeting_of
from apps.proposals.actions import policing
from apps.proposals.models import Bypass, Review
from braid.command import main


@pytest.fixture
def typed(transactional_db, live_server, owner, propose, run_meetings, project, token_of, monkeypatch, capfd):
    """`typed(user, "7", "--look")`: type it as that person; returns the exit code and what was printed."""
    policing.change_policy(owner, project, required_checks=[])
    propose()
    run_meetings()
    capfd.readouterr()
    monkeypatch.setenv("BRAID_URL", live_server.url)
    monkeypatch.setenv("BRAID_PROJECT", "acme/shop")

    def type_it(user, *arguments):
        monkeypatch.setenv("BRAID_TOKEN", token_of(user))
        code = main(["approve", *arguments])
        return code, capfd.readouterr()

    return type_it


def test_looking_approving_and_bypassing(typed, owner, maintainer, developer, viewer):
    code, said = typed(viewer, "1", "--look")
    assert (code, said.out.splitlines()[1:]) == (
        1,
        ["  ✓ Merges: merges, in either order", "  ✗ Approvals: 0 of 1"],
    )
    code, said = typed(viewer, "1")
    assert (code, Review.objects.count()) == (2, 0)
    assert "needs the role developer" in said.err
    code, said = typed(developer, "#1")
    assert (code, Review.objects.count()) == (1, 0)
    assert "own work" in said.err
    code, said = typed(maintainer, "1", "--change", "abc")
    assert (code, Review.objects.count()) == (1, 0)
    assert "look again" in said.err
    assert typed(maintainer, "1", "--request-changes", "-m", "Why?")[0] == 1
    assert Review.objects.get().body == "Why?"
    code, said = typed(owner, "1", "--bypass", "Down", "--json")
    assert (code, json.loads(said.out)["bypass"]["reason"]) == (0, "Down")
    Bypass.objects.all().delete()
    code, said = typed(maintainer, "1", "--change", _hash()[:8])
    assert (code, said.out.splitlines()[0]) == (0, f"#1 approved, ready to land (change {_hash()[:12]})")


def _hash():
    return meeting_of(Review.objects.latest("id").proposal).result.change_hash
