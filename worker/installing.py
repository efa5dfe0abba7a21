"""Deliveries about a GitHub App itself: installed, suspended, removed, given other repositories."""

import logging

from django.utils import timezone

from apps.accounts.sealing import SealBroken
from apps.forges.installations import refresh
from apps.forges.models import App, Arrival
from forges import ForgeError

logger = logging.getLogger(__name__)


def follow_app(app_id: int) -> None:
    """Ask GitHub where the App is installed; one look serves all deliveries that had come by then.

    What can't be asked now waits for the sweep.
    """
    app = App.objects.filter(pk=app_id).first()
    waiting = list(
        Arrival.objects.filter(app=app_id, connection=None, state=Arrival.State.WAITING).values_list(
            "pk", flat=True
        )
    )
    if app is None or not waiting:
        return
    try:
        refresh(app)
    except (ForgeError, SealBroken) as error:
        logger.warning("GitHub App %s: %s", app, error)
        return
    done = {
        "state": Arrival.State.DONE,
        "outcome": "Installations were read anew.",
        "done_at": timezone.now(),
    }
    Arrival.objects.filter(pk__in=waiting).update(**done)
