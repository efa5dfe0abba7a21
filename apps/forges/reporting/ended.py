"""The last words about what is over: checks that nobody will finish, and how a pull request ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apps.checks.access import object_changes
from apps.forges.models import PullRequest
from apps.forges.reporting.checks import Check
from apps.forges.reporting.facts import Facts
from apps.forges.reporting.markdown import changes_text, code, proof_text
from apps.proposals.access import diff_of
from apps.proposals.models import State
from apps.repositories.actions import HEADS
from apps.repositories.models import Branch, RefUpdate
from forges import Outcome, PullState

SUPERSEDED = "Superseded by {commit}"
OVERTAKEN = "Superseded by a newer commit"
GONE = "Its branch is gone"
OVER = "Its pull request has ended"
UNTIL_REOPENED = "Braid renews this comment when it is opened again."


def unfinished_checks(
    facts: Facts, current: tuple[Check, ...], written: Mapping[str, Any]
) -> tuple[Check, ...]:
    """What the forge shows as pending, beside the `current` checks, and nobody will finish; the summary last.

    Empty as long as there may be more to say.
    """
    shown = {check.context for check in current}
    pending = [
        context
        for context, told in written.items()
        if context not in shown and told.get("outcome") == Outcome.PENDING.value
    ]
    why = _why_unfinished(facts) if pending and not facts.refused and not facts.is_waiting else ""
    pending.sort(key=lambda context: (context == facts.connection.context, context))
    return tuple(Check(context, Outcome.CANCELLED, why, facts.url) for context in pending if why)


def _why_unfinished(facts: Facts) -> str:
    if facts.branch is None:
        return _why_left(facts)
    return OVER if facts.proposal is not None and not facts.proposal.is_asking else ""


def _why_left(facts: Facts) -> str:
    """What became of the branch that stood on the commit last, or of the pull request that waited with it."""
    project = facts.connection.project
    left = RefUpdate.objects.filter(push__project=project, before=facts.sha, ref__startswith=HEADS)
    last = left.order_by("-id").first()
    if last is None:
        newer = facts.connection.pulls.filter(head_sha=facts.sha)
        return OVER if newer.exists() else OVERTAKEN
    heads = Branch.objects.filter(project=project, name=last.branch_name, deleted_at=None)
    head = heads.values_list("head", flat=True).first()
    return SUPERSEDED.format(commit=head[:12]) if head else GONE


def ending_of(pull: PullRequest) -> str:
    """How it ended, as Markdown in one line; empty while it is open."""
    proposal = pull.proposal
    if proposal is not None and proposal.state == State.MERGED:
        commit = proposal.merged_commit
        return f"it has landed as {code(commit[:12])}" if commit else "it has landed"
    if pull.state == PullState.OPEN:
        return ""
    is_merged = pull.state == PullState.MERGED
    return f"it was merged into {code(pull.base_ref)}" if is_merged else "it was closed"


def ended_text(facts: Facts, ending: str) -> str:
    """What it was, once it is over: its branch may be gone, and its checks are about what was then."""
    proposal = facts.proposal or (facts.pull.proposal if facts.pull else None)
    if proposal is not None and not facts.changes:
        facts = replace(facts, changes=object_changes(diff_of(proposal, None)))
    is_closed = facts.pull is not None and facts.pull.state == PullState.CLOSED
    parts = (
        f"### Braid: {ending}",
        UNTIL_REOPENED if is_closed else "",
        changes_text(facts),
        proof_text(facts),
    )
    return "\n\n".join(filter(None, parts))
