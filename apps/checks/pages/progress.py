"""What a page says of a verdict that is on its way."""

from dataclasses import dataclass
from datetime import datetime

from apps.checks.models import State, Verdict
from apps.repositories.models import Branch


@dataclass(frozen=True, slots=True)
class ProgressView:
    """`done` of `total` migrations; both 0 before the worker knows. `since` is when it was asked for or taken."""

    state: str
    headline: str
    done: int
    total: int
    phase: str
    migration: str
    since: datetime | None

    @property
    def current(self) -> int:
        """Which migration runs, from 1."""
        return min(self.done + 1, self.total)


def show_progress(verdict: Verdict) -> ProgressView:
    told = verdict.progress or {}
    return ProgressView(
        state=str(verdict.state),
        headline=verdict.headline or _default_headline(verdict),
        done=int(told.get("done", 0)),
        total=int(told.get("total", 0)),
        phase=str(told.get("phase", "")),
        migration=str(told.get("migration", "")),
        since=verdict.claimed_at or verdict.requested_at,
    )


def awaited(branch: Branch) -> ProgressView:
    """A branch that was pushed a moment ago, whose verdict no worker has asked for yet."""
    return ProgressView(State.WAITING.value, "Waiting for a worker", 0, 0, "", "", branch.pushed_at)


def _default_headline(verdict: Verdict) -> str:
    if verdict.state == State.WAITING:
        return "Waiting for a worker"
    return "Replaying the migrations"
