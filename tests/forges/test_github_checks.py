"""Check runs: one a report whatever crashes, each remark once, all within GitHub's limits."""

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from forges import Annotation, Button, Kind, Level, Outcome, Place, Refused, Report, Unreachable
from forges.github import GitHub
from forges.github.reports import annotations_of, body_of
from tests.forges.github import API
from tests.forges.served import Asked, Reply, Served

REPO = f"{API}/repos/acme/shop"
SHA = "a" * 40
REPORT = Report(SHA, "braid", Outcome.FAILURE, "Two findings", "Text", "https://b.example/1", "check-1")


@dataclass
class Runs:
    """What GitHub keeps of check runs: annotations are only ever added."""

    forge: Served
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.forge.answers[f"GET {REPO}/commits/{SHA}/check-runs"] = self.listed
        self.forge.answers[f"POST {REPO}/check-runs"] = self.made

    def listed(self, asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.path).query)
        assert (query["check_name"], query["filter"]) == (["braid"], ["latest"])
        return Reply(
            body={"total_count": 1, "check_runs": [self.shown(each) for each in list(self.kept)[-1:]]}
        )

    def made(self, asked: Asked) -> Reply:
        number = 100 + len(self.kept)
        self.kept[number] = {"annotations": []}
        self.forge.answers[f"PATCH {REPO}/check-runs/{number}"] = lambda asked: self.renewed(number, asked)
        self.forge.answers[f"GET {REPO}/check-runs/{number}"] = lambda asked: Reply(body=self.shown(number))
        self.forge.answers[f"GET {REPO}/check-runs/{number}/annotations"] = lambda asked: Reply(
            body=self.kept[number]["annotations"]
        )
        return Reply(201, self.renewed(number, asked).body)

    def renewed(self, number: int, asked: Asked) -> Reply:
        assert len(asked.body["output"]["annotations"]) <= 50
        run = self.kept[number]
        self.kept[number] = {
            **asked.body,
            "annotations": run["annotations"] + asked.body["output"]["annotations"],
        }
        return Reply(body=self.shown(number))

    def shown(self, number: int) -> dict[str, Any]:
        run = self.kept[number]
        return {
            "id": number,
            "external_id": run["external_id"],
            "output": {"annotations_count": len(run["annotations"])},
        }


@pytest.fixture
def runs(forge: Served) -> Runs:
    return Runs(forge)


@pytest.fixture
def github(server: Served) -> GitHub:
    return GitHub(Place(Kind.GITHUB, server.url, "acme/shop"), lambda: "ghs_secret", server.egress)


def remarks(count: int, text: str = "This locks the table.") -> tuple[Annotation, ...]:
    return tuple(
        Annotation("migrations/2.sql", line, Level.WARNING, "Lock", text) for line in range(1, count + 1)
    )


def test_pending_becomes_a_verdict_in_one_run(runs: Runs, github: GitHub) -> None:
    known = github.put_report(replace(REPORT, outcome=Outcome.PENDING))
    assert runs.kept[100]["status"] == "in_progress"
    assert "conclusion" not in runs.kept[100]
    assert github.put_report(replace(REPORT, annotations=remarks(2)), known) == known == "100"
    run = runs.kept[100]
    assert (run["status"], run["conclusion"], run["external_id"]) == ("completed", "failure", "check-1")
    assert [each["start_line"] for each in run["annotations"]] == [1, 2]


def test_what_nobody_will_finish_passes_no_required_check(runs: Runs, github: GitHub) -> None:
    known = github.put_report(replace(REPORT, outcome=Outcome.PENDING))
    assert github.put_report(replace(REPORT, outcome=Outcome.CANCELLED), known) == known
    assert (runs.kept[100]["status"], runs.kept[100]["conclusion"]) == ("completed", "cancelled")


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (50, 1), (51, 2), (120, 3)])
def test_remarks_go_in_batches(runs: Runs, github: GitHub, count: int, requests: int) -> None:
    github.put_report(replace(REPORT, annotations=remarks(count)))
    assert [each["start_line"] for each in runs.kept[100]["annotations"]] == list(range(1, count + 1))
    assert len([asked for asked in runs.forge.asked if asked.method != "GET"]) == requests


def test_a_crash_makes_no_second_run_and_no_remark_twice(runs: Runs, github: GitHub) -> None:
    report = replace(REPORT, annotations=remarks(120))
    post = runs.forge.answers[f"POST {REPO}/check-runs"]

    def lost(asked: Asked) -> Reply:
        runs.made(asked)
        return Reply(201, {"id": 100, "more": "x" * 99}, cut_at=9)

    runs.forge.answers[f"POST {REPO}/check-runs"] = lost
    with pytest.raises(Unreachable):
        github.put_report(report)
    runs.forge.answers[f"POST {REPO}/check-runs"] = post
    for known in ("", "100", "99"):
        assert github.put_report(report, known) == "100"
    assert list(runs.kept) == [100]
    assert [each["start_line"] for each in runs.kept[100]["annotations"]] == list(range(1, 121))


def test_remarks_that_no_longer_hold_end_with_their_run(runs: Runs, github: GitHub) -> None:
    known = github.put_report(replace(REPORT, annotations=remarks(2)))
    again = github.put_report(replace(REPORT, outcome=Outcome.SUCCESS), known)
    assert (known, again) == ("100", "101")
    assert runs.kept[101]["annotations"] == []
    assert github.put_report(replace(REPORT, outcome=Outcome.SUCCESS), known) == "101"


def test_white_space_that_comes_back_in_another_way_is_no_difference(runs: Runs, github: GitHub) -> None:
    report = replace(REPORT, annotations=remarks(1, "One\r\n\r\nTwo "))
    github.put_report(report)
    runs.kept[100]["annotations"][0] |= {"message": "One\n\nTwo"}
    assert github.put_report(report) == "100"
    assert len(runs.kept[100]["annotations"]) == 1


def test_another_key_is_another_run(runs: Runs, github: GitHub) -> None:
    assert github.put_report(REPORT) == "100"
    assert github.put_report(replace(REPORT, key="check-2")) == "101"


@pytest.mark.parametrize(
    "message", ["You must authenticate via a GitHub App.", "Resource not accessible by personal access token"]
)
def test_a_persons_token_has_no_check_runs(runs: Runs, github: GitHub, message: str) -> None:
    runs.forge.answers[f"POST {REPO}/check-runs"] = Reply(403, {"message": message})
    assert github.put_report(REPORT) == ""
    runs.forge.answers[f"POST {REPO}/check-runs"] = Reply(
        403, {"message": "Resource not accessible by integration"}
    )
    with pytest.raises(Refused, match="not accessible by integration"):
        github.put_report(REPORT)


def test_what_is_sent_stays_within_the_limits() -> None:
    buttons = tuple(Button(f"b{each}", "Label of a button " * 3, "Words " * 20) for each in range(5))
    long = replace(
        REPORT, title="T" * 999, summary="```sql\n" + "ü" * 10 + "\nselect 1;\n" * 9000, buttons=buttons
    )
    output = body_of(long, ())["output"]
    assert len(output["summary"].encode()) <= 65_535
    assert output["summary"].endswith("(https://b.example/1).")
    assert output["summary"].count("```") == 2, "the note stands outside of the code"
    assert len(output["title"]) == 255
    actions = body_of(long, ())["actions"]
    assert len(actions) == 3
    assert all(len(action["label"]) <= 20 and len(action["description"]) <= 40 for action in actions)
    one = annotations_of(
        replace(REPORT, annotations=(Annotation("a.sql", 0, Level.NOTICE, "", "\0" + "m" * 99_999),))
    )[0]
    assert (one.start_line, one.end_line, len((one.message or "").encode())) == (1, 1, 64_000 - 4)


def test_remarks_that_are_too_many_are_counted() -> None:
    many = replace(REPORT, annotations=remarks(1003))
    assert len(annotations_of(many)) == 1000
    assert body_of(many, ())["output"]["summary"].startswith("3 more remarks stand")
    assert body_of(REPORT, ())["output"]["summary"] == "Text"
