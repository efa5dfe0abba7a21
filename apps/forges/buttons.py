"""The buttons of a check run: running it again, and taking one side of the one conflict that there is.

A press opens no page, so only what can be read whole on the button is offered: one conflict, two plain values.
Whatever else is to be decided is decided in the resolver, where the check's link leads.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.proposals.resolutions import Disputed
from forges import Button

RERUN = Button("rerun", "Run again", "Judge this commit once more")
# Kinds in which either side is a value, and taking one loses no more than the other's.
PLAIN = frozenset({"both-changed", "both-renamed"})
SIDES = ("ours", "theirs")
MOST_LABEL, MOST_DESCRIPTION = 20, 40
DIGEST = 12
_PRESSED = re.compile(rf"({'|'.join(SIDES)})\.([0-9a-f]{{{DIGEST}}})")


@dataclass(frozen=True, slots=True)
class Press:
    """What somebody pressed: a side, and the digest of what they saw."""

    side: str
    digest: str


def read_press(identifier: str) -> Press | None:
    """What a button's id says; None for what takes no side."""
    found = _PRESSED.fullmatch(identifier)
    return Press(found[1], found[2]) if found else None


def one_press(disputed: Sequence[Disputed]) -> Disputed | None:
    """The conflict that a button can settle; None where a person has to look."""
    if len(disputed) != 1 or disputed[0].chosen is not None or not disputed[0].is_open:
        return None
    [one] = disputed
    is_plain = one.about["kind"] in PLAIN and set(SIDES) <= set(one.about["options"])
    described = [_description(one, side) for side in SIDES]
    return one if is_plain and all(0 < len(each) <= MOST_DESCRIPTION for each in described) else None


def buttons_of(one: Disputed, target: str) -> tuple[Button, Button]:
    """One for each side; `target` is the default branch."""
    label = f"Take {target}'s side"
    label = label if len(label) <= MOST_LABEL else "Take target's side"
    digest = digest_of(one)
    return (
        Button(f"ours.{digest}", label, _description(one, "ours")),
        Button(f"theirs.{digest}", "Take this branch's", _description(one, "theirs")),
    )


def digest_of(one: Disputed) -> str:
    """Of all that somebody saw who presses: another value, or a choice meanwhile, is another digest."""
    sides = [one.about[side] for side in ("base", *SIDES)]
    seen = json.dumps([one.id, one.version, *sides], sort_keys=True, default=str)
    return hashlib.sha256(seen.encode()).hexdigest()[:DIGEST]


def value_of(value: Any) -> str:
    """A side's value as people read it; empty for what is no plain value."""
    if isinstance(value, str):
        return " ".join(value.split()) if value.isprintable() else ""
    return json.dumps(value) if isinstance(value, (bool, int, float)) else ""


def _description(one: Disputed, side: str) -> str:
    value = value_of(one.about[side])
    return f"{one.about['attribute']} {value}".strip() if value else ""
