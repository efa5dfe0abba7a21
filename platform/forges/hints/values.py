"""What a delivery is about. A hint says where to look; what is there is always read from the forge or git itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """BRANCHES: refs moved. PULL: a pull request changed. RERUN: somebody asks for a check once more.
    BUTTON: somebody pressed `button`. QUEUE: a merge queue made `ref`. ACCESS: the app was installed, removed or given
    other repositories. REPOSITORY: renamed, moved or deleted. PING: the forge tries the address. NOTHING: not for us.
    """

    BRANCHES = "branches"
    PULL = "pull"
    RERUN = "rerun"
    BUTTON = "button"
    QUEUE = "queue"
    ACCESS = "access"
    REPOSITORY = "repository"
    PING = "ping"
    NOTHING = "nothing"


class Unreadable(ValueError):
    """The body is no delivery of this forge; the message says why."""


@dataclass(frozen=True, slots=True)
class Hint:
    """`event` and `action` in the forge's own words, for the log; empty or None is what the delivery does not say.

    `actor` is the login of who did it, and `account` the forge's id of that.
    """

    subject: Subject
    event: str
    action: str = ""
    repository_id: str = ""
    repository: str = ""
    ref: str = ""
    pull: int | None = None
    sha: str = ""
    report: str = ""
    button: str = ""
    installation: str = ""
    actor: str = ""
    account: str = ""


Headers = Mapping[str, str]
