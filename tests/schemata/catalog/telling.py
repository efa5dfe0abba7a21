"""Changes as the text that the case folders expect."""

from schemata.catalog import Catalog
from schemata.changes import Action, Change
from schemata.render import definition


def told(changes: tuple[Change, ...], after: Catalog) -> str:
    """Summaries, one a line; what was added by itself is followed by its definition, indented."""
    return "".join(_told(change, after) for change in changes)


def _told(change: Change, after: Catalog) -> str:
    marks = " [soft]" * change.soft + " [covered]" * bool(change.covered_by)
    text = f"{change.summary}{marks}\n"
    if change.action == Action.ADD and change.after and not change.covered_by:
        text += "".join(f"    {line}\n" for line in definition(change.after, after).splitlines())
    return text
