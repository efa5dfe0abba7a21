"""Branches that ask to be merged, what people say and decide about them, and the queue in which they land."""

from apps.proposals.models.proposal import ASKING, Comment, Event, Label, Proposal, State, Subscription
from apps.proposals.models.queue import LINED_UP, ONGOING, QueueEntry, Stage
from apps.proposals.models.resolution import Preview, Resolution, Trial
from apps.proposals.models.revert import REVERTING, Revert, RevertState
from apps.proposals.models.review import Answer, Bypass, Policy, Review, ReviewRequest
from apps.proposals.models.sizes import Measurement, TableSize

__all__ = [
    "ASKING",
    "LINED_UP",
    "ONGOING",
    "REVERTING",
    "Answer",
    "Bypass",
    "Comment",
    "Event",
    "Label",
    "Measurement",
    "Policy",
    "Preview",
    "Proposal",
    "QueueEntry",
    "Resolution",
    "Revert",
    "RevertState",
    "Review",
    "ReviewRequest",
    "Stage",
    "State",
    "Subscription",
    "TableSize",
    "Trial",
]
