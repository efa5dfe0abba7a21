"""Reading the files of a commit: what is listed, what is read, and where it stops."""

import pygit2
import pytest
from pygit2.enums import FileMode, ObjectType

from apps.repositories import trees
from apps.repositories.listings import Listings
from apps.repositories.storage import open_quarantine
from apps.repositories.trees import CommitTree, TreeError
from tests.apps.repositories.conftest import AUTHOR, Write

FILES = {"a.sql": b"select 1;", "db/m/1.sql": b"one", "db/m/2.sql": b"two", "db/x": b""}


def commit_tree(repository: pygit2.Repository, tree: pygit2.Oid) -> str:
    return str(repository.create_commit(None, AUTHOR, AUTHOR, "forged", tree, []))


def paths(tree: CommitTree, under: str = "") -> list[str]:
    return [file.path for file in tree.files(under)]


def test_every_file_with_its_size_and_content(repository: pygit2.Repository, write: Write) -> None:
    tree = CommitTree(repository, write(FILES))
    assert paths(tree) == sorted(FILES)
    assert {file.path: file.size for file in tree.files()} == {
        path: len(data) for path, data in FILES.items()
    }
    assert {path: tree.read(path) for path in FILES} == FILES


def test_the_same_content_has_the_same_blob(repository: pygit2.Repository, write: Write) -> None:
    tree = CommitTree(repository, write({"a": b"x", "b/c": b"x", "d": b"y"}))
    blobs = {file.path: file.blob for file in tree.files()}
    assert blobs["a"] == blobs["b/c"] != blobs["d"]


@pytest.mark.parametrize("under", ["db/m", "db/m/", "/db/m"])
def test_a_folder_alone(repository: pygit2.Repository, write: Write, under: str) -> None:
    assert paths(CommitTree(repository, write(FILES)), under) == ["db/m/1.sql", "db/m/2.sql"]


@pytest.mark.parametrize("under", ["none", "a.sql", "db/m/1.sql", "db/../db", ".."])
def test_what_is_no_folder_holds_nothing(repository: pygit2.Repository, write: Write, under: str) -> None:
    assert paths(CommitTree(repository, write(FILES)), under) == []


@pytest.mark.parametrize("path", ["", "/", "none", "db", "db/m", "a.sql/x", "db/../a.sql", "../a.sql"])
def test_what_is_no_file_is_not_found(repository: pygit2.Repository, write: Write, path: str) -> None:
    with pytest.raises(FileNotFoundError):
        CommitTree(repository, write(FILES)).read(path)


def test_links_are_listed_and_never_read_submodules_are_neither(repository: pygit2.Repository) -> None:
    builder = repository.TreeBuilder()
    builder.insert("link", repository.create_blob(b"/etc/passwd"), FileMode.LINK)
    builder.insert("module", pygit2.Oid(hex="1" * 40), FileMode.COMMIT)
    builder.insert("file", repository.create_blob(b"x"), FileMode.BLOB_EXECUTABLE)
    tree = CommitTree(repository, commit_tree(repository, builder.write()))
    assert [(file.path, file.is_link) for file in tree.files()] == [("file", False), ("link", True)]
    for name in ("link", "module"):
        with pytest.raises(FileNotFoundError):
            tree.read(name)


def test_a_name_that_is_not_utf8_is_passed_over(repository: pygit2.Repository) -> None:
    blob = repository.create_blob(b"x")
    data = b"100644 \xff\xfe\0" + blob.raw + b"100644 ok\0" + blob.raw
    tree = repository.odb.write(ObjectType.TREE, data)
    assert paths(CommitTree(repository, commit_tree(repository, tree))) == ["ok"]


def test_a_tag_stands_for_its_commit(repository: pygit2.Repository, write: Write) -> None:
    commit = write(FILES)
    tag = repository.create_tag("v1", pygit2.Oid(hex=commit), ObjectType.COMMIT, AUTHOR, "one")
    assert paths(CommitTree(repository, str(tag))) == sorted(FILES)


def test_what_is_missing_or_no_commit_is_said(repository: pygit2.Repository) -> None:
    with pytest.raises(TreeError, match="no commit 1111"):
        CommitTree(repository, "1" * 40)
    blob = str(repository.create_blob(b"x"))
    with pytest.raises(TreeError, match="is not a commit"):
        CommitTree(repository, blob)


def test_a_tree_bomb_ends_at_the_cap(repository: pygit2.Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MAX_ENTRIES", 5000)
    inside, mode = repository.create_blob(b"x"), FileMode.BLOB
    for _ in range(9):
        builder = repository.TreeBuilder()
        for number in range(6):
            builder.insert(str(number), inside, mode)
        inside, mode = builder.write(), FileMode.TREE
    tree = CommitTree(repository, commit_tree(repository, inside))
    with pytest.raises(TreeError, match="more than 5,000"):
        list(tree.files())


def test_depth_ends_at_the_cap(repository: pygit2.Repository) -> None:
    inside, mode = repository.create_blob(b"x"), FileMode.BLOB
    for _ in range(trees.MAX_DEPTH + 2):
        builder = repository.TreeBuilder()
        builder.insert("d", inside, mode)
        inside, mode = builder.write(), FileMode.TREE
    with pytest.raises(TreeError, match="folders deep"):
        list(CommitTree(repository, commit_tree(repository, inside)).files())


def test_a_large_file_is_listed_and_not_read(
    repository: pygit2.Repository, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trees, "MAX_FILE_BYTES", 10)
    tree = CommitTree(repository, write({"large": b"x" * 11, "small": b"x" * 10}))
    assert [file.size for file in tree.files()] == [11, 10]
    assert tree.read("small") == b"x" * 10
    with pytest.raises(TreeError, match="large has 11 bytes"):
        tree.read("large")


def test_objects_in_quarantine_are_seen_through_it_alone(
    repository: pygit2.Repository, write: Write, tmp_path: object
) -> None:
    import shutil
    from pathlib import Path

    commit = write(FILES)
    path = Path(repository.path)
    quarantine = path / "objects" / "tmp_objdir-incoming-x"
    quarantine.mkdir()
    for folder in [entry for entry in (path / "objects").iterdir() if len(entry.name) == 2]:
        shutil.move(folder, quarantine / folder.name)
    with pytest.raises(TreeError):
        CommitTree(open_quarantine(path, ""), commit)
    assert paths(CommitTree(open_quarantine(path, str(quarantine)), commit)) == sorted(FILES)


def test_listings_forget_the_least_used(repository: pygit2.Repository, write: Write) -> None:
    """Capacity counts entries; what is asked for again stays."""
    listings = Listings(capacity=8)
    ids = []
    for number in range(5):
        commit = write({f"{number}-{part}": b"x" for part in range(2)}, branch=f"b{number}")
        ids.append(repository[commit].tree.id.raw)
    for tree_id in ids[:4]:
        listings.entries(repository, tree_id)
    listings.entries(repository, ids[0])
    listings.entries(repository, ids[4])
    assert set(listings._known) == {ids[0], ids[2], ids[3], ids[4]}
    assert [entry.name for entry in listings.entries(repository, ids[1])] == ["1-0", "1-1"]
