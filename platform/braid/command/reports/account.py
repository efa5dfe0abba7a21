"""What a command has found, as values that every machine-readable report is made from."""

from dataclasses import dataclass
from enum import StrEnum

from schemata.findings import Severity


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: `path` is relative to the repository's root, line and column count from 1."""

    path: str
    line: int | None = None
    column: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, failure or collision.

    `others` are further places that take part (the other side of a collision), `migration`
    is the name of the one that it is about, `excerpt` the line with a caret below.
    """

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    place: Place | None = None
    others: tuple[Place, ...] = ()
    object: str = ""
    migration: str = ""
    excerpt: str = ""

    @property
    def is_blocking(self) -> bool:
        return self.severity is Severity.ERROR


class Ran(StrEnum):
    """Whether a migration ran. STOPPED: one before it, or the whole run, ended earlier."""

    YES = "yes"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Step:
    """One migration of what was run; `seconds` are 0 where it was known from an earlier run."""

    name: str
    path: str
    ran: Ran
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Account:
    """The whole outcome of one command, problems sorted with the worst first.

    `root` is the layout's folder from the repository's root, `effects` are lines that say
    what the migrations do or which of them land.
    """

    command: str
    outcome: str
    is_good: bool
    headline: str
    root: str = ""
    steps: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    effects: tuple[str, ...] = ()
    seconds: float = 0.0


def sorted_by_severity(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    order = list(Severity)
    return tuple(sorted(problems, key=lambda each: order.index(each.severity)))


def place_text(place: Place | None) -> str:
    """`path:line:column`, as far as it is known."""
    parts = (place.path, place.line, place.column) if place else ()
    return ":".join(str(part) for part in parts if part)
