"""Deliveries about a GitHub App itself: installed, suspended, removed, given other permissions or repositories."""

import logging

from django.utils import timezone

from apps.accounts.sealing import SealBroken
from apps.forges.installations import refresh
from apps.forges.models import App, Arrival
from forges import ForgeError, Unreachable
from forges.hints import Subject

logger = logging.getLogger(__name__)
State = Arrival.State
FOLLOWED_BY_NOBODY = "No project follows this repository."
NOT_FOR_US = "Nothing that Braid acts on."


def follow_app(app_id: int) -> None:
    """Ask GitHub where the App is installed; one look serves all deliveries that had come by then.

    What can't be asked now waits for the sweep; what takes a person to mend is said, and can be run again then.
    """
    app = App.objects.filter(pk=app_id).first()
    arrivals = Arrival.objects.filter(app=app_id, connection=None, state=State.WAITING).defer("body")
    waiting = {arrival.pk: arrival for arrival in arrivals}
    if app is None or not waiting:
        return
    about_us = [pk for pk, arrival in waiting.items() if arrival.subject == Subject.ACCESS]
    _pass_over([arrival for pk, arrival in waiting.items() if pk not in about_us])
    if about_us:
        _look(app, about_us)


def _look(app: App, waiting: list[int]) -> None:
    try:
        told = refresh(app)
    except Unreachable as error:
        Arrival.objects.filter(pk__in=waiting).update(outcome=f"Waits for GitHub: {error}")
    except (ForgeError, SealBroken) as error:
        logger.warning("GitHub App %s: %s", app, error)
        _close(waiting, State.FAILED, str(error))
    else:
        _close(waiting, State.DONE, told)


def _pass_over(arrivals: list[Arrival]) -> None:
    """An App that is installed everywhere hears of repositories that no project follows."""
    nothing = {Subject.NOTHING, Subject.PING}
    _close([each.pk for each in arrivals if each.subject in nothing], State.PASSED_OVER, NOT_FOR_US)
    _close(
        [each.pk for each in arrivals if each.subject not in nothing], State.PASSED_OVER, FOLLOWED_BY_NOBODY
    )


def _close(waiting: list[int], state: Arrival.State, outcome: str) -> None:
    Arrival.objects.filter(pk__in=waiting).update(state=state, outcome=outcome, done_at=timezone.now())
