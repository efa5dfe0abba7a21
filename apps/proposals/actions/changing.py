"""Several changes of one proposal as one: all of them, or none."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.proposals.actions import lifecycle
from apps.proposals.actions.labelling import set_labels
from apps.proposals.models import Proposal, State


@transaction.atomic
def change(actor: User, proposal: Proposal, wanted: Mapping[str, Any]) -> Proposal:
    """Apply what `wanted` holds of: title, description, labels, draft, state (open or closed).

    Raises RefusedError, and then nothing is changed.
    """
    if wanted.get("state") == State.OPEN and proposal.state == State.CLOSED:
        proposal = lifecycle.reopen(actor, proposal)
    if "title" in wanted or "description" in wanted:
        texts = {"title": proposal.title, "description": proposal.description}
        proposal = lifecycle.edit(actor, proposal, **{name: wanted.get(name, texts[name]) for name in texts})
    if "labels" in wanted:
        proposal = set_labels(actor, proposal, wanted["labels"])
    if "draft" in wanted and wanted["draft"] != proposal.is_draft:
        proposal = lifecycle.set_draft(actor, proposal, wanted["draft"])
    if wanted.get("state") == State.CLOSED:
        proposal = lifecycle.close(actor, proposal)
    return proposal
