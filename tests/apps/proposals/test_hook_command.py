"""`braid hook run` beside a running Braid: it also says what the server found when the branch was pushed last."""

import io
import logging

import pytest

from braid.command import main

NEW = "0" * 40


@pytest.fixture
def push_through(live_server, shop, token_of, monkeypatch, capfd, caplog):
    """`push_through(user, branch)`: what git's hook is told when the branch is pushed as it is in the clone."""
    # The server runs in this process, and says what it does not find.
    caplog.set_level(logging.CRITICAL, "django.request")
    monkeypatch.chdir(shop.folder)
    monkeypatch.setenv("BRAID_URL", live_server.url)
    monkeypatch.setenv("BRAID_PROJECT", "acme/shop")
    monkeypatch.setenv("SANDBOX_PARKED_MB", "0")

    def push(user, branch, *options):
        monkeypatch.setenv("BRAID_TOKEN", token_of(user))
        line = f"refs/heads/{branch} {shop.git('rev-parse', branch)} refs/heads/{branch} {NEW}\n"
        monkeypatch.setattr("sys.stdin", io.StringIO(line))
        capfd.readouterr()
        code = main(["hook", "run", "--timeout", "60", *options, "--", str(shop.remote), str(shop.remote)])
        return code, capfd.readouterr().err

    return push


def test_what_the_server_knows(push_through, collide, push_branch, shop, developer, stranger, monkeypatch):
    collide()
    known = (
        "braid: 0003_theirs, as it was pushed last, collides with main on column public.users.email (type)\n"
    )
    code, said = push_through(developer, "0003_theirs")
    assert (code, said.startswith(known)) == (0, True), said
    assert "braid: 0003_theirs collides with main\n" in said
    assert push_through(developer, "0003_theirs", "--block")[0] == 1
    shop.switch("never-pushed", "main")
    assert push_through(developer, "never-pushed") == (0, "")
    assert push_through(stranger, "never-pushed") == (0, "")
    monkeypatch.setenv("BRAID_URL", "http://127.0.0.1:9")
    code, said = push_through(developer, "0003_theirs")
    assert code == 0
    assert said.startswith("braid: http://127.0.0.1:9 does not answer")
    assert "braid: 0003_theirs collides with main\n" in said
