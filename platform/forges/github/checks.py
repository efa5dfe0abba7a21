"""Check runs: one for each report, found again after a crash, with each remark once.

GitHub adds the annotations of every request to those that are there and takes none away,
so those that are there are read first; where one of them no longer holds, a new run of
the same name takes the old one's place (GitHub shows and requires the latest).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from forges.errors import Gone, Refused
from forges.github import answers
from forges.github.reports import annotations_of, batches, body_of
from forges.http import Api, Query
from forges.values import Report

# GitHub's words to those who are no app; nobody else can make check runs.
_APPS_ONLY = ("authenticate via a github app", "not accessible by personal access token")


@dataclass(frozen=True, slots=True)
class CheckRun:
    """The commit that a run is about, and the key of its report; `is_ours` says whether our app made it."""

    sha: str
    key: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class CheckRuns:
    """Of one repository, whose address in the API is `path`; `app` is the number of our app where it is known."""

    api: Api
    path: str
    app: str = ""

    def put(self, report: Report, known: str) -> str:
        """The run's id; empty where the credential is a person's, as only apps have check runs. Raises ForgeError."""
        try:
            return self._put(report, known)
        except Refused as error:
            if error.status != 403 or not any(words in str(error).lower() for words in _APPS_ONLY):
                raise
            return ""

    def seen(self, identity: str) -> CheckRun:
        """A run as GitHub has it now. Raises ForgeError: Gone where there is none."""
        found = self.api.get(self._run(identity), answers.Run)
        is_ours = found.app is not None and str(found.app.id) == self.app
        return CheckRun(found.head_sha, found.external_id or "", is_ours)

    def _put(self, report: Report, known: str) -> str:
        wanted = annotations_of(report)
        run = self._find(report, known)
        there = self._annotations(run) if run else frozenset()
        if run is not None and there <= _seen(wanted):
            return self._renew(run.id, report, [each for each in wanted if not _seen([each]) <= there])
        return self._make(report, wanted)

    def _find(self, report: Report, known: str) -> answers.Run | None:
        """The latest of its name with our key; `known` where the list doesn't show it (yet)."""
        query: Query = {"check_name": report.name, "filter": "latest", "per_page": 100}
        if self.app.isdecimal():
            query = {**query, "app_id": self.app}
        found = self.api.get(
            f"{self.path}/commits/{quote(report.sha, safe='')}/check-runs", answers.Runs, query
        )
        ours = [run for run in found.check_runs if run.external_id == report.key]
        if ours:
            return max(ours, key=lambda run: run.id)
        try:
            return self.api.get(self._run(known), answers.Run) if known else None
        except Gone:
            return None

    def _annotations(self, run: answers.Run) -> frozenset[answers.Annotation]:
        if not run.output.annotations_count:
            return frozenset()
        return _seen(
            self.api.pages(f"{self._run(run.id)}/annotations", answers.Annotation, {"per_page": 100})
        )

    def _make(self, report: Report, wanted: tuple[answers.Annotation, ...]) -> str:
        first, *others = batches(wanted)
        body = {"head_sha": report.sha, **body_of(report, first)}
        made = self.api.send("POST", f"{self.path}/check-runs", body, answers.Run).id
        for batch in others:
            self.api.tell("PATCH", self._run(made), body_of(report, batch))
        return str(made)

    def _renew(self, run: int, report: Report, missing: list[answers.Annotation]) -> str:
        for batch in batches(missing):
            self.api.tell("PATCH", self._run(run), body_of(report, batch))
        return str(run)

    def _run(self, identity: int | str) -> str:
        return f"{self.path}/check-runs/{quote(str(identity), safe='')}"


def _seen(annotations: Iterable[answers.Annotation]) -> frozenset[answers.Annotation]:
    """As they are compared: GitHub may give white space back in another way, and nothing as null."""
    return frozenset(
        answers.Annotation(
            path=each.path,
            start_line=each.start_line,
            end_line=each.end_line,
            annotation_level=each.annotation_level,
            title=" ".join((each.title or "").split()),
            message=" ".join((each.message or "").split()),
        )
        for each in annotations
    )
