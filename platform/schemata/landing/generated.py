"""Migrations that Braid writes itself, in the form and under the name that the team's tool wants."""

import re
from collections.abc import Sequence

from schemata.history import History
from schemata.landing.names import restamp

_STAMPED = re.compile(r"[^0-9]*[0-9]")
_FORMS = {
    "dbmate": ("-- migrate:up\n", "\n-- migrate:down\n"),
    "goose": ("-- +goose Up\n", ""),
}


def generated_text(layout: str, statements: Sequence[str], head: str = "") -> str:
    """A migration of these statements, each with its semicolon. `head` are lines of comment."""
    before, after = _FORMS.get(layout, ("", ""))
    if layout == "goose":
        # It cuts at every semicolon that ends a line, in the body of a function too.
        statements = [f"-- +goose StatementBegin\n{each}\n-- +goose StatementEnd" for each in statements]
    joint = "\n--> statement-breakpoint\n" if layout == "drizzle" else "\n\n"
    return f"{before}{head}{joint.join(statements)}\n{after}"


def generated_name(history: History, word: str) -> str:
    """A name for a migration after all of `history`, like those that it has: `word` is its last part.

    Empty where no name there has a number that could be counted on.
    """
    names = [each.name for each in history.migrations]
    numbered = [name for name in names if _STAMPED.match(name) and not name.startswith("R__")]
    if not numbered:
        return ""
    newest = numbered[-1]
    joint = "__" if "__" in newest else "_"
    return restamp(names, [f"{newest.partition(joint)[0]}{joint}{word}"])[0]
