"""git's pre-push hook, pushed through by git itself."""

import subprocess
from pathlib import Path

import pytest

from tests.command.conftest import Braid, Folder, python
from tests.workspace import GIT

pytestmark = pytest.mark.timeout(300)

DEFAULT = 'ALTER TABLE "Guest" ALTER COLUMN "email" SET DEFAULT {};\n'
FILE = "prisma/migrations/{}/migration.sql"


@pytest.fixture
def clone(repository: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A developer's clone on `work`, whose main has moved on at origin without the developer's knowing."""
    bare = tmp_path / "origin.git"
    repository.git("clone", "--quiet", "--bare", str(repository.path), str(bare))
    repository.git("--git-dir", str(bare), "symbolic-ref", "HEAD", "refs/heads/main")
    repository.git("clone", "--quiet", str(bare), str(tmp_path / "clone"))
    repository.git("switch", "--quiet", "main")
    repository.write("20240201000000_main", DEFAULT.format("'a'"))
    repository.commit()
    repository.git("push", "--quiet", str(bare), "main")
    clone = Folder(tmp_path / "clone")
    clone.git("switch", "--quiet", "--create", "feature")
    monkeypatch.chdir(clone.path)
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)
    return clone


def push(clone: Folder, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", "push", "--quiet", "origin", *arguments],
        cwd=clone.path,
        env={**GIT, "SANDBOX_PARKED_MB": "0", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def at_origin(clone: Folder) -> set[str]:
    return {line.split("refs/heads/")[1] for line in clone.git("ls-remote", "--heads", "origin").splitlines()}


def collide(clone: Folder, name: str = "20240202000000_mine") -> None:
    clone.write(name, DEFAULT.format("'b'"))
    clone.commit()


def test_a_collision_is_told_and_the_push_goes_on(braid: Braid, clone: Folder) -> None:
    said = braid("hook", "install", "--timeout", "60")
    assert said.out == f"{clone.path}/.git/hooks/pre-push warns before pushes that collide\n"
    collide(clone)
    done = push(clone, "feature")
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert lines[0] == "braid: feature collides with origin/main"
    assert lines[1].startswith('  column public."Guest".email default collides: ')
    assert lines[2:4] == [
        f"    theirs {FILE.format('20240202000000_mine')}:1",
        f"    ours {FILE.format('20240201000000_main')}:1",
    ]
    assert "feature" in at_origin(clone)
    assert "refs/braid" not in clone.git("for-each-ref")


def test_a_collision_stops_the_push_where_that_is_wished(braid: Braid, clone: Folder) -> None:
    braid("hook", "install", "--block", "--timeout", "60", "--root", "prisma/migrations")
    collide(clone)
    done = push(clone, "feature")
    assert done.returncode == 1
    assert "the push is stopped; `git push --no-verify` pushes all the same" in done.stderr
    assert "feature" not in at_origin(clone)
    assert push(clone, "--no-verify", "feature").returncode == 0


def test_several_refs_and_what_does_not_collide(braid: Braid, clone: Folder) -> None:
    """A deleted branch, a tag, a branch that fits, one that changes no migration, and one that collides."""
    braid("hook", "install", "--block", "--timeout", "60")
    clone.git("push", "--quiet", "--no-verify", "origin", "HEAD:refs/heads/old")
    clone.git("switch", "--quiet", "--create", "fits")
    clone.write("20240203000000_room", "CREATE TABLE room (id int);\n")
    clone.commit()
    clone.git("tag", "v1")
    clone.git("switch", "--quiet", "--create", "readme", "origin/main")
    clone.file("README.md", "Hello\n")
    clone.commit()
    done = push(clone, "fits", "readme", "v1", ":old")
    assert (done.returncode, done.stderr) == (0, "")
    assert at_origin(clone) == {"main", "work", "fits", "readme"}
    clone.git("switch", "--quiet", "feature")
    collide(clone)
    done = push(clone, "fits", "feature")
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "collides with" in line] == [
        "braid: feature collides with origin/main"
    ]


def test_a_hook_that_was_there_goes_first(braid: Braid, clone: Folder) -> None:
    old = clone.path / ".git/hooks/pre-push"
    old.write_text('#!/bin/sh\necho "old $1" >&2; cat >&2; exit "${OLD:-0}"\n')
    old.chmod(0o755)
    text = old.read_text()
    assert "pre-push.before-braid goes first" in braid("hook", "install", "--timeout", "60").out
    assert "pre-push.before-braid goes first" in braid("hook", "install", "--timeout", "50").out
    sha = clone.git("rev-parse", "HEAD")
    done = push(clone, "feature")
    assert done.stderr == f"old origin\nrefs/heads/feature {sha} refs/heads/feature {'0' * 40}\n"
    collide(clone)
    done = push(clone, "feature", OLD="3")
    assert (done.returncode, "collides" in done.stderr) == (1, False)
    assert braid("hook", "uninstall").code == 0
    assert old.read_text() == text
    assert not old.with_name("pre-push.before-braid").exists()
    said = braid("hook", "uninstall")
    assert (said.code, said.err) == (2, f"braid: {old} is not Braid's\n")


def test_nothing_that_was_there_is_lost(braid: Braid, clone: Folder) -> None:
    hooks = clone.path / ".git/hooks"
    (hooks / "pre-push").write_text("mine")
    (hooks / "pre-push.before-braid").write_text("mine too")
    said = braid("hook", "install")
    assert (said.code, "remove the one that is not needed" in said.err) == (2, True)
    assert [(hooks / name).read_text() for name in ("pre-push", "pre-push.before-braid")] == [
        "mine",
        "mine too",
    ]


def test_where_git_looks_for_hooks(
    braid: Braid, clone: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
    monkeypatch.chdir(tmp_path / "tree")
    assert braid("hook", "install").out.startswith(f"{clone.path}/.git/hooks/pre-push ")
    monkeypatch.chdir(clone.path / "prisma")
    clone.git("config", "core.hooksPath", "tools/hooks")
    assert braid("hook", "install").out.startswith(f"{clone.path}/tools/hooks/pre-push ")
    clone.git("config", "--unset", "core.hooksPath")
    settings = tmp_path / "gitconfig"
    settings.write_text("[core]\n\thooksPath = /srv/hooks\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    said = braid("hook", "install")
    assert (said.code, "/srv/hooks, serves all repositories" in said.err) == (2, True)


@pytest.mark.parametrize("block", [[], ["--block"]], ids=["warn", "block"])
def test_what_it_cannot_tell(braid: Braid, clone: Folder, block: list[str]) -> None:
    """No time, an unusable setting, no Braid: a push goes on, but with --block."""
    code = len(block)
    collide(clone)
    braid("hook", "install", "--timeout", "0.01", *block)
    done = push(clone, "--dry-run", "feature")
    assert (done.returncode, "did not finish within 0.01 s" in done.stderr) == (code, True)
    braid("hook", "install", "--timeout", "60", *block)
    done = push(clone, "--dry-run", "feature", SANDBOX_DISK_MB="much")
    assert (done.returncode, "can't tell whether this collides: SANDBOX_DISK_MB" in done.stderr) == (
        code,
        True,
    )
    hook = clone.path / ".git/hooks/pre-push"
    lines = [
        line.replace("/bin/braid'", "/bin/gone'").replace("/bin/braid ", "/bin/gone ")
        for line in hook.read_text().splitlines()
    ]
    hook.write_text("\n".join(lines) + "\n")
    done = push(clone, "--dry-run", "feature")
    assert (done.returncode, "is gone; `braid hook install` renews this hook" in done.stderr) == (code, True)


def test_without_a_connection_main_is_taken_as_it_was(braid: Braid, clone: Folder) -> None:
    clone.git("fetch", "--quiet")
    collide(clone)
    clone.git("remote", "set-url", "origin", "/nowhere")
    ref = f"refs/heads/feature {clone.git('rev-parse', 'HEAD')} refs/heads/feature {'0' * 40}\n"
    done = subprocess.run(
        python("-P", "-m", "braid.command", "hook", "run", "--timeout", "60", "--", "origin", "/nowhere"),
        cwd=clone.path,
        env={**GIT, "SANDBOX_PARKED_MB": "0"},
        input=ref,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "braid: origin/main as it is in this clone, for '/nowhere' does not appear" in done.stderr
    assert "braid: feature collides with origin/main" in done.stderr


def test_no_repository(braid: Braid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for verb in ("install", "uninstall"):
        said = braid("hook", verb)
        assert (said.code, "not a git repository" in said.err) == (2, True)
