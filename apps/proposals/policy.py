"""What a project asks before a proposal lands: its settings, and `[policy]` in braid.toml on the default branch.

    [policy]
    approvals = 2
    self_approval = false
    risky_approvals = 3                     # where data is at risk
    large_rows = 100000                     # from so many rows on a table is large, and its rewrite a risk
    large_megabytes = 100                   # or from so many megabytes on
    required_checks = ["replay", "warnings"]
    bypass = "owner"                        # the least role that may: "maintainer", "owner", "nobody"
    owners = '''
    table public.billing_* -> ada@example.com
    '''

Where both are there, a proposal must satisfy both: the file can ask for more than the settings and never for
less. So nobody can weaken what the maintainers set by landing another file, and who reads the repository
sees what it asks for.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from apps.proposals.models import Policy
from apps.proposals.owners import Owners, Problem, read_owners
from apps.teams.models import Role
from schemata.layouts import LayoutError, Tree
from schemata.layouts.settings import SETTINGS_FILE, read_table
from schemata.sizes import Threshold

MOST_APPROVALS = 20
MOST_ROWS = 10**9
MOST_MEGABYTES = 2**20
MEGABYTE = 2**20
NOBODY = 100
BYPASS = {"maintainer": int(Role.MAINTAINER), "owner": int(Role.OWNER), "nobody": NOBODY}


LARGE = Threshold(100_000, 100 * MEGABYTE)
# Beyond what the settings can ask for: no table is large because of it.
NEVER = Threshold(MOST_ROWS, MOST_MEGABYTES * MEGABYTE)


class Check(StrEnum):
    """What a policy can require besides the merge, which always is.

    REPLAY: the branch's own verdict passed. WARNINGS: it found nothing to warn of either.
    ORDER: databases end alike whichever side's migrations ran first. DRIFT: the schema file says what the
    migrations make, or at least nothing else than before. THREADS: what was said about objects and conflicts is
    resolved.
    """

    REPLAY = "replay"
    WARNINGS = "warnings"
    ORDER = "order"
    DRIFT = "drift"
    THREADS = "threads"


@dataclass(frozen=True, slots=True)
class OwnersText:
    """A read text of owners and where it stands, for people."""

    place: str
    owners: Owners


@dataclass(frozen=True, slots=True)
class Rules:
    """A policy as values. `bypass` is the least role that may pass it by; `problems` make it unreadable.

    From `large` on the rewrite of a table is a risk.
    """

    approvals: int = 1
    self_approval: bool = False
    risky_approvals: int = 0
    large: Threshold = LARGE
    required_checks: tuple[Check, ...] = (Check.REPLAY,)
    bypass: int = int(Role.OWNER)
    owners: tuple[OwnersText, ...] = ()
    problems: tuple[str, ...] = ()

    def needed(self, *, risky: bool) -> int:
        """How many approvals, given whether data is at risk."""
        return max(self.approvals, self.risky_approvals) if risky else self.approvals

    def and_also(self, other: "Rules") -> "Rules":
        """What satisfies both."""
        return Rules(
            approvals=max(self.approvals, other.approvals),
            self_approval=self.self_approval and other.self_approval,
            risky_approvals=max(self.risky_approvals, other.risky_approvals),
            large=Threshold(min(self.large.rows, other.large.rows), min(self.large.bytes, other.large.bytes)),
            required_checks=tuple(
                each for each in Check if each in (*self.required_checks, *other.required_checks)
            ),
            bypass=max(self.bypass, other.bypass),
            owners=self.owners + other.owners,
            problems=self.problems + other.problems,
        )


# What asks for nothing, so that anything may be added to it.
UNASKED = Rules(approvals=0, self_approval=True, large=NEVER, required_checks=(), bypass=0)


def rules_of(policy: Policy) -> Rules:
    """The settings page's part."""
    owners = read_owners(policy.owners)
    unknown = [name for name in policy.required_checks if name not in tuple(Check)]
    return Rules(
        approvals=policy.approvals,
        self_approval=policy.self_approval,
        risky_approvals=policy.risky_approvals,
        large=Threshold(policy.large_rows, policy.large_megabytes * MEGABYTE),
        required_checks=tuple(each for each in Check if each in policy.required_checks),
        bypass=policy.bypass_role,
        owners=_owners("the project's settings", owners),
        problems=(
            *(f"owners in the project's settings, {problem}" for problem in owners.problems),
            *(f"the project's settings require the unknown check {name}" for name in unknown),
        ),
    )


def rules_in(tree: Tree) -> Rules:
    """What braid.toml of a commit asks for; what is wrong with the file is a problem of the rules."""
    try:
        table = read_table(tree, "policy")
    except LayoutError as wrong:
        at = f":{wrong.finding.line}" if wrong.finding.line else ""
        return _unreadable(f"{SETTINGS_FILE}{at}: {wrong.finding.message}")
    problem = next((found for key, value in table.items() if (found := _wrong(key, value))), "")
    if problem:
        return _unreadable(f"{SETTINGS_FILE}: [policy] {problem}")
    owners = read_owners(table.get("owners", ""))
    return Rules(
        approvals=table.get("approvals", UNASKED.approvals),
        self_approval=table.get("self_approval", UNASKED.self_approval),
        risky_approvals=table.get("risky_approvals", UNASKED.risky_approvals),
        large=Threshold(
            table.get("large_rows", MOST_ROWS), table.get("large_megabytes", MOST_MEGABYTES) * MEGABYTE
        ),
        required_checks=tuple(Check(name) for name in table.get("required_checks", ())),
        bypass=BYPASS[table["bypass"]] if "bypass" in table else UNASKED.bypass,
        owners=_owners(SETTINGS_FILE, owners),
        problems=tuple(f"{SETTINGS_FILE}: owners, {_counted(problem)}" for problem in owners.problems),
    )


def _unreadable(problem: str) -> Rules:
    return replace(UNASKED, problems=(problem,))


def _owners(place: str, owners: Owners) -> tuple[OwnersText, ...]:
    return (OwnersText(place, owners),) if owners.lines else ()


def _counted(problem: Problem) -> str:
    """Lines of a text inside a file are counted within the text."""
    return f"{problem} (counted from the first line of the text)"


def _wrong(key: str, value: Any) -> str:
    """What is wrong with one entry of the table, or empty."""
    look = _LOOKS.get(key)
    if look is None:
        return f"has the unknown key {key}; Braid reads {', '.join(_LOOKS)}"
    return f"has {key} = {value!r}, which must be {look[1]}" if not look[0](value) else ""


def _count(most: int) -> tuple[Callable[[Any], bool], str]:
    return lambda value: type(value) is int and 0 <= value <= most, f"a whole number from 0 to {most}"


def _are_checks(value: Any) -> bool:
    return isinstance(value, list) and all(each in tuple(Check) for each in value)


_LOOKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "approvals": _count(MOST_APPROVALS),
    "risky_approvals": _count(MOST_APPROVALS),
    "large_rows": _count(MOST_ROWS),
    "large_megabytes": _count(MOST_MEGABYTES),
    "self_approval": (lambda value: isinstance(value, bool), "true or false"),
    "required_checks": (_are_checks, f"a list of {', '.join(Check)}"),
    "bypass": (lambda value: isinstance(value, str) and value in BYPASS, " or ".join(BYPASS)),
    "owners": (lambda value: isinstance(value, str), "a text in quotes"),
}
