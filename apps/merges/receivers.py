"""What the radar hears from the apps below, which know nothing of it."""

from typing import Any

from apps.merges import radar
from apps.repositories.models import Push, RefUpdate


def pushed(push: Push, **_: Any) -> None:
    """A branch that is gone meets nobody; what a push brings is charted once it is judged."""
    if push.updates.filter(kind=RefUpdate.Kind.DELETED).exists():
        radar.forget(push.project)
