"""A commit's checks: one line each for a status, and what a report says besides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.checks.models import ACTIVE as JUDGING
from apps.checks.models import State as VerdictState
from apps.forges.buttons import RERUN, buttons_of, one_press
from apps.forges.reporting.facts import Facts, Group
from apps.forges.reporting.markdown import (
    changes_text,
    collisions_text,
    conflicts_text,
    findings_text,
    pressed_text,
    proof_text,
)
from apps.merges.models import Outcome as MergeOutcome
from apps.merges.models import State as MeetingState
from apps.proposals.models import State
from apps.proposals.pages.standing import for_people
from forges import Annotation, Button, Level, Outcome
from schemata.findings import Finding, Severity

MOST_LINE = 140
HELD_BACK = "waits for others from forks, or until a maintainer of the project lets it in"
LEVELS = {Severity.ERROR: Level.FAILURE, Severity.WARNING: Level.WARNING, Severity.NOTICE: Level.NOTICE}
WORST = (Outcome.ERROR, Outcome.FAILURE, Outcome.PENDING, Outcome.SUCCESS)


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a commit: `line` is for people in a hurry, `text` is Markdown."""

    context: str
    outcome: Outcome
    line: str
    url: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()
    buttons: tuple[Button, ...] = ()


def checks_of(facts: Facts) -> tuple[Check, ...]:
    """The summary last, so that nobody sees it green before the others are."""
    if facts.refused:
        line = _line(f"Braid can't fetch this commit. {facts.refused}")
        return (Check(facts.connection.context, Outcome.ERROR, line, facts.url),)
    if facts.is_waiting:
        return (Check(facts.connection.context, Outcome.PENDING, HELD_BACK, facts.url),)
    found = tuple(
        each for each in (_migrations(facts), _merge(facts), _collisions(facts)) if each is not None
    )
    return (*found, summary_of(facts, found)) if found else ()


def summary_of(facts: Facts, checks: Sequence[Check]) -> Check:
    """As bad as the worst of them, in its words; the others are named where several are as bad."""
    worst = min((check.outcome for check in checks), key=WORST.index)
    saying = [check.line for check in checks if check.outcome is worst]
    parts = (
        pressed_text(facts),
        conflicts_text(facts),
        changes_text(facts),
        findings_text(facts),
        collisions_text(facts),
        proof_text(facts),
    )
    return Check(
        context=facts.connection.context,
        outcome=worst,
        line=_line("; ".join(saying)),
        url=facts.url,
        text="\n\n".join(filter(None, parts)),
        buttons=_buttons(facts, RERUN) if worst is not Outcome.PENDING else (),
    )


def _migrations(facts: Facts) -> Check | None:
    """Whether the commit's migrations replay, and what Braid finds in them."""
    verdict = facts.verdict
    if facts.branch is None:
        return None
    if verdict is None:
        context = f"{facts.connection.context}/migrations"
        return Check(context, Outcome.PENDING, "waits for a worker of Braid's", facts.url)
    outcome = {VerdictState.PASSED: Outcome.SUCCESS, VerdictState.ERROR: Outcome.ERROR}.get(
        VerdictState(verdict.state), Outcome.PENDING if verdict.state in JUDGING else Outcome.FAILURE
    )
    waiting = verdict.headline or "Braid runs the migrations on an empty database"
    return Check(
        context=f"{facts.connection.context}/migrations",
        outcome=outcome,
        line=_line(waiting if outcome is Outcome.PENDING else verdict.headline),
        url=facts.url,
        text=findings_text(facts),
        annotations=tuple(_annotation(each) for each in facts.findings if each.path),
    )


def _merge(facts: Facts) -> Check | None:
    """Whether what asks to be merged does merge, as of now."""
    if facts.group is not None:
        return _merge(facts.group.pull)
    context, proposal = f"{facts.connection.context}/merge", facts.proposal
    if facts.other_target and (proposal is None or not proposal.is_asking):
        default = facts.connection.project.default_branch
        line = f"not merged with {facts.other_target}: Braid merges into {default} only"
        return Check(context, Outcome.SUCCESS, _line(line), facts.url)
    if proposal is None or not proposal.is_asking:
        return None
    if facts.meeting is not None and facts.meeting.state == MeetingState.ERROR:
        outcome, line = Outcome.ERROR, facts.meeting.error
    elif facts.merge is None:
        outcome, line = Outcome.PENDING, "Braid merges it with the default branch"
    else:
        merges = facts.merge.outcome in (MergeOutcome.CLEAN, MergeOutcome.REWRITTEN)
        outcome = Outcome.SUCCESS if merges else Outcome.FAILURE
        line = _why_not(facts) or for_people(facts.merge.headline)
    parts = (pressed_text(facts), conflicts_text(facts), proof_text(facts))
    url = f"{facts.url}conflicts/" if facts.conflicts else facts.url
    text = "\n\n".join(filter(None, parts))
    return Check(context, outcome, _line(line), url, text=text, buttons=_buttons(facts))


def _why_not(facts: Facts) -> str:
    """The branch's own migrations fail: that check says how, and the merge can only follow."""
    assert facts.merge is not None
    is_broken = facts.merge.outcome == MergeOutcome.BROKEN
    fails = facts.verdict is not None and facts.verdict.state == VerdictState.FAILED
    return "waits for the branch's migrations to run" if is_broken and fails else ""


def _buttons(facts: Facts, *others: Button) -> tuple[Button, ...]:
    """Those of the one conflict that can be settled by one press, while the proposal is open; and others."""
    one = one_press(facts.conflicts)
    if one is None or facts.proposal is None or facts.proposal.state != State.OPEN:
        return others
    return (*others, *buttons_of(one, facts.connection.project.default_branch))


def _collisions(facts: Facts) -> Check | None:
    """With whom it collides beside the default branch. That is nobody's failure yet, so it blocks nothing.

    What does not replay has not been merged with anybody.
    """
    if facts.group is not None:
        return _ahead(facts, facts.group)
    branch, proposal, verdict = facts.branch, facts.proposal, facts.verdict
    if branch is None or proposal is None or not proposal.is_asking:
        return None
    if verdict is None or verdict.state != VerdictState.PASSED:
        return None
    others = [pair for pair in facts.collisions if not pair.other(branch).is_default]
    if others:
        more = f" and with {len(others) - 1} more" if len(others) > 1 else ""
        outcome, line = (
            Outcome.SUCCESS,
            f"collides with {others[0].other(branch).name} on {others[0].objects[0]}{more}",
        )
    elif facts.is_charted:
        outcome, line = Outcome.SUCCESS, "collides with no other open branch"
    else:
        outcome, line = Outcome.PENDING, "Braid merges it with other open branches"
    context = f"{facts.connection.context}/collisions"
    return Check(context, outcome, _line(line), facts.url, text=collisions_text(facts))


def _ahead(facts: Facts, group: Group) -> Check | None:
    """Of a merge queue's commit: what collides in it would land together, as if it had merged."""
    alone = _collisions(group.pull)
    if alone is None or not group.ahead or group.pull.branch is None:
        return alone
    pair = group.ahead[0]
    line = f"collides with {pair.other(group.pull.branch).name} on {pair.objects[0]}, which is ahead in the merge queue"
    return replace(alone, outcome=Outcome.FAILURE, line=_line(line))


def _annotation(finding: Finding) -> Annotation:
    message = "\n".join(filter(None, (finding.message, finding.hint)))
    return Annotation(finding.path, finding.line or 1, LEVELS[finding.severity], finding.rule, message)


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_LINE else f"{flat[: MOST_LINE - 1]}…"
