"""The one comment on a pull request: how it stands, what it changes, with whom it collides, what to do next."""

from apps.forges.models import PullRequest
from apps.forges.reporting.checks import Check, checks_of
from apps.forges.reporting.ended import ended_text, ending_of
from apps.forges.reporting.facts import Facts, branch_url, facts_of
from apps.forges.reporting.markdown import (
    changes_text,
    code,
    collisions_text,
    conflicts_text,
    findings_text,
    plain,
    pressed_text,
    proof_text,
)
from apps.merges.models import Outcome as MergeOutcome
from apps.proposals.models import State
from forges import Outcome

ONCE_MORE = (
    "Then push again, or have a maintainer of the project in Braid test the connection: that tries once more."
)
MARKS = {
    Outcome.PENDING: "⏳ running",
    Outcome.SUCCESS: "✅ passed",
    Outcome.FAILURE: "❌ failed",
    Outcome.ERROR: "⚠️ error",
}


def comment_of(pull: PullRequest) -> str:
    """Markdown; empty while there is nothing to say."""
    facts = facts_of(pull.connection, pull.head_sha, pull)
    ending = ending_of(pull)
    if ending:
        return ended_text(facts, ending)
    checks = checks_of(facts)
    if not checks:
        return ""
    parts = [
        f"### Braid: {plain(checks[-1].line)}",
        _table(checks),
        pressed_text(facts),
        conflicts_text(facts),
        changes_text(facts),
        collisions_text(facts),
        findings_text(facts),
        proof_text(facts),
        _next(facts, checks[-1].outcome),
    ]
    return "\n\n".join(filter(None, parts))


def _table(checks: tuple[Check, ...]) -> str:
    rows = [f"| {plain(check.context)} | {MARKS[check.outcome]} | {plain(check.line)} |" for check in checks]
    return "\n".join(["| Check | Result | |", "| --- | --- | --- |", *rows])


def _next(facts: Facts, outcome: Outcome) -> str:
    """The one thing to do now."""
    told = _step(facts, outcome)
    return f"**What to do next**\n\n{told}" if told else ""


def _step(facts: Facts, outcome: Outcome) -> str:
    if facts.refused:
        return f"{plain(facts.refused)} {ONCE_MORE}"
    if facts.is_waiting:
        return "Nothing. Braid judges so many pull requests from forks at a time; a maintainer may let this one in."
    proposal, result = facts.proposal, facts.meeting.result if facts.meeting else None
    if outcome is Outcome.PENDING:
        return "Nothing: this comment is renewed when Braid knows more."
    if outcome is Outcome.ERROR:
        return f"This is not about your change. [Run the check again]({facts.url}) later."
    if facts.verdict and facts.verdict.state != "passed":
        return f"Mend the migration and push again; [Braid shows the statement]({branch_url(facts)})."
    if facts.other_target:
        return f"It asks for {code(facts.other_target)}, where Braid merges nothing. [See what it does]({facts.url})."
    if proposal is None:
        return f"[See what it does to the database]({facts.url})."
    if proposal.state == State.QUEUED:
        return f"It is in the [queue]({facts.url})."
    if facts.handed is not None:
        return plain(facts.handed.reason)
    if result is not None and result.outcome == MergeOutcome.CONFLICT:
        return f"[Resolve the conflicts]({facts.url}conflicts/), object by object; nothing has to be pushed for that."
    if facts.readiness is not None and facts.readiness.missing:
        missing = "; ".join(plain(each) for each in facts.readiness.missing)
        return f"Before it can land: {missing}. [Review it in Braid]({facts.url}checks/)."
    return f"It is ready: [let it land]({facts.url})."
