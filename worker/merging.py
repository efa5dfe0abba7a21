"""From a claimed meeting to a saved merge: load both heads and where they parted, ask the core, save."""

import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from apps.checks.access import why_stopped
from apps.checks.content.judgements import Side
from apps.merges import actions
from apps.merges.content import (
    find_merge,
    load_document,
    merge_key,
    open_conflicts,
    save_merge,
    save_unusable,
)
from apps.merges.models import Meeting, Merge
from apps.projects.models import Project
from apps.repositories.commits import merge_base
from apps.repositories.trees import TreeError
from sandbox.errors import DeadlineExceeded, SandboxError
from sandbox.merging import MergeResult, merge_histories
from sandbox.merging.agreeing import Agreeing
from sandbox.merging.files import merged_schema, of_the_database
from sandbox.replays import OnProgress
from schemata.catalog.collector import collector_paused
from schemata.findings import Finding, Severity
from schemata.history import History
from schemata.layouts import LayoutError
from schemata.merge.resolutions import Resolution, ResolutionError
from worker.heartbeat import ClaimLost, Heartbeat
from worker.histories import Histories
from worker.process import new_claim, sandboxes
from worker.slots import merging_slot

logger = logging.getLogger(__name__)


class Unusable(Exception):
    """A side that has no history to run; `finding` says why."""

    def __init__(self, side: str, finding: Finding) -> None:
        super().__init__(f"{side}: {finding.message}")
        self.side, self.finding = side, finding


@dataclass(frozen=True, slots=True)
class Sides:
    """The three histories of a merge."""

    base: Side
    ours: Side
    theirs: Side

    @property
    def histories(self) -> tuple[History, History, History]:
        return self.base.history, self.ours.history, self.theirs.history

    def postgres(self, project: Project) -> int | None:
        """The major version that is asked for where the merge has landed, None where none is."""
        base, ours, theirs = (history.postgres for history in self.histories)
        return (ours if theirs == base else theirs) or project.postgres


def merge_meeting(meeting_id: int) -> None:
    """Merge the heads of the meeting unless another worker has it or it needs no merge any more.

    Where as many merges run as may, it goes on waiting; whoever is done asks for the next one.
    """
    with merging_slot() as is_free:
        if is_free:
            _merge_claimed(meeting_id)
    if is_free:
        actions.enqueue_next()


def _merge_claimed(meeting_id: int) -> None:
    meeting = actions.claim(meeting_id, new_claim())
    if meeting is None:
        return
    stopped = _stopped(meeting)
    if stopped:
        actions.give_up(meeting, stopped)
        return
    started = time.perf_counter()
    try:
        # From the catalogs that are merged to the row that is kept, there are no cycles, and very many objects.
        with (
            Heartbeat(str(meeting), partial(actions.heartbeat, meeting)) as heartbeat,
            collector_paused(),
        ):
            merge, resolved = _merge(meeting, heartbeat)
            actions.finish(meeting, merge, resolved, (time.perf_counter() - started) * 1000)
    except ClaimLost:
        logger.info("meeting %s was taken back", meeting.pk)
    except DeadlineExceeded as error:
        # Another try would take as long, and others wait for this process.
        actions.give_up(meeting, str(error))
    except SandboxError as error:
        logger.warning("meeting %s: %s", meeting.pk, error)
        actions.postpone(meeting, str(error))
    except ResolutionError as error:
        actions.give_up(meeting, f"What was chosen can't be done: {error}")
    except SoftTimeLimitExceeded:
        actions.give_up(meeting, f"The merge took longer than {settings.CELERY_TASK_SOFT_TIME_LIMIT} s.")
    except Exception:
        logger.exception("meeting %s", meeting.pk)
        actions.give_up(
            meeting, "Braid failed while it merged these branches; the worker's log has the reason."
        )


def _stopped(meeting: Meeting) -> str:
    """Why a side would only take its deadline once more, as its verdict tells."""
    sides = ((meeting.ours, meeting.ours_commit), (meeting.theirs, meeting.theirs_commit))
    told = ((branch, why_stopped(branch, commit)) for branch, commit in sides)
    return next((f"{branch.name} took too long alone: {why}" for branch, why in told if why), "")


def _merge(meeting: Meeting, heartbeat: Heartbeat) -> tuple[Merge, Merge | None]:
    histories = Histories(meeting.project)
    try:
        sides = read_sides(histories, meeting.ours_commit, meeting.theirs_commit)
    except Unusable as found:
        return save_unusable(meeting.project, found.side, found.finding), None

    def tell(step: Any) -> None:
        heartbeat.tell(asdict(step))

    merge = merge_sides(meeting.project, sides, {}, tell)
    heartbeat.check()
    resolved = settle(meeting.project, sides, meeting.choices, tell)
    heartbeat.check()
    return merge, resolved if resolved.pk != merge.pk else None


def read_sides(histories: Histories, ours: str, theirs: str) -> Sides:
    """The histories of two commits and of the newest one that both have. Raises Unusable."""
    base = merge_base(histories.repository, ours, theirs)
    named = {"base": base, "ours": ours, "theirs": theirs}
    return Sides(**{side: _read(histories, side, commit) for side, commit in named.items()})


def _read(histories: Histories, side: str, commit: str) -> Side:
    try:
        found = histories.read(commit)
    except LayoutError as error:
        raise Unusable(side, error.finding) from error
    except TreeError as error:
        finding = Finding(rule="repository.unreadable", severity=Severity.ERROR, message=str(error))
        raise Unusable(side, finding) from error
    if not found.history.is_runnable:
        raise Unusable(side, next(f for f in found.history.findings if f.severity is Severity.ERROR))
    return found


def settle(
    project: Project, sides: Sides, choices: Mapping[str, Any], on_progress: OnProgress | None = None
) -> Merge:
    """The merge with those of `choices` that there are conflicts for: a choice may bring the next conflict up.

    Raises SandboxError, and ResolutionError for a choice that a conflict does not offer.
    """
    used: dict[str, Any] = {}
    while True:
        merge = merge_sides(project, sides, used, on_progress)
        chosen = {each: choices[each] for each in open_conflicts(load_document(merge)) if each in choices}
        if not chosen.keys() - used.keys():
            return merge
        used |= chosen


def merge_sides(
    project: Project, sides: Sides, choices: Mapping[str, Any], on_progress: OnProgress | None
) -> Merge:
    """The merge as a row, found or made."""
    key = merge_key(sides.base, sides.ours, sides.theirs, choices)
    found = find_merge(project, key)
    if found:
        return found
    result = run_merge(project, sides, choices, on_progress)
    chosen = resolutions_of(choices)
    schema = merged_schema(*sides.histories, result, chosen)
    held = _agreeing(project, sides).held(result, schema, chosen)
    return save_merge(project, key, result, held, sides.postgres(project))


def _agreeing(project: Project, sides: Sides) -> Agreeing:
    _base, ours, theirs = sides.histories
    postgres = sides.postgres(project)
    return Agreeing(sandboxes(), ours, theirs, project.key.hex, postgres, settings.CHECK_DEADLINE_S)


def resolutions_of(choices: Mapping[str, Any]) -> dict[str, Resolution]:
    """Choices as rows keep them. Raises TypeError for what was never checked."""
    return {
        key: Resolution(**{name: _frozen(value) for name, value in choice.items()})
        for key, choice in choices.items()
    }


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def run_merge(
    project: Project, sides: Sides, choices: Mapping[str, Any], on_progress: OnProgress | None
) -> MergeResult:
    """The merge, run now. Raises SandboxError and ResolutionError."""
    return merge_histories(
        sandboxes(),
        *sides.histories,
        owner=project.key.hex,
        resolutions=of_the_database(resolutions_of(choices)),
        postgres=sides.postgres(project),
        deadline_s=settings.CHECK_DEADLINE_S,
        on_progress=on_progress,
    )
