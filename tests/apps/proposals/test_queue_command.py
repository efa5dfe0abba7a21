"""`braid queue` in a clone, against a running web server."""

import json
import re

import pytest

from braid.command import main
from tests.apps.proposals.queues import ask_for, run


@pytest.fixture
def typed(transactional_db, live_server, shop, token_of, monkeypatch, capfd):
    """`typed(user, "queue", "1")` in a clone of the project."""
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


def test_queueing_leaving_and_landing(typed, propose, run_meetings, project, developer, viewer):
    ask_for(project, approvals=0)
    propose("0002_a", "alter table users add column a int;\n")
    code, said = typed(developer, "queue", "1")
    assert (code, "not ready to land" in said.err) == (1, True)
    run_meetings()
    propose("0002_b", "alter table users add column b int;\n")
    run_meetings()
    code, said = typed(viewer, "queue", "1")
    assert (code, "needs the role developer" in said.err) == (2, True)
    code, said = typed(developer, "queue", "1", "--change", "0f0f")
    assert (code, "not 0f0f: look again" in said.err) == (1, True)
    change = re.search(r"ready to land .*\(change (\w{12})\)", typed(viewer, "status", "1")[1].out)[1]
    code, said = typed(developer, "queue", "1", "--change", change)
    assert f"  change {change}" in said.out
    assert (code, said.out.splitlines()[0]) == (0, "1. #1 Add 0002_a  waiting")
    code, said = typed(viewer, "queue", "--list")
    assert (code, said.out.splitlines()[0]) == (0, "1. #1 Add 0002_a  waiting")
    code, said = typed(developer, "queue", "1", "--leave")
    assert (code, said.out.splitlines()[0]) == (0, "#1 Add 0002_a  withdrawn")
    assert typed(viewer, "queue", "--list")[1].out == "nobody is lined up\n"
    for number in ("1", "0002_b"):
        assert typed(developer, "queue", number, "--delete-branch")[0] == 0
    run(project, 2)
    code, said = typed(viewer, "queue", "2", "--look", "--wait")
    assert code == 0
    assert "landed as" in said.out
    assert "  0002_b lands as 0003_b" in said.out
    assert "UPDATE schema_migrations SET version = 3" in said.out
    code, said = typed(viewer, "queue", "--list", "--json")
    assert [each["proposal"] for each in json.loads(said.out)["recent"]] == [2, 1, 1]
