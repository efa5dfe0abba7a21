"""What checks, domains and partition bounds ask of one column's values."""

from dataclasses import dataclass, field, replace
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Demand:
    """All that is known to be asked of a column; each field by itself, the empty one asks nothing.

    `choices` are the only texts allowed, `excluded` ones that are not. `low` and
    `high` are numbers, or texts for what is no number (dates), bounds included
    unless `open_low`, `open_high`. Lengths count characters or bytes.
    """

    choices: tuple[str, ...] = ()
    excluded: frozenset[str] = field(default_factory=frozenset)
    low: Decimal | str | None = None
    high: Decimal | str | None = None
    open_low: bool = False
    open_high: bool = False
    min_length: int = 0
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    null: bool | None = None

    def both(self, other: "Demand") -> "Demand":
        """What asks for all that `self` and `other` ask for, as far as one value can tell."""
        narrowed = tuple(each for each in self.choices if each in other.choices)
        low, open_low = _tighter(self.low, self.open_low, other.low, other.open_low, 1)
        high, open_high = _tighter(self.high, self.open_high, other.high, other.open_high, -1)
        longest = [each for each in (self.max_length, other.max_length) if each is not None]
        return Demand(
            choices=narrowed or self.choices or other.choices,
            excluded=self.excluded | other.excluded,
            low=low,
            high=high,
            open_low=open_low,
            open_high=open_high,
            min_length=max(self.min_length, other.min_length),
            max_length=min(longest) if longest else None,
            patterns=self.patterns + other.patterns,
            null=self.null if self.null is not None else other.null,
        )

    def contradicts(self, other: "Demand") -> bool:
        """Whether no value can please both; only what is plain to see."""
        if None not in (self.null, other.null) and self.null != other.null:
            return True
        if self.choices and other.choices and not set(self.choices) & set(other.choices):
            return True
        joined = self.both(other)
        return bool(joined.choices) and set(joined.choices) <= joined.excluded

    def without_null(self) -> "Demand":
        return replace(self, null=None)


NOTHING = Demand()
Bound = Decimal | str | None


def _tighter(one: Bound, one_open: bool, other: Bound, other_open: bool, sign: int) -> tuple[Bound, bool]:
    if one is None or other is None or isinstance(one, str) != isinstance(other, str):
        return (other, other_open) if one is None else (one, one_open)
    if one == other:
        return one, one_open or other_open
    larger = one > other  # type: ignore[operator]
    return (one, one_open) if larger == (sign > 0) else (other, other_open)
