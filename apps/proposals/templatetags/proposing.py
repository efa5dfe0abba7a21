"""The button on a branch's page: to its proposal, or to a new one."""

from typing import Any

from django import template

from apps.proposals.models import ASKING, Proposal
from apps.repositories.models import Branch

register = template.Library()


@register.inclusion_tag("proposals/button.html")
def proposal_button(branch: Branch, may_propose: bool) -> dict[str, Any]:
    """The open proposal of the branch; else, for who may propose, the way to a new one. At most two queries.

    The newest proposal that has ended is named where there is no open one.
    """
    newest = Proposal.objects.filter(branch=branch).order_by("-number")
    asking = newest.filter(state__in=ASKING).first()
    return {
        "project": branch.project,
        "branch": branch,
        "proposal": asking or newest.first(),
        "is_asking": asking is not None,
        "may_propose": may_propose and not branch.deleted_at and not branch.is_default,
    }
