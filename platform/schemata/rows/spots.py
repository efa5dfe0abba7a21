"""The numbers that values are made of: one for each column and row, the same in every run."""

from dataclasses import dataclass
from zlib import crc32

# Small enough for smallint, large enough to stay clear of the ids that migrations give their own rows.
FIRST_NUMBER = 20_000
SPREAD = 8_000
RANK_STEP = 100


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for a value: `label` names its column, `key` spreads columns apart, `row` counts from 0.

    `rank` orders columns that a check compares: a higher one gives a larger value.
    """

    label: str
    key: int
    row: int
    rank: int = 0

    @staticmethod
    def of(label: str, origin: str, row: int, rank: int = 0) -> "Spot":
        return Spot(label, crc32(origin.encode()) % SPREAD, row, rank)

    @property
    def number(self) -> int:
        """Distinct for each row, rising with the rank."""
        return FIRST_NUMBER + self.key + self.rank * RANK_STEP + self.row

    def inside(self, part: str) -> "Spot":
        """The place of a part of this value, such as a composite's attribute."""
        return Spot(part, self.key, self.row, self.rank)
