"""`braid check` from files to exit code, on a real Postgres."""

from pathlib import Path

import pytest

from tests.command.conftest import INIT, Braid, Folder

pytestmark = pytest.mark.timeout(300)


def test_a_folder_that_replays(braid: Braid, folder: Folder) -> None:
    said = braid("check", folder.path)
    assert said.code == 0, said.err
    assert "1 migration" in said.out
    assert "makes 1 table" in said.out
    assert said.out.splitlines()[-1].startswith("passed")
    assert "\x1b" not in said.out
    assert said.err == ""


def test_a_statement_that_fails_is_shown_in_its_file(braid: Braid, folder: Folder) -> None:
    folder.write("2_wrong", 'SELECT 1;\n\nALTER TABLE "Guest"\n  ADD COLUMN "email" TEXT;\n')
    said = braid("check", folder.path)
    assert said.code == 1
    assert "prisma/migrations/2_wrong/migration.sql:3" in said.out
    assert 'column "email" of relation "Guest" already exists' in said.out
    assert "^" in said.out
    assert said.out.splitlines()[-1].startswith("failed")


def test_the_document_says_the_same(braid: Braid, folder: Folder) -> None:
    folder.write("2_wrong", 'SELECT 1;\n\nALTER TABLE "Guest" ADD COLUMN "email" TEXT;\n')
    said = braid("check", folder.path, "--json")
    assert said.code == 1
    document = said.document
    assert (document["format"], document["outcome"], document["base"]) == (1, "failed", None)
    assert document["head"]["layout"] == "prisma"
    assert document["head"]["migrations"] == 2
    failure = document["replay"]["failure"]
    assert (failure["migration"], failure["line"], failure["sqlstate"]) == ("2_wrong", 3, "42701")
    assert document["replay"]["migrations"][0]["name"] == "1_init"
    assert "replay.failed" in [finding["rule"] for finding in document["findings"]]


def test_the_working_folder_against_a_revision(braid: Braid, repository: Folder) -> None:
    repository.write(
        "2_more", 'ALTER TABLE "Guest" RENAME COLUMN "email" TO "mail";\nCREATE TABLE room (id int);\n'
    )
    said = braid("check", repository.path, "--base", "main", "--json")
    assert said.code == 0
    document = said.document
    assert document["shared"] == 1
    assert document["base"]["migrations"] == 1
    assert document["base"]["commit"] == repository.git("rev-parse", "main")
    actions = {(change["action"], change["name"]) for change in document["changes"]}
    assert ("rename", 'public."Guest".mail') in actions
    assert ("add", "public.room") in actions
    text = braid("check", repository.path, "--base", "main").out
    assert "2_more" in text
    assert "1_init" not in text


def test_an_edited_migration_blocks(braid: Braid, repository: Folder) -> None:
    repository.write("1_init", INIT.replace("TEXT", "VARCHAR(80)"))
    said = braid("check", repository.path, "--base", "main")
    assert said.code == 1
    assert "1_init had landed and was edited" in said.out
    assert "prisma/migrations/1_init/migration.sql:3" in said.out


def test_what_landed_after_the_branch_left_is_not_removed_by_it(braid: Braid, repository: Folder) -> None:
    repository.git("switch", "--quiet", "main")
    repository.write("2_main", "CREATE TABLE on_main (id int);\n")
    repository.commit()
    repository.git("switch", "--quiet", "work")
    repository.write("3_work", "CREATE TABLE on_work (id int);\n")
    repository.commit()
    said = braid("check", repository.path, "--base", "main", "--json")
    assert said.code == 0, said.out
    assert "landed.removed" not in said.out
    assert "history.behind" in [finding["rule"] for finding in said.document["findings"]]


def test_a_migration_slipped_in_before_a_landed_one(braid: Braid, repository: Folder) -> None:
    repository.write("3_work", "CREATE TABLE later (id int);\n")
    repository.commit()
    repository.git("branch", "--force", "main")
    repository.write("2_early", "CREATE TABLE early (id int);\n")
    said = braid("check", repository.path, "--base", "main")
    assert said.code == 0
    assert "2_early is new but sorts before 3_work" in said.out
    assert "ok  2_early" in said.out
    assert "ok  3_work" not in said.out


def test_two_folders(braid: Braid, folder: Folder, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other")
    other.file("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n')
    other.write("1_init", INIT)
    other.write("2_more", "CREATE TABLE room (id int);\n")
    said = braid("check", other.path, "--base", folder.path, "--json")
    assert said.code == 0
    assert [change["name"] for change in said.document["changes"] if change["kind"] == "table"] == [
        "public.room"
    ]


def test_a_schema_deep_in_a_repository(braid: Braid, repository: Folder) -> None:
    repository.write("2_more", "CREATE TABLE room (id int);\n")
    said = braid("check", repository.path / "prisma", "--base", "main", "--json")
    assert said.code == 0
    assert said.document["head"]["root"] == "migrations"
    assert said.document["shared"] == 1


def test_commits_of_a_bare_repository(braid: Braid, repository: Folder, tmp_path: Path) -> None:
    repository.write("2_more", "CREATE TABLE room (id int);\n")
    repository.commit()
    bare = tmp_path / "bare.git"
    repository.git("clone", "--quiet", "--bare", str(repository.path), str(bare))
    said = braid("check", f"{bare}:work:prisma", "--base", "main", "--json")
    assert said.code == 0, said.err
    assert said.document["head"]["commit"] == repository.git("rev-parse", "work")
    assert said.document["shared"] == 1


def test_a_base_without_migrations_counts_as_empty(braid: Braid, folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    said = braid("check", folder.path, "--base", tmp_path / "nothing", "--json")
    assert said.code == 0
    assert "history.base-unusable" in [finding["rule"] for finding in said.document["findings"]]


@pytest.mark.parametrize("as_json", [True, False])
def test_no_migrations_is_unusable(braid: Braid, tmp_path: Path, as_json: bool) -> None:
    (tmp_path / "empty").mkdir()
    said = braid("check", tmp_path / "empty", *(["--json"] if as_json else []))
    assert said.code == 2
    assert "No migrations were found" in said.out
    assert not as_json or said.document["outcome"] == "unusable"


def test_two_layouts_are_unusable_until_one_is_named(braid: Braid, folder: Folder) -> None:
    folder.file("drizzle/meta/_journal.json", '{"entries": [{"tag": "0000_a", "when": 1}]}')
    folder.file("drizzle/0000_a.sql", "CREATE TABLE d (id int)")
    said = braid("check", folder.path)
    assert said.code == 2
    assert 'layout = "drizzle"' in said.out
    assert braid("check", folder.path, "--root", "drizzle").code == 0
    folder.file("braid.toml", '[schema]\nlayout = "prisma"\n')
    assert braid("check", folder.path).code == 0


def test_a_history_that_the_tool_would_refuse_is_not_replayed(braid: Braid, folder: Folder) -> None:
    folder.file("prisma/migrations/2_gone/notes.txt", "")
    said = braid("check", folder.path, "--json")
    assert said.code == 1
    assert said.document["replay"] is None
    assert "migration.missing-file" in [finding["rule"] for finding in said.document["findings"]]


def test_a_deadline(braid: Braid, folder: Folder) -> None:
    folder.write("2_slow", "SELECT pg_catalog.pg_sleep(60);")
    said = braid("check", folder.path, "--deadline", "2", "--json")
    assert said.code == 1
    assert said.document["conclusive"] is False
    assert "replay.deadline" in [finding["rule"] for finding in said.document["findings"]]


def test_names_from_a_repository_do_not_reach_the_terminal_raw(braid: Braid, folder: Folder) -> None:
    folder.write("2_\x1b[31mred", 'ALTER TABLE nowhere ADD COLUMN "\x1b]0;title\x07" int;')
    said = braid("check", folder.path)
    assert said.code == 1
    assert "\x1b" not in said.out
    assert "\x07" not in said.out
