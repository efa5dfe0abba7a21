"""What landing a merge may cost, read from what the worker measured (`sandbox.merging.risk`)."""

from dataclasses import dataclass

from apps.merges.models import Merge
from sandbox.merging.risk import UNTOLD
from schemata.plan import HazardKind

# With any of these more approvals may be asked for; the others are only shown.
GRAVE = (HazardKind.DATA_LOSS.value, HazardKind.IRREVERSIBLE.value, HazardKind.REWRITE.value, UNTOLD)
WORDS = {
    HazardKind.DATA_LOSS.value: "data loss",
    HazardKind.IRREVERSIBLE.value: "irreversible",
    HazardKind.REWRITE.value: "rewrite of a table",
    HazardKind.LONG_LOCK.value: "long lock",
    HazardKind.MAY_FAIL.value: "may fail",
    UNTOLD: "can't be told",
}


@dataclass(frozen=True, slots=True)
class Danger:
    """One cost, for people: a word for its kind, a sentence, and the object it is about."""

    kind: str
    word: str
    message: str
    object: str
    is_grave: bool


@dataclass(frozen=True, slots=True)
class RiskView:
    """What is known of a merge's cost. Braid can't know how large a table is, so every rewrite is grave."""

    dangers: tuple[Danger, ...]
    is_measured: bool = True

    @property
    def is_high(self) -> bool:
        """Whether data is at risk; what was not measured may be."""
        return not self.is_measured or any(danger.is_grave for danger in self.dangers)

    @property
    def words(self) -> str:
        """The kinds of what is grave, each once."""
        if not self.is_measured:
            return "not measured"
        return ", ".join(dict.fromkeys(danger.word for danger in self.dangers if danger.is_grave))


def risk_of(merge: Merge | None) -> RiskView:
    """The risk of landing the merge, the gravest first; of no merge it is not measured."""
    if merge is None or merge.risk is None:
        return RiskView((), is_measured=False)
    costs = merge.risk["costs"]
    dangers = tuple(
        Danger(
            cost["kind"],
            WORDS.get(cost["kind"], cost["kind"]),
            cost["message"],
            cost["object"],
            cost["kind"] in GRAVE,
        )
        for cost in costs
    )
    order = [*GRAVE, *WORDS]
    return RiskView(tuple(sorted(dangers, key=lambda danger: order.index(danger.kind))))
