"""Parts of what a forge shows, in Markdown.

What a team's SQL, files and names say stays text: no link, no mention, no markup comes of it.
"""

import re
from collections.abc import Iterable, Mapping

from apps.accounts.names import one_line
from apps.checks.access import ChangeView
from apps.forges.buttons import value_of
from apps.forges.reporting.facts import Facts
from apps.merges.models import Outcome
from apps.proposals.choices import told
from apps.proposals.resolutions import Disputed, named
from schemata.findings import Finding, Severity

MOST_CHANGES = 40
MOST_FINDINGS = 20
MOST_ATTRIBUTES = 4
MOST_COLLISIONS = 10
MOST_TEXT = 300
# What is said after both orders were run, or where people have to choose before they can be.
RAN_BOTH = (Outcome.CLEAN, Outcome.REWRITTEN)
ENDS = (".", "!", "?", ":")
SIGNS = {"add": "+", "drop": "-", "alter": "~", "rename": "~"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$&])")
# What forges make links and calls of without any markup: @name, #7, !7, GH-7, https://, www. and GitLab's &7, ~label...
_LOUD = re.compile(r"([@#!]|://|www(?=\.)|GH(?=-\d)|[&~%$^](?=\w))", re.IGNORECASE)
NOBODY = "\u200b"


def plain(text: str, most: int = MOST_TEXT) -> str:
    """Text that shows as itself and calls nobody: forges look for @names, #7 and addresses in escaped text too."""
    short = _short(text, most)
    return _LOUD.sub(rf"\1{NOBODY}", _SPECIAL.sub(r"\\\1", short))


def code(text: str, most: int = MOST_TEXT) -> str:
    """A span of code that nothing in the text can end."""
    short = _short(text, most)
    longest = max((len(run) for run in re.findall("`+", short)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if short.startswith("`") or short.endswith("`") else ""
    return f"{fence}{pad}{short.replace('|', chr(0x2502))}{pad}{fence}"


def _short(text: str, most: int) -> str:
    flat = one_line(text)
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def changes_text(facts: Facts) -> str:
    """What it does to the schema, change by change; what a new object brings with it is said by the object."""
    shown = (
        each
        for found in facts.changes
        for each in found.changes
        if not each.is_covered and not each.is_behind
    )
    lines = [f"- {SIGNS.get(each.action, '~')} {code(each.address)}{_attributes(each)}" for each in shown]
    return _section("What changes", lines, MOST_CHANGES)


def _attributes(change: ChangeView) -> str:
    said = [
        f"{plain(name)} {code(before)} → {code(after)}"
        for name, before, after in change.attributes[:MOST_ATTRIBUTES]
    ]
    lost = [" dropped and made anew" if change.is_recreated else ""]
    return "".join([*lost, f": {', '.join(said)}" if said else ""])


def findings_text(facts: Facts) -> str:
    order = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
    found = sorted(facts.findings, key=lambda each: order.index(each.severity))
    return _section("Findings", [f"- {_finding(each)}" for each in found], MOST_FINDINGS)


def collisions_text(facts: Facts) -> str:
    """With whom it collides, on what, and since when."""
    if facts.branch is None:
        return ""
    lines = []
    # What it has with the default branch stands under Conflicts, with both values.
    with_others = (
        pair for pair in facts.collisions if not (facts.conflicts and pair.other(facts.branch).is_default)
    )
    for pair in with_others:
        since = f", since {pair.since:%d %B %Y %H:%M} UTC" if pair.since else ""
        objects = ", ".join(code(each) for each in pair.objects[:5])
        more = f" and {len(pair.objects) - 5} more" if len(pair.objects) > 5 else ""
        lines.append(f"- with {code(pair.other(facts.branch).name)} on {objects}{more}{since}")
    return _section("Collisions", lines, MOST_COLLISIONS)


def conflicts_text(facts: Facts) -> str:
    """What both sides changed: each side's value where it is a plain one, and what was chosen."""
    if facts.branch is None or not facts.conflicts:
        return ""
    names = {"base": "before", "ours": facts.connection.project.default_branch, "theirs": facts.branch.name}
    lines = [f"- {code(named(each.about))}{_sides(each, names)}" for each in facts.conflicts]
    return _section("Conflicts", lines, MOST_COLLISIONS)


def _sides(disputed: Disputed, names: Mapping[str, str]) -> str:
    values = {side: value_of(disputed.about[side]) for side in names}
    shown = [f"{plain(names[side])} {code(value)}" for side, value in values.items() if value]
    chosen = f" (chosen: {plain(told(disputed.chosen.choice))})" if disputed.chosen else ""
    return (f": {', '.join(shown)}" if shown else "") + chosen


def pressed_text(facts: Facts) -> str:
    """Why a button that somebody pressed on this head did nothing."""
    pressed = facts.pull.pressed if facts.pull else {}
    if not facts.conflicts or pressed.get("head") != facts.sha:
        return ""
    return f"**The button did nothing**\n\n{plain(pressed['told'])}"


def proof_text(facts: Facts) -> str:
    """What was run for the merge, in its own words; nothing where a side alone does not run."""
    result = facts.meeting.result if facts.meeting and facts.meeting.is_current else None
    if result is None or result.outcome not in RAN_BOTH:
        return ""
    assert facts.meeting is not None
    heads = f"{code(facts.meeting.merged_ours[:12])} and {code(facts.meeting.merged_theirs[:12])}"
    return f"**Merge**\n\n{plain(result.headline)}: Braid ran both orders of {heads} on databases of its own."


def _finding(found: Finding) -> str:
    place = f" {code(f'{found.path}:{found.line}' if found.line else found.path)}" if found.path else ""
    message = plain(found.message)
    if found.hint:
        message = f"{message if message.endswith(ENDS) else f'{message}.'} {plain(found.hint)}"
    return f"**{found.severity.value}**{place} {message}"


def _section(title: str, lines: Iterable[str], most: int) -> str:
    listed = list(lines)
    if not listed:
        return ""
    more = [f"- and {len(listed) - most} more"] if len(listed) > most else []
    return "\n".join([f"**{title}**", "", *listed[:most], *more])
