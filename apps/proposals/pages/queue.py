"""The queue and a proposal's place in it, arranged for templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.proposals.models import QueueEntry, Revert, RevertState, Stage
from apps.proposals.queued import Turn
from schemata.landing.mending import PSQL, Language, Step

WORDS = {
    Stage.WAITING: ("Waiting", "waiting", "clock"),
    Stage.TESTING: ("Testing", "running", "spinner"),
    Stage.PROVED: ("Proved", "passed", "check"),
    Stage.HANDED: ("Handed to the forge", "waiting", "arrow"),
    Stage.LANDED: ("Landed", "passed", "check"),
    Stage.REFUSED: ("Refused", "failed", "cross"),
    Stage.WITHDRAWN: ("Withdrawn", "superseded", "dash"),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A migration that landed under another name or with another text; `was` is empty for a new one."""

    was: str
    name: str
    is_rewritten: bool


@dataclass(frozen=True, slots=True)
class Mend:
    """What teammates run whose databases ran the branch; `anew` says why nothing helps but a new database.

    `notes` say which rows can keep it from going through; `is_proved`: its SQL was run.
    """

    commands: tuple[str, ...] = ()
    anew: str = ""
    notes: tuple[str, ...] = ()
    is_proved: bool = False


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry. `badge` is a class of components.css, `ahead` what it was tested on, in words."""

    entry: QueueEntry
    word: str
    badge: str
    icon: str
    detail: str
    place: int
    moved: tuple[Moved, ...]
    mend: Mend
    problems: tuple[str, ...]

    @property
    def was_handed(self) -> bool:
        """Whether it went as far as the forge."""
        return bool(self.entry.delivered)

    @property
    def is_of_head(self) -> bool:
        """Whether it speaks of the commit that its proposal stands on now."""
        return self.entry.proposal.head in (self.entry.head, self.entry.delivered)

    @property
    def needs_mending(self) -> bool:
        return bool(self.mend.commands or self.mend.anew)


@dataclass(frozen=True, slots=True)
class TurnView:
    """What a proposal's pages say of the queue. `entry` is None where it was never in it."""

    entry: EntryView | None = None
    revert: Revert | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether something is under way, so that the page is to look again."""
        return self.is_reverting or bool(self.entry and self.entry.place)

    @property
    def is_reverting(self) -> bool:
        return self.revert is not None and self.revert.state in (RevertState.WAITING, RevertState.RUNNING)


def show_line(entries: Sequence[QueueEntry]) -> tuple[EntryView, ...]:
    """The line with each entry's place, and on what it is tested."""
    shown: list[EntryView] = []
    for place, entry in enumerate(entries, 1):
        before = entries[place - 2] if place > 1 else None
        shown.append(show_entry(entry, place, before))
    return tuple(shown)


def show_entry(entry: QueueEntry, place: int = 0, before: QueueEntry | None = None) -> EntryView:
    word, badge, icon = WORDS[Stage(entry.stage)]
    proof = entry.proof or {}
    return EntryView(
        entry,
        word,
        badge,
        icon,
        _detail(entry, before),
        place,
        tuple(_moved(each) for each in proof.get("migrations", ()) if _is_moved(each)),
        _mend(proof.get("mending") or {}),
        tuple(proof.get("problems", ())),
    )


def show_turn(turn: Turn) -> TurnView:
    shown = show_entry(turn.entry, turn.place) if turn.entry else None
    return TurnView(shown, turn.revert)


def _detail(entry: QueueEntry, before: QueueEntry | None) -> str:
    """One sentence on where the entry stands."""
    if not entry.is_lined_up:
        return entry.reason
    if entry.stage == Stage.WAITING:
        return entry.reason or (
            "waits for a worker" if before is None else "waits for those ahead, or a worker"
        )
    on = "the default branch"
    if before is not None and before.candidate and before.candidate == entry.tested_on:
        on = f"what #{before.proposal.number} makes of it"
    if entry.stage == Stage.PROVED:
        return f"proved on {on}" + ("; lands when those ahead have" if before is not None else "")
    return f"being tested on {on}{_progress(entry.progress)}"


def _progress(told: Mapping[str, Any]) -> str:
    if not told.get("total"):
        return ""
    return f": migration {min(told['done'] + 1, told['total'])} of {told['total']}"


def _is_moved(told: Mapping[str, Any]) -> bool:
    return bool(told["was"] != told["name"] or told["origin"] == "rewritten")


def _moved(told: Mapping[str, Any]) -> Moved:
    return Moved(told["was"], told["name"], told["origin"] == "rewritten")


def _mend(told: Mapping[str, Any]) -> Mend:
    return Mend(
        tuple(_step(each).shown() for each in told.get("steps", ())),
        told.get("anew", ""),
        tuple(told.get("notes", ())),
        bool(told.get("proved")),
    )


def _step(told: Mapping[str, str]) -> Step:
    """Entries of before Braid told them apart have no `psql`."""
    return Step(Language(told["language"]), told["text"], told.get("psql", PSQL))
