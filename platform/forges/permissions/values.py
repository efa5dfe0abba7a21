"""What was found out about a credential."""

from dataclasses import dataclass
from enum import StrEnum

from forges.values import Repository


class Standing(StrEnum):
    """HELD: the forge showed that it is there. MISSING: it refused, or named all that there is. UNKNOWN: it tells
    nobody who does not write."""

    HELD = "held"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer about one permission; `told` is a sentence for people: what it was seen by, or why it can't be."""

    standing: Standing
    told: str


@dataclass(frozen=True, slots=True)
class Permission:
    """`key` names the permission as each forge's list in `apps.forges.guides` does."""

    key: str
    standing: Standing
    told: str

    @classmethod
    def of(cls, key: str, said: Said) -> "Permission":
        return cls(key, said.standing, said.told)


@dataclass(frozen=True, slots=True)
class Access:
    """The repository as the credential sees it, each permission that is needed, and when the credential ends, in the
    forge's own words (empty: it has no end, or the forge does not say)."""

    repository: Repository
    permissions: tuple[Permission, ...]
    ends: str = ""
