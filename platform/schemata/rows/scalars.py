"""A text of a builtin type that pleases what is asked of it."""

import itertools
import math
from datetime import datetime, timedelta
from decimal import Decimal

from schemata.rows.builtin import BITS, INTEGERS, MAKERS, MOMENTS, NUMBERS, TEXTS, moment, text
from schemata.rows.demands import Demand
from schemata.rows.expressions import number
from schemata.rows.patterns import like, matching
from schemata.rows.spots import Spot

_TRIES = 24
# A check may ask for a text of a gigabyte; it does not get one.
_LONGEST = 10_000


def scalar(base: str, modifiers: tuple[str, ...], spot: Spot, demand: Demand) -> str | None:
    """A text that type `base` reads, None where the type is unknown or nothing is left to choose."""
    if demand.choices:
        return _choose(demand, spot)
    if demand.min_length > _LONGEST:
        return None
    if base == "geometry" or base == "geography":
        return _shape(modifiers, spot)
    maker = MAKERS.get(base)
    if maker is None:
        return None
    numbers = tuple(int(each) for each in modifiers if each.lstrip("-").isdigit())
    natural = maker(spot, numbers)
    if base in NUMBERS:
        return _number(natural, base in INTEGERS, numbers, spot, demand)
    if base in MOMENTS:
        return _moment(natural, base, spot, demand)
    if base in TEXTS:
        return _text(natural, base, numbers, spot, demand)
    if base == "bytea":
        return _bytes(natural, demand)
    if natural in demand.excluded or base in BITS:
        return next(
            (
                other
                for row in range(_TRIES)
                if (other := maker(Spot(spot.label, spot.key, spot.row + row), numbers))
                not in demand.excluded
            ),
            None,
        )
    return natural


def _choose(demand: Demand, spot: Spot) -> str | None:
    allowed = [each for each in demand.choices if each not in demand.excluded]
    return allowed[(spot.key + spot.row) % len(allowed)] if allowed else None


def _decimal(bound: Decimal | str | None) -> Decimal | None:
    found = None if bound is None else number(str(bound))
    return found if isinstance(found, Decimal) else None


def _number(natural: str, is_integer: bool, modifiers: tuple[int, ...], spot: Spot, demand: Demand) -> str:
    low, high = _decimal(demand.low), _decimal(demand.high)
    value = Decimal(natural)
    fits = (low is None or value > low) and (high is None or value < high)
    if fits and natural not in demand.excluded:
        return natural
    step = (
        Decimal(1)
        if is_integer or len(modifiers) == 1
        else Decimal(1).scaleb(-min(modifiers[1], 2))
        if modifiers
        else Decimal("0.01")
    )
    if low is None and high is None:
        return str(value + 100)
    if low is None:
        assert high is not None
        return str(math.floor(high) - 1 - spot.row - spot.rank)
    if high is None:
        return str(math.ceil(low) + 1 + spot.row + 10 * spot.rank)
    return _between(low, high, step, spot, demand)


def _between(low: Decimal, high: Decimal, step: Decimal, spot: Spot, demand: Demand) -> str:
    """The n-th of the numbers that are allowed, n by the row; with larger steps where there is room."""
    first = low + step if demand.open_low else low
    last = high - step if demand.open_high else high
    if last - first >= 100:
        step = Decimal(1)
    first, last = (Decimal(math.ceil(first)), Decimal(math.floor(last))) if step == 1 else (first, last)
    count = max(1, int((last - first) / step) + 1)
    place = (spot.row + spot.rank * 10 + (1 if count > 20 else 0)) % count
    for shift in range(count):
        value = first + step * ((place + shift) % count)
        if str(value) not in demand.excluded:
            return str(value)
        if shift > _TRIES:
            break
    return str(first)


def _moment(natural: str, base: str, spot: Spot, demand: Demand) -> str:
    if base.startswith("time ") or (demand.low is None and demand.high is None):
        return natural
    low, high = _as_moment(demand.low), _as_moment(demand.high)
    own = moment(spot).replace(tzinfo=None)
    if (low is None or own > low) and (high is None or own < high):
        return natural
    try:
        return _moved(low, high, base, spot, demand)
    except OverflowError:
        return natural


def _moved(low: datetime | None, high: datetime | None, base: str, spot: Spot, demand: Demand) -> str:
    """A moment between the bounds. Raises OverflowError beyond the year 9999."""
    own = moment(spot).replace(tzinfo=None)
    small = timedelta(days=1) if base == "date" else timedelta(minutes=1)
    if low is not None:
        own = low + small * (spot.row + 10 * spot.rank + (1 if demand.open_low else 0))
        if high is not None and own >= high:
            own = low
    elif high is not None:
        own = high - small * (spot.row + 1)
    zone = "+00" if base.endswith("with time zone") else ""
    return own.strftime("%Y-%m-%d" if base == "date" else "%Y-%m-%d %H:%M:%S") + zone


def _as_moment(bound: Decimal | str | None) -> datetime | None:
    try:
        return None if bound is None else datetime.fromisoformat(str(bound)).replace(tzinfo=None)
    except ValueError:
        return None


def _text(natural: str, base: str, modifiers: tuple[int, ...], spot: Spot, demand: Demand) -> str | None:
    longest = modifiers[0] if modifiers else 1 if base == "character" else 60 if base == "name" else None
    if demand.max_length is not None:
        longest = demand.max_length if longest is None else min(longest, demand.max_length)
    if demand.patterns:
        return _matching(demand, spot, longest)
    if isinstance(demand.low, str):
        natural = f"{demand.low}{'-' if demand.low else ''}{spot.row + 1}"
        return natural if demand.high is None or natural < str(demand.high) else demand.low
    if isinstance(demand.high, str) and natural >= demand.high:
        return str(spot.row)
    return text(spot, demand.min_length, longest)


def _matching(demand: Demand, spot: Spot, longest: int | None) -> str | None:
    """A text that fits the first pattern; the others are hoped for."""
    sort, _, pattern = demand.patterns[0].partition(":")
    for shift in itertools.islice(itertools.count(), _TRIES):
        choice = spot.row + spot.key + shift * 7
        found = like(pattern, choice) if sort == "like" else matching(pattern, choice)
        if (
            found is not None
            and (longest is None or len(found) <= longest)
            and len(found) >= demand.min_length
        ):
            return found
    return None


def _bytes(natural: str, demand: Demand) -> str:
    length = max(4, demand.min_length)
    if demand.max_length is not None:
        length = min(length, demand.max_length)
    raw = natural[2:].rjust(2 * length, "0")
    return "\\x" + (raw[-2 * length :] if length else "")


_SHAPES = {
    "point": "POINT({0} {1})",
    "linestring": "LINESTRING({0} {1}, {1} {1})",
    "polygon": "POLYGON((0 0, 0 {0}, {0} {0}, 0 0))",
    "multipoint": "MULTIPOINT({0} {1})",
    "multilinestring": "MULTILINESTRING(({0} {1}, {1} {1}))",
    "multipolygon": "MULTIPOLYGON(((0 0, 0 {0}, {0} {0}, 0 0)))",
}


def _shape(modifiers: tuple[str, ...], spot: Spot) -> str:
    """What PostGIS reads for geometry(Polygon,4326)."""
    form = _SHAPES.get(modifiers[0].lower() if modifiers else "point", _SHAPES["point"])
    reference = f"SRID={modifiers[1]};" if len(modifiers) > 1 else ""
    return reference + form.format(spot.row + 1, spot.row + 2)
