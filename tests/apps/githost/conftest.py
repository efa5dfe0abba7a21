"""A git client of its own, over the common cast."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from tests.live import LiveBraid


@dataclass(frozen=True, slots=True)
class Said:
    """What a git command did: its exit code and all it printed."""

    code: int
    text: str


class Clone:
    """A working copy and the commands a person runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def try_git(self, *arguments: str, timeout: float = 60, **variables: str) -> Said:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={**client_environment(self.folder), **variables},
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Said(done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace"))

    def git(self, *arguments: str, **variables: str) -> str:
        """Run a command that must succeed; what it printed, stripped."""
        said = self.try_git(*arguments, **variables)
        assert said.code == 0, f"git {' '.join(arguments)} failed:\n{said.text}"
        return said.text.strip()

    def commit(self, message: str = "change", files: dict[str, str] | None = None) -> str:
        """Write the files, commit them all, and return the commit."""
        for path, text in (files or {}).items():
            self.write(path, text.encode())
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def write(self, path: str, data: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def client_environment(home: Path) -> dict[str, str]:
    """A git client without a person's configuration, that never asks."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Dora",
        "GIT_AUTHOR_EMAIL": "dora@example.com",
        "GIT_COMMITTER_NAME": "Dora",
        "GIT_COMMITTER_EMAIL": "dora@example.com",
        "LC_ALL": "C",
    }


@pytest.fixture
def new_clone(
    live_braid: LiveBraid,
    project: Project,
    developer: User,
    token_of: Callable[..., str],
    tmp_path: Path,
) -> Callable[..., Clone]:
    """Makes an empty working copy whose `origin` is the project; the developer's unless `user` is another."""

    def make(name: str = "work", user: User = developer, *scopes: str) -> Clone:
        folder = tmp_path / name
        folder.mkdir()
        clone = Clone(folder)
        clone.git("init", "--quiet", "--initial-branch=main")
        clone.git("remote", "add", "origin", live_braid.git_url(project, token_of(user, *scopes)))
        return clone

    return make


@pytest.fixture
def clone(new_clone: Callable[..., Clone]) -> Clone:
    return new_clone()


USERS = {"db/migration/V1__users.sql": "create table users (id int);\n"}
EMAIL = {"db/migration/V2__email.sql": "alter table users add column email text;\n"}


@pytest.fixture
def filled(clone: Clone) -> Clone:
    """A working copy whose first commit has been pushed to the default branch."""
    clone.commit("Start", USERS)
    clone.git("push", "origin", "main")
    return clone
