"""What proposals hear from the apps below, which know nothing of them."""

from typing import Any

from apps.proposals.actions.following import follow_push
from apps.repositories.models import Push


def branches_moved(push: Push, **_: Any) -> None:
    """In the transaction that records the push: no reader sees a branch and its proposal apart."""
    follow_push(push)
