"""Repositories of a project, filled with commits without a working copy."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pygit2
import pytest

from apps.projects.models import Project
from apps.repositories.storage import open_repository

AUTHOR = pygit2.Signature("Dora", "dora@example.com", 1_700_000_000, 120)
Files = Mapping[str, bytes]
Write = Callable[..., str]


@pytest.fixture(autouse=True)
def own_folder(settings: object, tmp_path: Path) -> None:
    settings.REPOSITORIES = tmp_path / "repositories"  # type: ignore[attr-defined]


@pytest.fixture
def repository(project: Project) -> pygit2.Repository:
    return open_repository(project)


@pytest.fixture
def write(repository: pygit2.Repository) -> Write:
    """`write({"a/b.sql": b"..."}, branch="main", parents=[...])` makes a commit of exactly these files."""

    def make(
        files: Files, branch: str = "main", parents: list[str] | None = None, message: str = "change"
    ) -> str:
        index = pygit2.Index()
        for path, data in files.items():
            index.add(pygit2.IndexEntry(path, repository.create_blob(data), pygit2.enums.FileMode.BLOB))
        tree = index.write_tree(repository)
        commit = repository.create_commit(None, AUTHOR, AUTHOR, message, tree, parents or [])
        repository.references.create(f"refs/heads/{branch}", commit, force=True)
        return str(commit)

    return make
