"""Proposals that come from pull requests: what the forge says of them is changed there."""

from apps.forges.guides import guide_of
from apps.forges.models import PullRequest
from apps.proposals.models import Proposal
from apps.proposals.origin import Change
from forges import PullState

KEPT_THERE = (
    "#{number} comes from {kind} {pull} on {label}, which says {what}. "
    "Change it there, and it is changed here: {url}"
)


def pull_of(proposal: Proposal) -> PullRequest | None:
    """The pull request that the proposal comes from."""
    return PullRequest.objects.select_related("connection").filter(proposal=proposal).first()


def why_kept_there(proposal: Proposal, change: Change) -> str | None:
    """Why people can't change it here; None where they can.

    A pull request that is over says nothing more, but for this: it is opened again there, if at all.
    """
    pull = pull_of(proposal)
    if pull is None or (pull.state != PullState.OPEN and change is not Change.REOPENED):
        return None
    guide = guide_of(pull.connection.kind)
    return KEPT_THERE.format(
        number=proposal.number,
        kind=guide.pull,
        pull=f"#{pull.number}",
        label=guide.label,
        what=change.value,
        url=pull.web_url,
    )
