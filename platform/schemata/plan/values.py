"""A plan as data: statements in order, what each may cost, and the schemas that it leads from and to."""

from dataclasses import dataclass
from enum import StrEnum

from schemata.catalog import Address


class HazardKind(StrEnum):
    """DATA_LOSS: rows or values go. REWRITE: the whole table is written anew. LONG_LOCK: others wait while
    it looks at every row. MAY_FAIL: rows that are there can make it fail. IRREVERSIBLE: no way back
    brings back what was there."""

    DATA_LOSS = "data-loss"
    REWRITE = "rewrite"
    LONG_LOCK = "long-lock"
    MAY_FAIL = "may-fail"
    IRREVERSIBLE = "irreversible"


@dataclass(frozen=True, slots=True)
class Hazard:
    """One thing to know before running a statement; `message` is a sentence."""

    kind: HazardKind
    message: str
    address: Address


@dataclass(frozen=True, slots=True)
class PlannedStatement:
    """SQL with its semicolon. `alone`: not in a transaction or message with others."""

    sql: str
    address: Address
    hazards: tuple[Hazard, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What leads from one catalog to another.

    `unsupported` names what no statement was found for: then it does not lead all the way.
    """

    statements: tuple[PlannedStatement, ...]
    unsupported: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.statements and not self.unsupported

    @property
    def sql(self) -> str:
        """All of it as a script, a paragraph for each statement."""
        return "\n\n".join(statement.sql for statement in self.statements) + ("\n" if self.statements else "")
