"""The events that people and webhooks can be told of."""

KINDS = {
    "collision": "A branch begins to collide with another",
    "collision.ended": "A collision is over",
    "proposal.opened": "A proposal is opened",
    "proposal.closed": "A proposal is closed without a merge",
    "proposal.merged": "A proposal is merged",
    "review.requested": "A review is asked for",
    "review.given": "A review is given or dismissed",
    "comment": "Somebody comments",
    "check.failed": "A check fails",
    "queue.handed": "A proposal is handed to the forge",
    "queue.refused": "A proposal leaves the queue unmerged",
}
# A test that a person asks for, which no one subscribes to.
PING = "ping"
CHOICES = tuple(KINDS.items())
