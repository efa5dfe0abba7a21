"""What a check found: one sentence a person can act on, with its place.

Readers, replay, diff, merge and lint all speak in findings; pages, the API,
the command line and `remote:` lines print them. A finding never carries a
traceback.
"""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How a finding counts: only an error blocks."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, where it stands and what to do about it.

    `message` does not repeat the place: whoever shows it shows `path:line` with it.
    `rule` is a stable dotted slug such as `layout.two-found`; `line` and
    `column` count from 1 in the file at `path`; `object` is an address as text
    (`table public.users`) where the finding speaks of a database object.
    """

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    path: str = ""
    line: int | None = None
    column: int | None = None
    object: str = ""
