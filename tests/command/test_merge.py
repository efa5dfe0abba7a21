"""`braid merge` from three sides to exit code, on a real Postgres."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command.conftest import Braid, Folder

pytestmark = pytest.mark.timeout(300)

PHONE = 'ALTER TABLE "Guest" ADD COLUMN "phone" TEXT;\n'


def branch(repository: Folder, name: str, **migrations: str) -> str:
    """A branch off `main` with migrations; its commit."""
    repository.git("switch", "--quiet", "--create", name, "main")
    for migration, sql in migrations.items():
        repository.write(migration, sql)
    return repository.commit()


def merge(braid: Braid, repository: Folder, *options: object) -> Any:
    sides = ("--base", "main", "--ours", f"{repository.path}:ours", "--theirs", "theirs")
    return braid("merge", *sides, *options)


def case(**sides: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        side: {"migrations": [{"name": name, "sql": sql} for name, sql in migrations]}
        for side, migrations in sides.items()
    }


def test_two_branches_that_do_not_touch(braid: Braid, repository: Folder) -> None:
    branch(repository, "ours", **{"20240201000000_phone": PHONE})
    branch(repository, "theirs", **{"20240202000000_room": "CREATE TABLE room (id int);\n"})
    said = merge(braid, repository)
    assert said.code == 0, said.err
    assert said.out.splitlines()[-1].startswith("clean")
    assert "20240202000000_room" in said.out
    assert "\x1b" not in said.out


def test_the_document(braid: Braid, repository: Folder) -> None:
    branch(repository, "ours", **{"20240202000000_phone": PHONE})
    branch(repository, "theirs", **{"20240201000000_room": "CREATE TABLE room (id int);\n"})
    document = merge(braid, repository, "--json").document
    assert (document["format"], document["verdict"], document["order_matters"]) == (1, "clean", False)
    proof = document["proof"]
    assert proof["merged"] == proof["ours_then_theirs"] == proof["theirs_then_ours"]
    assert [(each["origin"], each["replaces"]) for each in document["migrations"]] == [
        ("restamped", "20240201000000_room")
    ]
    assert document["migrations"][0]["name"] > "20240202000000_phone"
    assert document["schema_file"] == {
        "files": {"prisma/schema.prisma": ""},
        "conflicts": [],
        "settled": [],
        "unreadable": [],
    }
    assert (document["conflicts"], document["broken"]) == ([], None)


def test_a_conflict_names_both_statements(braid: Braid, repository: Folder) -> None:
    default = 'ALTER TABLE "Guest" ALTER COLUMN "email" SET DEFAULT {};\n'
    branch(repository, "ours", **{"20240201000000_a": "SELECT 1;\n\n" + default.format("'a'")})
    branch(repository, "theirs", **{"20240202000000_b": default.format("'b'")})
    said = merge(braid, repository, "--json")
    assert said.code == 1
    (found,) = said.document["conflicts"]
    assert (found["kind"], found["attribute"]) == ("both-changed", "default")
    assert found["object"] == {"kind": "column", "name": 'public."Guest".email'}
    assert (found["base"], found["ours"], found["theirs"]) == ("", "'a'::text", "'b'::text")
    assert found["where"]["ours"] == {
        "file": "prisma/migrations/20240201000000_a/migration.sql",
        "line": 3,
        "migration": "20240201000000_a",
        "sql": default.format("'a'").strip().removesuffix(";"),
    }
    assert found["where"]["theirs"]["line"] == 1
    assert set(found["options"]) >= {"ours", "theirs"}
    text = merge(braid, repository)
    assert "20240201000000_a/migration.sql:3" in text.out
    assert text.out.splitlines()[-1].startswith("conflict")


def test_a_side_that_does_not_replay(braid: Braid, repository: Folder) -> None:
    branch(repository, "ours", **{"20240201000000_phone": PHONE})
    branch(repository, "theirs", **{"20240202000000_wrong": 'ALTER TABLE "Gest" ADD COLUMN x int;\n'})
    said = merge(braid, repository, "--json")
    assert said.code == 2
    broken = said.document["broken"]
    assert (broken["side"], broken["migration"], broken["line"]) == ("theirs", "20240202000000_wrong", 1)
    assert broken["message"] == 'relation "Gest" does not exist'
    assert "Gest" in merge(braid, repository).out


def test_folders_of_two_layouts(braid: Braid, folder: Folder, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other")
    other.file("db/migrations/20240101000000_a.sql", "-- migrate:up\nselect 1;\n-- migrate:down\nselect 1;\n")
    said = braid("merge", "--base", folder.path, "--ours", folder.path, "--theirs", other.path)
    assert said.code == 2
    assert "different layouts" in said.err


def test_sides_are_asked_for(braid: Braid) -> None:
    said = braid("merge", "--base", ".")
    assert said.code == 2
    assert "--ours, --theirs" in said.err


def test_merge_markers_in_the_schema_file(braid: Braid, repository: Folder) -> None:
    branch(repository, "ours", **{"20240201000000_phone": PHONE})
    repository.file("prisma/schema.prisma", "<<<<<<< HEAD\nmodel Guest {\n=======\n>>>>>>> work\n")
    repository.commit()
    branch(repository, "theirs", **{"20240202000000_room": "CREATE TABLE room (id int);\n"})
    repository.file("prisma/schema.prisma", "model Room {\n  id Int @id\n}\n")
    repository.commit()
    said = merge(braid, repository, "--json")
    assert said.code == 0
    (unreadable,) = [each for each in said.document["schema_file"]["unreadable"] if each["line"] == 1]
    assert (unreadable["side"], unreadable["file"]) == ("ours", "prisma/schema.prisma")


def test_many_cases_one_line_each(braid: Braid, tmp_path: Path) -> None:
    base = [("1_init", "CREATE TABLE a (id int);")]
    ours = [*base, ("2_b", "CREATE TABLE b (id int);")]
    cases = [
        case(base=base, ours=ours, theirs=[*base, ("3_c", "CREATE TABLE c (id int);")]),
        case(base=base, ours=ours, theirs=[*base, ("3_b", "CREATE TABLE b (id text);")]),
        case(base=base, ours=[*base, ("2_b", "not sql")], theirs=base),
    ]
    lines = [json.dumps({"id": str(number), "layout": "prisma", **each}) for number, each in enumerate(cases)]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(lines) + "\n")
    said = braid("merge", "--batch", file)
    found = [json.loads(line) for line in said.out.splitlines()]
    assert [(each["id"], each["verdict"]) for each in found] == [
        ("0", "clean"),
        ("1", "conflict"),
        ("2", "broken"),
    ]
    assert said.code == 0


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"base": 1}', '{"base": {"migrations": [{"name": 1, "sql": 2}]}}', "[" * 100_000]
)
def test_a_line_that_is_no_case(braid: Braid, tmp_path: Path, line: str) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text(line + "\n")
    said = braid("merge", "--batch", file)
    assert said.code == 2
    assert f"{file}:1: not a case" in said.err


def resolved(braid: Braid, repository: Folder, **choice: Any) -> Any:
    """The merge with its only conflict answered by `choice`."""
    (found,) = merge(braid, repository, "--json").document["conflicts"]
    file = repository.path.parent / "chosen.json"
    file.write_text(json.dumps({found["id"]: choice}))
    return merge(braid, repository, "--json", "--resolutions", file)


@pytest.fixture
def two_defaults(repository: Folder) -> Folder:
    default = 'ALTER TABLE "Guest" ALTER COLUMN "email" SET DEFAULT {};\n'
    branch(repository, "ours", **{"20240201000000_a": default.format("'a'")})
    branch(
        repository, "theirs", **{"20240202000000_b": default.format("'b'") + "CREATE TABLE room (id int);\n"}
    )
    return repository


@pytest.mark.parametrize(
    ("choice", "default"),
    [
        ({"choose": "ours"}, None),
        ({"choose": "theirs"}, "'b'"),
        ({"choose": "value", "value": "'c'::text"}, "'c'"),
        ({"choose": "sql", "sql": 'ALTER TABLE "Guest" ALTER COLUMN "email" SET DEFAULT \'d\''}, "'d'"),
    ],
)
def test_a_conflict_resolved(braid: Braid, two_defaults: Folder, choice: Any, default: str | None) -> None:
    said = resolved(braid, two_defaults, **choice)
    assert said.code == 0, said.out
    document = said.document
    assert document["verdict"] in ("clean", "rewritten")
    landed = "".join(each["sql"] for each in document["migrations"])
    assert "CREATE TABLE room" in landed
    assert "SET DEFAULT" not in landed if default is None else f"SET DEFAULT {default}" in landed
    proof = document["proof"]
    assert proof["merged"] == (proof["rewritten"] or proof["ours_then_theirs"])
    assert [each["origin"] for each in document["migrations"]][1:] == (
        ["generated"] if choice["choose"] == "sql" else []
    )


def test_sql_that_does_more_than_was_asked(braid: Braid, two_defaults: Folder) -> None:
    said = resolved(braid, two_defaults, choose="sql", sql="DROP TABLE room;")
    assert said.code == 1
    (found,) = said.document["conflicts"]
    assert found["kind"] == "not-proved"
    assert "room" in found["message"]


def test_a_statement_that_does_not_fit_resolved(braid: Braid, repository: Folder) -> None:
    branch(repository, "ours", **{"20240201000000_a": 'DROP TABLE "Guest";\n'})
    copy = 'CREATE TABLE archive (id int);\nINSERT INTO archive SELECT id FROM "Guest";\n'
    branch(repository, "theirs", **{"20240202000000_b": copy})
    said = resolved(braid, repository, choose="ours")
    assert said.code == 0, said.out
    (landed,) = said.document["migrations"]
    assert landed["sql"] == "CREATE TABLE archive (id int);\n-- Left out: so it was chosen.\n"
    assert landed["original"] == copy
    said = resolved(braid, repository, choose="sql", sql="INSERT INTO archive VALUES (0)")
    assert "INSERT INTO archive VALUES (0);" in said.document["migrations"][0]["sql"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "expected {conflict id"),
        ('{"x": "ours"}', "x: expected"),
        ('{"x": {"choose": "ours", "why": 1}}', "why means nothing here"),
        ('{"x": {"choose": "sql"}}', "choose sql needs"),
    ],
)
def test_resolutions_that_can_not_be_read(
    braid: Braid, two_defaults: Folder, text: str, message: str
) -> None:
    file = two_defaults.path.parent / "chosen.json"
    file.write_text(text)
    said = merge(braid, two_defaults, "--resolutions", file)
    assert said.code == 2
    assert message in said.err


def test_resolutions_that_fit_nothing(braid: Braid, two_defaults: Folder) -> None:
    said = resolved(braid, two_defaults, choose="both")
    assert said.code == 2
    assert "'both' is not offered" in said.err


def test_the_merged_tree(braid: Braid, two_defaults: Folder, tmp_path: Path) -> None:
    (found,) = merge(braid, two_defaults, "--json").document["conflicts"]
    chosen = tmp_path / "chosen.json"
    chosen.write_text(json.dumps({found["id"]: {"choose": "theirs"}}))
    out = tmp_path / "merged"
    said = merge(braid, two_defaults, "--resolutions", chosen, "--out", out)
    assert said.code == 0, said.err
    migrations = sorted(path.name for path in (out / "prisma/migrations").iterdir())
    assert migrations == ["1_init", "20240201000000_a", "20240202000000_b", "migration_lock.toml"]
    assert braid("check", out).code == 0
    again = merge(braid, two_defaults, "--resolutions", chosen, "--out", out)
    assert again.code == 2
    assert "is not empty" in again.err


def test_a_conflict_writes_nothing(braid: Braid, two_defaults: Folder, tmp_path: Path) -> None:
    out = tmp_path / "merged"
    assert merge(braid, two_defaults, "--out", out).code == 1
    assert not out.exists()


def test_a_batch_goes_on_after_files_that_no_tool_would_run(braid: Braid, tmp_path: Path) -> None:
    base = [("1_init", "CREATE TABLE a (id int);")]
    twice = [*base, ("2_b", "SELECT 1;"), ("2_b", "SELECT 2;")]
    lines = [
        {"id": "0", "layout": "prisma", **case(base=base, ours=twice, theirs=base)},
        {"id": "1", "layout": "prisma", **case(base=base, ours=base, theirs=base)},
    ]
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    found = [json.loads(line) for line in braid("merge", "--batch", file).out.splitlines()]
    assert [each["verdict"] for each in found] == ["broken", "clean"]
    assert (found[0]["broken"]["side"], "2_b" in found[0]["broken"]["message"]) == ("ours", True)
