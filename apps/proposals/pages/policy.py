"""The policy page arranged: what braid.toml adds, and owners whom nobody here is."""

from dataclasses import dataclass

from apps.proposals.models import Policy
from apps.proposals.people import People
from apps.proposals.policy import BYPASS, MEGABYTE, NEVER, UNASKED, Rules, rules_of
from apps.proposals.review_forms import CHECKS, WHO_BYPASSES


@dataclass(frozen=True, slots=True)
class PolicyView:
    """`file` are the lines of what braid.toml on the default branch asks for, `warnings` what will block."""

    file: tuple[str, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def show_policy(policy: Policy, landed: Rules, people: People) -> PolicyView:
    rules = rules_of(policy).and_also(landed)
    warnings = tuple(
        f"{text.place} line {line.number}, {line}: {', '.join(unknown)} is no member who may review"
        for text in rules.owners
        for line in text.owners.lines
        if line.owners and (unknown := _nobody(people, text.owners.opened(line.owners)))
    )
    return PolicyView(_lines(landed), landed.problems, warnings)


def _nobody(people: People, opened: tuple[str, ...]) -> tuple[str, ...]:
    """The owners where none of them is a member who may review."""
    return () if people.find_all(opened) else opened


def _lines(landed: Rules) -> tuple[str, ...]:
    """What the file asks for, as sentences."""
    if landed == UNASKED:
        return ()
    lines = []
    if landed.approvals:
        lines.append(f"Approvals: at least {landed.approvals}")
    if landed.risky_approvals:
        lines.append(f"Approvals where data is at risk: at least {landed.risky_approvals}")
    if landed.large.rows < NEVER.rows:
        lines.append(f"A table is large from {landed.large.rows:,} rows on, if not before")
    if landed.large.bytes < NEVER.bytes:
        lines.append(f"A table is large from {landed.large.bytes // MEGABYTE:,} MB on, if not before")
    if not landed.self_approval:
        lines.append("Nobody approves their own work")
    lines += [CHECKS[check] for check in landed.required_checks]
    names = {role: name for name, role in BYPASS.items()}
    if landed.bypass:
        lines.append(f"Who may bypass: {WHO_BYPASSES[names[landed.bypass]].lower()}, or fewer")
    for text in landed.owners:
        lines += [f"{line} → {', '.join(line.owners) or 'nobody'}" for line in text.owners.lines]
    return tuple(lines)
