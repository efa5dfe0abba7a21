"""A folder with a schema, in a git repository where a test wants one, and `braid` to type at it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from braid.command import main
from tests.workspace import GIT

LOCK = 'provider = "postgresql"\n'
INIT = 'CREATE TABLE "Guest" (\n    "id" INTEGER NOT NULL,\n    "email" TEXT\n);\n'


@dataclass
class Folder:
    """A schema on a developer's disk."""

    path: Path

    def write(self, name: str, sql: str) -> None:
        """One migration of Prisma's."""
        self.file(f"prisma/migrations/{name}/migration.sql", sql)

    def file(self, path: str, text: str) -> None:
        place = self.path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=GIT, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, message: str = "Change the schema") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")


@dataclass
class Said:
    """What a run of the command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Braid:
    """Runs the command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Said:
        self._capsys.readouterr()
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = self._capsys.readouterr()
        return Said(int(code), printed.out, printed.err)


@pytest.fixture
def braid(capsys: pytest.CaptureFixture[str]) -> Braid:
    return Braid(capsys)


@pytest.fixture(autouse=True)
def sandboxes(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that another run left behind is known here."""
    monkeypatch.setenv("SANDBOX_PARKED_MB", "0")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return make_folder(tmp_path / "project")


@pytest.fixture
def repository(folder: Folder) -> Folder:
    """The same, committed on `main`, with a branch `work` checked out."""
    return make_repository(folder)


def make_folder(path: Path) -> Folder:
    made = Folder(path)
    made.file("prisma/migrations/migration_lock.toml", LOCK)
    made.file("prisma/schema.prisma", "")
    made.write("1_init", INIT)
    return made


def make_repository(folder: Folder) -> Folder:
    folder.git("init", "--quiet", "--initial-branch=main")
    folder.commit("Begin")
    folder.git("switch", "--quiet", "--create", "work")
    return folder


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
