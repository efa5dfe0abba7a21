"""What landing a merge may cost: what the worker measured (`sandbox.merging.risk`), weighed by how large tables are.

The measure belongs to the merge and is kept with it; sizes come and age, so the weighing is done wherever it is
asked for, and kept only in the timeline of what landed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from apps.merges.models import Merge
from apps.proposals.sizes import tables_through
from sandbox.merging.risk import BY_SIZE, UNTOLD
from schemata.plan import HazardKind
from schemata.sizes import Sizes, Threshold, Weight, weigh

REWRITE, LONG_LOCK = HazardKind.REWRITE.value, HazardKind.LONG_LOCK.value
# With any of these more approvals may be asked for, whatever the size; a rewrite counts where its table does as large,
# a long lock where it is known to be, and the others are only shown.
GRAVE = (HazardKind.DATA_LOSS.value, HazardKind.IRREVERSIBLE.value, UNTOLD)
WORDS = {
    HazardKind.DATA_LOSS.value: "data loss",
    HazardKind.IRREVERSIBLE.value: "irreversible",
    UNTOLD: "can't be told",
    REWRITE: "rewrite of a table",
    LONG_LOCK: "long lock",
    HazardKind.MAY_FAIL.value: "may fail",
}


@dataclass(frozen=True, slots=True)
class Danger:
    """One cost, for people: a word for its kind, a sentence, and the object it is about.

    `size` says of what takes as long as a table is large what is known of that, and is empty for all else.
    `is_large` is None where there is nothing to be large, or it is not known.
    """

    kind: str
    word: str
    message: str
    object: str
    is_grave: bool
    size: str = ""
    is_large: bool | None = None

    @property
    def sentence(self) -> str:
        return f"{self.message}; {self.size}" if self.size else self.message

    @property
    def reason(self) -> str:
        """In a few words why more may be asked for."""
        return f"{self.word}: {self.size}" if self.size else self.word


@dataclass(frozen=True, slots=True)
class Scale:
    """What tables are weighed by: their sizes, from where on one is large, and when that is asked."""

    sizes: Sizes
    large: Threshold
    now: datetime


@dataclass(frozen=True, slots=True)
class RiskView:
    """What is known of a merge's cost."""

    dangers: tuple[Danger, ...]
    is_measured: bool = True

    @property
    def is_high(self) -> bool:
        """Whether data is at risk; what was not measured may be."""
        return not self.is_measured or any(danger.is_grave for danger in self.dangers)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is high, each once."""
        if not self.is_measured:
            return ("not measured",)
        return tuple(dict.fromkeys(danger.reason for danger in self.dangers if danger.is_grave))

    @property
    def spared(self) -> tuple[Danger, ...]:
        """Rewrites that would count if their tables were not known to be small."""
        return tuple(each for each in self.dangers if each.kind == REWRITE and not each.is_grave)

    def to_json(self) -> list[dict[str, Any]]:
        """As the timeline keeps it."""
        return [asdict(each) for each in self.dangers]

    @classmethod
    def from_json(cls, dangers: list[dict[str, Any]]) -> "RiskView":
        return cls(tuple(Danger(**each) for each in dangers))


def risk_of(merge: Merge | None, scale: Scale | None = None) -> RiskView:
    """The risk of landing the merge, the gravest first; of no merge it is not measured.

    Without a scale every table counts as large, and nothing is said of sizes.
    """
    if merge is None or merge.risk is None:
        return RiskView((), is_measured=False)
    order = list(WORDS)
    dangers = (_danger(cost, scale) for cost in merge.risk["costs"])
    return RiskView(tuple(sorted(dangers, key=lambda each: (not each.is_grave, order.index(each.kind)))))


def _danger(cost: Mapping[str, Any], scale: Scale | None) -> Danger:
    kind = cost["kind"]
    told = (WORDS.get(kind, kind), cost["message"], cost["object"])
    if kind not in BY_SIZE:
        return Danger(kind, *told, kind in GRAVE)
    if scale is None:
        return Danger(kind, *told, kind == REWRITE)
    weight = weigh(tables_through(cost), scale.sizes, scale.large, now=scale.now)
    is_large = weight.is_large if weight.is_known else None
    return Danger(kind, *told, _is_grave(kind, weight), weight.words, is_large)


def _is_grave(kind: str, weight: Weight) -> bool:
    """A lock of unknown length is only told: else every index on a table would count where no sizes are known."""
    return weight.is_large and (kind == REWRITE or weight.is_known)
