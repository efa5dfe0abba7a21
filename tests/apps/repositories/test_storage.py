"""Repositories on disk: where they lie, how they come and go, and their upkeep."""

import os
import threading
import time
from pathlib import Path

import pygit2

from apps.projects.models import Project
from apps.repositories import commands, maintenance
from apps.repositories.commands import run_git
from apps.repositories.commits import branch_heads
from apps.repositories.maintenance import maintain, set_aside_orphans
from apps.repositories.storage import (
    delete_repository,
    ensure_repository,
    open_repository,
    prepare_repository,
    repository_path,
    size_on_disk,
)
from tests.apps.repositories.conftest import AUTHOR, Write


def test_the_folder_is_named_by_the_key(project: Project, settings: object) -> None:
    path = repository_path(project)
    key = project.key.hex
    assert path == Path(settings.REPOSITORIES) / key[:2] / f"{key}.git"  # type: ignore[attr-defined]
    project.slug = "renamed"
    assert repository_path(project) == path


def test_it_is_made_at_its_first_use_and_only_then(project: Project, write: Write) -> None:
    head = write({"a": b""})
    assert branch_heads(open_repository(project)) == {"main": head}
    assert [entry.name for entry in repository_path(project).parent.iterdir()] == [
        repository_path(project).name
    ]


def test_many_that_make_it_at_once_make_one(project: Project) -> None:
    threads = [threading.Thread(target=ensure_repository, args=(project,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.name for entry in repository_path(project).parent.iterdir()] == [
        repository_path(project).name
    ]
    assert open_repository(project).is_bare


def test_head_follows_the_default_branch(project: Project) -> None:
    prepare_repository(project)
    project.default_branch = "release/1"
    path = prepare_repository(project)
    assert (path / "HEAD").read_text() == "ref: refs/heads/release/1\n"


def test_deleting_twice_is_no_error(project: Project) -> None:
    path = ensure_repository(project)
    delete_repository(project)
    delete_repository(project)
    assert list(path.parent.iterdir()) == []


def test_the_size_counts_every_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 100)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_bytes(b"x" * 23)
    assert size_on_disk(tmp_path) == 123


def make_packs(repository: pygit2.Repository, count: int) -> list[str]:
    """So many packs of one commit each, as pushes leave them."""
    commits: list[str] = []
    for number in range(count):
        blob = repository.create_blob(b"%d" % number)
        builder = repository.TreeBuilder()
        builder.insert("file", blob, pygit2.enums.FileMode.BLOB)
        commit = repository.create_commit(None, AUTHOR, AUTHOR, str(number), builder.write(), commits[-1:])
        commits.append(str(commit))
        run_git(Path(repository.path), "update-ref", "refs/heads/main", str(commit))
        run_git(Path(repository.path), "repack", "-q", "-d")
    return commits


def packs(repository: pygit2.Repository) -> int:
    return len(list((Path(repository.path) / "objects/pack").glob("*.pack")))


def test_many_packs_are_folded_and_nothing_is_lost(
    project: Project, repository: pygit2.Repository, monkeypatch: object
) -> None:
    commits = make_packs(repository, maintenance.MANY_PACKS)
    repository.references.create("refs/heads/main", commits[3], force=True)  # The others are unreachable now.
    assert maintain(project) is True
    assert packs(repository) < 5
    fresh = open_repository(project)
    assert all(commit in fresh for commit in commits)
    assert maintain(project) is False


def test_many_loose_refs_are_packed(project: Project, repository: pygit2.Repository, write: Write) -> None:
    head = write({"a": b""})
    for number in range(maintenance.MANY_LOOSE_REFS):
        repository.references.create(f"refs/heads/b{number}", head)
    assert maintain(project) is True
    assert len(branch_heads(open_repository(project))) == maintenance.MANY_LOOSE_REFS + 1
    assert maintain(project) is False


def test_what_killed_pushes_left_goes_when_it_is_old(project: Project) -> None:
    objects = ensure_repository(project) / "objects"
    old, new = objects / "tmp_objdir-incoming-old", objects / "tmp_objdir-incoming-new"
    for folder in (old, new):
        (folder / "pack").mkdir(parents=True)
    stale = objects / "pack" / "tmp_pack_x"
    stale.write_bytes(b"x")
    long_ago = time.time() - 2 * maintenance.LEFT_BEHIND_S
    for path in (old, stale):
        os.utime(path, (long_ago, long_ago))
    maintain(project)
    assert (old.exists(), stale.exists(), new.exists()) == (False, False, True)


def test_maintaining_what_was_never_used_does_nothing(project: Project) -> None:
    assert maintain(project) is False
    assert not repository_path(project).exists()


def test_the_repository_of_a_deleted_project_goes_after_a_month(project: Project, owner: object) -> None:
    path = ensure_repository(project)
    assert set_aside_orphans() == 0
    assert path.exists()
    project.delete()
    assert set_aside_orphans() == 0
    aside = path.with_suffix(".orphan")
    assert (path.exists(), aside.exists()) == (False, True)
    long_ago = time.time() - maintenance.ORPHANS_KEPT_S - 60
    os.utime(aside, (long_ago, long_ago))
    assert set_aside_orphans() == 1
    assert not aside.exists()


def test_git_runs_under_limits_and_braids_own_configuration(project: Project) -> None:
    """An alias is git's own way to run a shell, and shows what every process of it has."""
    repository = ensure_repository(project)
    shown = run_git(repository, "-c", "alias.limits=!ulimit -t; ulimit -n; ulimit -c; ulimit -v", "limits")
    limits = [commands.CPU_SECONDS, commands.OPEN_FILES, 0, commands.ADDRESS_SPACE_MB * 1024]
    assert [int(line) for line in shown.split()] == limits
    assert run_git(repository, "config", "core.bigFileThreshold").strip() == "1m"
    assert run_git(repository, "config", "transfer.fsckObjects").strip() == "true"
    assert run_git(repository, "config", "core.hooksPath").strip() == os.devnull
    origins = run_git(repository, "config", "--list", "--show-scope")
    assert "system\t" not in origins
