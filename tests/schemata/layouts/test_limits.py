"""Trees that are too large, endless or hostile, and files that are too large."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from schemata.layouts import (
    FolderTree,
    LayoutError,
    Limits,
    Subtree,
    TreeFile,
    compare_landed,
    find_layouts,
    read_project,
)

LOCK = b'provider = "postgresql"\n'


class Files:
    """A tree in memory, in front of as many other files as one likes to ask for."""

    def __init__(self, files: dict[str, bytes], *, endless: bool = False) -> None:
        self._files = files
        self._endless = endless
        self.read_paths: list[str] = []

    def files(self, under: str = "") -> Iterator[TreeFile]:
        for path, data in self._files.items():
            if path.startswith(under):
                yield TreeFile(path, len(data))
        if self._endless and not under:
            yield from (TreeFile(f"z/{number}.txt", 1) for number in count())

    def read(self, path: str) -> bytes:
        self.read_paths.append(path)
        if path not in self._files:
            raise FileNotFoundError(path)
        return self._files[path]


def prisma(files: dict[str, bytes]) -> dict[str, bytes]:
    return {"prisma/migrations/migration_lock.toml": LOCK} | {
        f"prisma/migrations/{name}/migration.sql": data for name, data in files.items()
    }


def test_an_endless_tree_is_left_at_the_cap() -> None:
    tree = Files(prisma({"1_a": b"SELECT 1;"}), endless=True)
    with pytest.raises(LayoutError, match="more than 1,000 files") as caught:
        read_project(tree, limits=Limits(files=1000))
    assert caught.value.finding.rule == "layout.too-many-files"


def test_a_named_root_is_read_in_an_endless_tree() -> None:
    tree = Files(prisma({"1_a": b"SELECT 1;"}), endless=True)
    history = read_project(tree, "prisma", limits=Limits(files=1000))
    assert [migration.name for migration in history.migrations] == ["1_a"]


def test_a_large_migration_is_a_finding_and_is_not_read() -> None:
    tree = Files(prisma({"1_a": b"SELECT 1;", "2_b": b"x" * 101}))
    history = read_project(tree, limits=Limits(migration_bytes=100))
    assert not history.is_runnable
    assert [finding.rule for finding in history.findings if finding.severity == "error"] == [
        "migration.too-large"
    ]
    assert "prisma/migrations/2_b/migration.sql" not in tree.read_paths


def test_all_files_together_have_a_limit() -> None:
    tree = Files(prisma({f"{number}_a": b"x" * 60 for number in range(5)}))
    history = read_project(tree, limits=Limits(total_bytes=200))
    assert "history.too-large" in [finding.rule for finding in history.findings]


def test_too_many_migrations() -> None:
    tree = Files(prisma({f"{number}_a": b"SELECT 1;" for number in range(11)}))
    with pytest.raises(LayoutError, match="11 migrations") as caught:
        read_project(tree, limits=Limits(migrations=10))
    assert caught.value.finding.rule == "history.too-long"


def test_five_thousand_migrations_are_read() -> None:
    files = {f"{number:05}_a": b"CREATE TABLE t%d (id int);\n" % number for number in range(5000)}
    history = read_project(Files(prisma(files)))
    assert len(history.migrations) == 5000
    assert history.migrations[4999].statements[0].text == "CREATE TABLE t4999 (id int)"


def test_all_candidates_are_offered_nearest_first() -> None:
    drizzle = b'{"dialect": "postgresql", "entries": []}'
    tree = Files({"a/b/drizzle/meta/_journal.json": drizzle, **prisma({"1_a": b""})})
    assert [(found.layout, found.root) for found in find_layouts(tree)] == [
        ("prisma", "prisma/migrations"),
        ("drizzle", "a/b/drizzle"),
    ]


def test_a_subtree_is_a_tree_of_its_own() -> None:
    files = {f"deep/in/{path}": data for path, data in prisma({"1_a": b"SELECT 1;"}).items()}
    history = read_project(Subtree(Files(files), "deep/in"))
    assert history.root == "prisma/migrations"
    assert history.migrations[0].path == "prisma/migrations/1_a/migration.sql"


LONG = {
    "goose": {"m/1_a.sql": b"-- +goose Up\n" + b"SELECT 1;\n" * 100_000},
    "golang-migrate": {
        "m/1_a.up.sql": b"SELECT 1;" * 100_000,
        "braid.toml": b"[schema]\nmulti_statement = true\n",
    },
    "dbmate": {"m/1_a.sql": b"-- migrate:up\nSELECT 1;\n-- migrate:down\n" * 50_000},
    "drizzle": {
        "d/meta/_journal.json": b'{"entries": [{"tag": "a", "when": 1}]}',
        "d/a.sql": b"SELECT 1;--> statement-breakpoint\n" * 100_000,
    },
    "supabase": {"supabase/migrations/1_a.sql": b"VACUUM a;\n" * 50_000},
    "flyway": {"sql/V1__a.sql": b"VACUUM a;\n" * 50_000},
}


@pytest.mark.parametrize("layout", LONG)
def test_a_long_file_takes_linear_time(layout: str) -> None:
    """The square of these sizes would take longer than any test may."""
    history = read_project(Files(LONG[layout]))
    assert history.layout == layout
    assert len(history.migrations[0].batches) >= 1


def test_a_long_history_is_compared_in_linear_time() -> None:
    landed = read_project(Files(prisma({f"{number:05}_a": b"SELECT %d;" % number for number in range(3000)})))
    head = read_project(Files(prisma({f"{number:05}_b": b"SELECT %d;" % number for number in range(3000)})))
    assert len(compare_landed(landed, head)) == 3000


def test_names_that_are_not_text_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("")
    with open(os.fsencode(tmp_path) + b"/caf\xe9.sql", "w") as file:
        file.write("")
    assert [file.path for file in FolderTree(tmp_path).files()] == ["a.sql"]


def test_a_folder_tree_stays_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "in").mkdir()
    with pytest.raises(FileNotFoundError):
        FolderTree(tmp_path / "in").read("../outside.txt")


def test_a_folder_tree_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "node_modules").mkdir()
    (tmp_path / "in" / "node_modules" / "x.sql").write_text("SELECT 1;")
    assert list(FolderTree(tmp_path / "in").files()) == [TreeFile("loop", 0, is_link=True)]
