"""What people mistype: one line that says what is wrong, exit code 2, never a traceback."""

from pathlib import Path

import pytest

from tests.command.conftest import Braid, Folder


def test_a_folder_that_does_not_exist(braid: Braid, tmp_path: Path) -> None:
    said = braid("check", tmp_path / "nowhere")
    assert (said.code, said.out) == (2, "")
    assert said.err == f"braid: {tmp_path}/nowhere does not exist\n"


def test_a_file_for_a_folder(braid: Braid, folder: Folder) -> None:
    said = braid("check", folder.path / "prisma/schema.prisma")
    assert said.code == 2
    assert "is a file; name the folder" in said.err


@pytest.mark.parametrize("base", ["nosuch", "main~40", "HEAD:prisma", "nosuch:main", ":"])
def test_a_base_that_does_not_exist(braid: Braid, repository: Folder, base: str) -> None:
    said = braid("check", repository.path, f"--base={base}")
    assert said.code == 2
    assert said.err.startswith("braid: ")
    assert said.err.count("\n") == 1


def test_a_revision_outside_of_any_repository(braid: Braid, folder: Folder) -> None:
    said = braid("check", folder.path, "--base", "main")
    assert said.code == 2
    assert "is not in a git repository" in said.err


def test_a_repository_without_a_commit(braid: Braid, folder: Folder) -> None:
    folder.git("init", "--quiet")
    said = braid("check", folder.path, "--base", "HEAD")
    assert said.code == 2
    assert "--base HEAD is neither a folder nor a revision" in said.err


def test_a_revision_that_the_named_repository_lacks(braid: Braid, repository: Folder) -> None:
    said = braid("check", f"{repository.path}:nosuch")
    assert said.code == 2
    assert "has no revision nosuch" in said.err


def test_a_folder_that_is_no_repository_with_a_revision(braid: Braid, folder: Folder) -> None:
    said = braid("check", f"{folder.path}:main")
    assert said.code == 2
    assert "is not a git repository" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["chekc"],
        ["check", "--postgres", "x"],
        ["check", "--postgres", "3"],
        ["check", "--deadline", "-1"],
    ],
    ids=" ".join,
)
def test_usage(braid: Braid, arguments: list[str]) -> None:
    said = braid(*arguments)
    assert said.code == 2
    assert said.err.startswith("usage: braid")


def test_a_broken_braid_toml(braid: Braid, folder: Folder) -> None:
    folder.file("braid.toml", "[schema]\nlayout = prisma\n")
    said = braid("check", folder.path)
    assert said.code == 2
    assert "braid.toml:2" in said.out


def test_a_setting_of_the_sandbox_that_cannot_be_read(
    braid: Braid, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_DISK_MB", "much")
    said = braid("check", folder.path)
    assert said.code == 2
    assert "SANDBOX_DISK_MB" in said.err


def test_a_version_of_postgres_that_is_not_there(braid: Braid, folder: Folder) -> None:
    said = braid("check", folder.path, "--postgres", "99")
    assert said.code == 1
    assert "Postgres 99 is not on this machine" in said.out


def test_our_own_fault_is_told_without_a_traceback(braid: Braid, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise LookupError("what nobody\nforesaw")

    monkeypatch.setattr("braid.command.check.run", fails)
    said = braid("check", ".")
    assert said.code == 3
    assert said.err.startswith("braid: internal error, which is Braid's fault: LookupError: what nobody (")
    assert "Traceback" not in said.err
    monkeypatch.setenv("BRAID_DEBUG", "1")
    with pytest.raises(LookupError):
        braid("check", ".")
