"""The body of a check run, within GitHub's limits (https://docs.github.com/en/rest/checks/runs)."""

from collections.abc import Iterator, Sequence
from typing import Any

from forges.github import answers
from forges.quoting import quoted
from forges.values import Annotation, Button, Outcome, Report

BATCH = 50
MOST_ANNOTATIONS = 1000
MOST_SUMMARY = 65_535
MOST_MESSAGE = 64_000
MOST_TITLE = 255
MOST_BUTTONS = 3
FENCE = "```"

_CONCLUSIONS = {
    Outcome.SUCCESS: "success",
    Outcome.FAILURE: "failure",
    # Neither neutral nor cancelled tells people to look; the title says whose fault it is.
    Outcome.ERROR: "failure",
    # As neutral or skipped a required check would pass.
    Outcome.CANCELLED: "cancelled",
}


def body_of(report: Report, annotations: Sequence[answers.Annotation]) -> dict[str, Any]:
    """What is sent to make or renew the run, with a batch of its annotations."""
    output: dict[str, Any] = {
        "title": quoted(report.title, limit=MOST_TITLE) or report.name,
        "summary": _summary(report),
        "annotations": list(annotations),
    }
    finished = {"status": "completed", "conclusion": _CONCLUSIONS.get(report.outcome)}
    return {
        "name": report.name,
        "external_id": report.key,
        "details_url": report.url,
        **({"status": "in_progress"} if report.outcome is Outcome.PENDING else finished),
        "output": output,
        "actions": [_action(button) for button in report.buttons[:MOST_BUTTONS]],
    }


def annotations_of(report: Report) -> tuple[answers.Annotation, ...]:
    """Each remark once, in the order given; `_summary` says where there are more than GitHub is sent."""
    return tuple(dict.fromkeys(map(_annotation, report.annotations[:MOST_ANNOTATIONS])))


def batches(annotations: Sequence[answers.Annotation]) -> Iterator[Sequence[answers.Annotation]]:
    """What one request may hold; an empty batch where there is nothing."""
    for start in range(0, max(len(annotations), 1), BATCH):
        yield annotations[start : start + BATCH]


def _annotation(given: Annotation) -> answers.Annotation:
    first = max(given.line, 1)
    title = quoted(given.title, limit=MOST_TITLE)
    message = _cut(given.message.replace("\0", "").strip(), MOST_MESSAGE, "\n…")
    return answers.Annotation(
        path=given.path,
        start_line=first,
        end_line=max(given.end_line, first),
        annotation_level=given.level.value,
        title=title,
        message=message or title or given.level.value,
    )


def _action(button: Button) -> dict[str, str]:
    return {
        "label": quoted(button.label, limit=20),
        "description": quoted(button.description, limit=40),
        "identifier": button.id,
    }


def _summary(report: Report) -> str:
    text = report.summary.replace("\0", "")
    left = len(report.annotations) - MOST_ANNOTATIONS
    if left > 0:
        text = f"{left} more remarks stand [on the page of this check]({report.url}).\n\n{text}"
    note = f"\n\nThis is too long for GitHub; all of it stands [on the page of this check]({report.url})."
    return _cut(text, MOST_SUMMARY, note) or report.title or report.name


def _cut(text: str, limit: int, note: str) -> str:
    """At most `limit` bytes of UTF-8, ending with `note` where something is left out, outside of any code."""
    content = text.encode()
    if len(content) <= limit:
        return text
    room = limit - len(note.encode()) - len(FENCE) - 1
    kept = content[:room].decode(errors="ignore")
    kept = kept.rpartition("\n")[0] or kept
    is_in_code = sum(line.startswith(FENCE) for line in kept.splitlines()) % 2
    return kept + (f"\n{FENCE}" if is_in_code else "") + note
