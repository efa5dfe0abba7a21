"""Code insights: a report on a commit with its annotations, in Bitbucket's words and within its limits."""

from collections.abc import Iterator
from hashlib import sha1
from typing import Any

from forges.quoting import quoted, shortened
from forges.values import Annotation, Level, Outcome, Report

MAX_ANNOTATIONS = 1000
BATCH = 100
MAX_KEY = 40
_TITLE, _DETAILS = 450, 2000
_RESULTS = {
    Outcome.PENDING: "PENDING",
    Outcome.SUCCESS: "PASSED",
    Outcome.FAILURE: "FAILED",
    Outcome.ERROR: "FAILED",
    Outcome.CANCELLED: "FAILED",
}
_SEVERITIES = {Level.NOTICE: "LOW", Level.WARNING: "MEDIUM", Level.FAILURE: "HIGH"}


def key_of(text: str) -> str:
    """A key within Bitbucket's 40 characters; longer ones become their hash, the same each time."""
    return text if len(text) <= MAX_KEY else sha1(text.encode(), usedforsecurity=False).hexdigest()


def report_body(report: Report) -> dict[str, Any]:
    beyond = len(report.annotations) - MAX_ANNOTATIONS
    more = f"\n\n{beyond:,} remarks more stand on Braid's page." if beyond > 0 else ""
    return {
        "title": quoted(report.name, limit=_TITLE),
        "details": shortened(f"{report.title}\n\n{report.summary}", _DETAILS - len(more)) + more,
        "report_type": "TEST",
        "reporter": "Braid",
        "link": report.url,
        "result": _RESULTS[report.outcome],
    }


def annotation_batches(report: Report) -> Iterator[list[dict[str, Any]]]:
    """Bodies of at most BATCH annotations, MAX_ANNOTATIONS in all, the gravest first."""
    order = list(Level)
    gravest = sorted(report.annotations, key=lambda each: -order.index(each.level))[:MAX_ANNOTATIONS]
    numbered = [_annotation(number, each, report) for number, each in enumerate(gravest)]
    for start in range(0, len(numbered), BATCH):
        yield numbered[start : start + BATCH]


def _annotation(number: int, annotation: Annotation, report: Report) -> dict[str, Any]:
    """Annotations have no end line here, and no Markdown."""
    return {
        "external_id": f"braid-{number:04}",
        "annotation_type": "BUG",
        "severity": _SEVERITIES[annotation.level],
        "result": "FAILED" if annotation.level is Level.FAILURE else "PASSED",
        "summary": quoted(annotation.title, limit=_TITLE),
        "details": shortened(annotation.message, _DETAILS),
        "path": annotation.path,
        "line": annotation.line,
        "link": report.url,
    }
