"""A project with a real repository to judge: files in, commits out, and pushes recorded like git's own.

A pytest plugin, named in pyproject.toml: tests of the worker and of what it leaves behind share it.
"""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

GIT = {
    "GIT_AUTHOR_NAME": "Dora",
    "GIT_AUTHOR_EMAIL": "dora@example.com",
    "GIT_COMMITTER_NAME": "Dora",
    "GIT_COMMITTER_EMAIL": "dora@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "PATH": "/usr/bin:/bin:/usr/local/bin",
}


@dataclass
class Workspace:
    """A clone on a developer's machine."""

    folder: Path
    remote: Path
    project: Any

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=GIT, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str | None], message: str = "Change the schema") -> str:
        """Write (or with None remove) files, commit, and return the commit's hash."""
        for path, text in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink() if text is None else place.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def switch(self, branch: str, start: str = "") -> None:
        self.git("switch", "--quiet", "--create", branch, *([start] if start else []))

    def push(self, *refs: str, by: Any = None) -> Any:
        """Move the refs in the bare repository and record that as a push."""
        from apps.repositories.actions import RefChange, record_push

        before = self._refs()
        self.git("push", "--quiet", "--force", str(self.remote), *refs)
        after = self._refs()
        moved = sorted(ref for ref in before | after if before.get(ref) != after.get(ref))
        changes = [RefChange(ref, before.get(ref, ""), after.get(ref, "")) for ref in moved]
        return record_push(self.project, by, changes)

    def _refs(self) -> dict[str, str]:
        listed = self.git("ls-remote", str(self.remote)).splitlines()
        pairs = (line.split("\t") for line in listed)
        return {ref: commit for commit, ref in pairs if ref.startswith("refs/")}


@pytest.fixture
def workspace(project: Any, tmp_path: Path, settings: Any) -> Workspace:
    """An empty clone on branch main of `project`, whose repository lies in a folder of the test's own."""
    from apps.repositories.storage import ensure_repository

    settings.REPOSITORIES = tmp_path / "repositories"
    folder = tmp_path / "clone"
    folder.mkdir()
    made = Workspace(folder, ensure_repository(project), project)
    made.git("init", "--quiet", "--initial-branch", "main")
    return made


@pytest.fixture
def make_branch(project: Any) -> Callable[..., Any]:
    """`make_branch("main", commit)`: a branch's row alone, for tests of rows."""
    from django.utils import timezone

    from apps.repositories.models import Branch

    def make(name: str, head: str = "a" * 40) -> Branch:
        return Branch.objects.create(project=project, name=name, head=head, pushed_at=timezone.now())

    return make


@pytest.fixture
def memory_queue() -> Iterator[None]:
    """Messages stay in this process, unread: tests call the tasks' functions themselves."""
    from celery import current_app

    conf = current_app.conf
    names = (
        "broker_url",
        "broker_transport",
        "broker_transport_options",
        "broker_read_url",
        "broker_write_url",
    )
    before = {name: conf.get(name) for name in names}
    conf.update(broker_url="memory://", broker_transport=None, broker_transport_options={})
    conf.update(broker_read_url="memory://", broker_write_url="memory://")
    forget_connections()
    yield
    conf.update(before)
    forget_connections()


def forget_connections() -> None:
    """Let Celery connect anew to the broker that is configured now."""
    from celery import current_app
    from kombu import pools

    pools.reset()
    current_app.amqp._producer_pool = None
    current_app._pool = None
