"""The slow housekeeping of a day: rows that nothing shows any more."""

from apps.checks.retention import forget_superseded


def maintain() -> None:
    forget_superseded()
