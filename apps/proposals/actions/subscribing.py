"""Who hears of a proposal because they asked to, and who does not want to any more."""

from apps.accounts.models import User
from apps.proposals.models import Proposal, Subscription


def set_subscription(user: User, proposal: Proposal, subscribed: bool) -> Subscription:
    """Subscribe, or mute: a muted person is not subscribed again by commenting."""
    return Subscription.objects.update_or_create(
        proposal=proposal, user=user, defaults={"muted": not subscribed}
    )[0]
