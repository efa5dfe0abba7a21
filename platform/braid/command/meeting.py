"""Two branches of one repository that may collide: their histories, and where they parted."""

from braid.command.exits import Stop
from braid.command.merge import Sides, sides_of
from braid.command.reading import read_history, refusal, told
from braid.command.sources import Source
from schemata.history import History
from schemata.layouts import LayoutError


def sides_to_merge(fork: Source, base: Source, head: Source, root: str | None) -> Sides | None:
    """What `merge` takes, for `head` that asks to be merged into `base`. Raises Stop.

    None where nothing can collide: a side has no migrations, or has changed none since they parted.
    """
    ours, theirs = _history(base, root), _history(head, root)
    if ours is None or theirs is None:
        return None
    began = _history(fork, root) or History(ours.layout, ours.root, ())
    if began.migrations in (ours.migrations, theirs.migrations):
        return None
    return sides_of((fork, base, head), (began, ours, theirs))


def _history(source: Source, root: str | None) -> History | None:
    """None where there are no migrations at all. Raises Stop where the team's own tool would refuse them."""
    try:
        history = read_history(source, root)
    except LayoutError as error:
        if error.finding.rule == "layout.none":
            return None
        raise Stop(
            told(source.label, error.finding.path, error.finding.line, error.finding.message)
        ) from None
    found = refusal(history)
    if found:
        raise Stop(told(source.label, found.path, found.line, found.message))
    return history
