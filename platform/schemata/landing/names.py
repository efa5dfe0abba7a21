"""Names under which migrations land: after everything that is there, changed as little as possible."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

_STAMPED = re.compile(r"([^0-9]*)([0-9]+)(.*)", re.DOTALL)
_CLOCK = "%Y%m%d%H%M%S"


def restamp(landed: Sequence[str], names: Sequence[str]) -> tuple[str, ...]:
    """`names`, in order, each so that it sorts after all of `landed` and after the one before it.

    A timestamp becomes the newest one and a second, a number the newest and one: two
    never share one, for most tools take it for the migration's version. No clock takes
    part, so the same sides give the same names. Migrations that run again whenever
    they change (Flyway's R files) have no number and keep their names.
    """
    newest = max(landed, key=_key, default="")
    found: list[str] = []
    for name in names:
        if not _STAMPED.match(name):
            found.append(name)
            continue
        newest = name if not newest or _key(name)[0] > _key(newest)[0] else _after(newest, name)
        found.append(newest)
    return tuple(found)


def _key(name: str) -> tuple[int, str]:
    """By the leading number, then as text."""
    stamp = _STAMPED.match(name)
    return (int(stamp[2]) if stamp else 0, name)


def _after(newest: str, name: str) -> str:
    """`name` with the stamp that follows `newest`'s."""
    last, own = _STAMPED.match(newest), _STAMPED.match(name)
    if last is None or own is None:
        return f"{newest}_{name}"
    return f"{own[1]}{_next(last[2])}{own[3]}"


def _next(stamp: str) -> str:
    if len(stamp) == len("20240101000000"):
        try:
            following = datetime.strptime(stamp, _CLOCK) + timedelta(seconds=1)
            return following.strftime(_CLOCK).zfill(len(stamp))
        except (ValueError, OverflowError):
            pass
    return str(int(stamp) + 1).zfill(len(stamp))
