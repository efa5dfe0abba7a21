"""Commits that GitHub's merge queue makes of pull requests, which are judged before they land."""

import pytest

WIDE = {"migrations/0002_wide.up.sql": "alter table users alter column email type varchar(200);\n"}
NARROW = {"migrations/0003_narrow.up.sql": "alter table users alter column email type varchar(80);\n"}
AGE = {"migrations/0004_age.up.sql": "alter table users add column age int;\n"}


@pytest.fixture
def opened(connection, forge, dora, deliver, work):
    def make(name, files):
        dora.push(name, files)
        pull = forge.open_pull(name, name)
        deliver(forge.pull_delivery(pull, "opened"))
        work()
        return pull

    work()
    return make


@pytest.fixture
def queued(forge, dora, deliver, work):
    """`queued(pull, on)`: the queue's branch for a pull request, on the default branch or the one ahead; its commit."""

    def make(pull, on="main", squash=False):
        base = dora.git("rev-parse", on)
        name = f"gh-readonly-queue/main/pr-{pull.number}-{base}"
        dora.git("switch", "--quiet", "--create", name, on)
        dora.git(
            "merge", "--quiet", *(["--squash"] if squash else ["--no-ff", "--message", "Queue"]), pull.head
        )
        if squash:
            dora.git("commit", "--quiet", "--message", "Queue")
        dora.git("push", "--quiet", "origin", f"HEAD:refs/heads/{name}")
        deliver(forge.push_delivery(name))
        work()
        return name, dora.git("rev-parse", "HEAD")

    return make


@pytest.mark.parametrize("squash", [False, True])
def test_what_collides_with_what_is_ahead_does_not_pass_the_queue(opened, queued, forge, squash):
    wide, narrow, age = opened("wide", WIDE), opened("narrow", NARROW), opened("age", AGE)
    first, commit = queued(wide, squash=squash)
    assert [forge.status(commit, f"braid{each}") for each in ("/merge", "")] == ["success", "success"]
    _, commit = queued(narrow, on=first, squash=squash)
    assert [forge.status(commit, f"braid{each}") for each in ("/migrations", "/collisions", "")] == [
        "success",
        "failure",
        "failure",
    ]
    _, commit = queued(age, on=first, squash=squash)
    assert forge.status(commit, "braid") == "success"
    assert "gh-readonly-queue" not in forge.comment(narrow.number)
    assert "with `wide` on" in forge.comment(narrow.number)


def test_the_queue_hears_of_a_default_branch_that_moved(opened, queued, forge, dora, deliver, work):
    wide = opened("wide", WIDE)
    _, commit = queued(wide)
    assert forge.status(commit, "braid") == "success"
    dora.git("switch", "--quiet", "main")
    dora.push("main", NARROW)
    deliver(forge.push_delivery("main"))
    work()
    assert [forge.status(commit, f"braid{each}") for each in ("/merge", "")] == ["failure", "failure"]
