"""GitHub Apps and where they are installed, as GitHub tells it; the tokens with which they speak."""

from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from apps.accounts.outward import egress
from apps.accounts.sealing import unseal
from apps.forges.models import App, Connection, Installation
from apps.forges.waking import wake
from egress import Egress
from forges import github

MOST_NAMED = 20


def token_of(installation: Installation) -> github.InstallationToken:
    """The installation's token, kept by this process for as long as GitHub lets it live. Raises SealBroken."""
    app = installation.app
    return _token(app.base_url, app.number, app.private_key, installation.number, egress())


@lru_cache(maxsize=256)
def _token(
    base_url: str, number: str, sealed: str, installation: str, out: Egress
) -> github.InstallationToken:
    return github.InstallationToken(github.App(base_url, number, unseal(sealed), out), installation)


def refresh(app: App) -> str:
    """Bring the rows to what GitHub says; those that it does not name any more are marked as removed. What it said.

    Every project that speaks for one of them is looked at, so that it works again or says why not. Raises
    ForgeError and SealBroken.
    """
    spoken = github.App(app.base_url, app.number, unseal(app.private_key), egress())
    found = spoken.installations()
    _save(app, found)
    return _told(found)


def _told(found: tuple[github.Installation, ...]) -> str:
    """Where the App is, for people: as GitHub said it when it was asked."""
    names = [f"{each.account} (suspended)" if each.is_suspended else each.account for each in found]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"Installed on {', '.join(names[:MOST_NAMED])}{more}." if names else "Installed nowhere."


@transaction.atomic
def _save(app: App, found: tuple[github.Installation, ...]) -> None:
    for each in found:
        Installation.objects.update_or_create(
            app=app,
            number=each.id,
            defaults={"account": each.account, "is_suspended": each.is_suspended, "removed_at": None},
        )
    gone = app.installations.exclude(number__in=[each.id for each in found])
    gone.filter(removed_at=None).update(removed_at=timezone.now())
    spoken_for = Connection.objects.filter(installation__app=app)
    spoken_for.update(looked_at=None, not_before=None, attempts=0)
    for pk in spoken_for.order_by("pk").values_list("pk", flat=True):
        wake(pk)
