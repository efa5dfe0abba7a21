"""A GitHub App's webhook secret and private key, put in the place of those that there are; and a test of both.

The new one is tried on GitHub before the former is dropped. Each writes the audit log.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.accounts.outward import egress
from apps.accounts.sealing import SealBroken, seal, unseal
from apps.forges.models import App
from apps.forges.permissions import Line, lines_of_app
from apps.forges.waking import wake_app
from apps.teams import audit
from forges import ForgeError, Kind, Unreachable, github
from forges.permissions.github import of_app

ENDING = "The former secret is still good. End it first: GitHub is given the new one once more by that."
UNSURE = "Whether it has the new secret is not known, so both are good. End the former one when GitHub answers again."
LOST = "This installation of Braid can't read the App's secrets any more. Give it a new key."


@dataclass(frozen=True, slots=True)
class AppFindings:
    """What the App asks for, and where GitHub delivers to; `wrong_hook` says what is wrong with that, or nothing."""

    lines: tuple[Line, ...]
    wrong_hook: str


def hook_url(app: App) -> str:
    """Where GitHub delivers what happens to the App."""
    return f"{settings.BASE_URL}{reverse('forge-hook', args=[Kind.GITHUB, app.key])}"


def try_out(app: App) -> AppFindings:
    """Ask GitHub about the App, without changing anything there. Raises RefusedError."""
    with _refusing():
        spoken = _spoken(app)
        lines = lines_of_app(of_app(spoken))
        hook = github.read_hook(spoken)
    wrong = f"GitHub delivers to {hook.url or 'no address'}." if hook.url != hook_url(app) else ""
    if not wrong and not hook.is_json:
        wrong = "GitHub delivers bodies as a form, which Braid does not read."
    return AppFindings(lines, wrong)


def renew_secret(actor: User, app: App) -> None:
    """Give GitHub another webhook secret, which nobody sees. Raises RefusedError.

    Both are good from before GitHub is asked until `end_former_secret`: whatever becomes of the question, each
    delivery is signed with one of them.
    """
    former, secret = _lay_by(app)
    try:
        with _refusing():
            github.set_hook(_spoken(app), hook_url(app), secret)
    except RefusedError as refused:
        if isinstance(refused.__cause__, Unreachable):
            raise RefusedError(f"{refused} {UNSURE}") from refused
        # GitHub has not taken it, so nothing is signed with it.
        App.objects.filter(pk=app.pk, former_secret=former).update(secret=former, former_secret="")
        raise
    audit.record(app.team, actor, "forge.app_secret", app.team.slug, app=str(app))


@transaction.atomic
def _lay_by(app: App) -> tuple[str, str]:
    """A new secret beside the one that there is: the former, sealed, and the new one."""
    now = App.objects.select_for_update().get(pk=app.pk)
    if now.former_secret:
        raise RefusedError(ENDING)
    secret = secrets.token_urlsafe(32)
    App.objects.filter(pk=app.pk).update(secret=seal(secret), former_secret=now.secret)
    return now.secret, secret


def end_former_secret(actor: User, app: App) -> None:
    """Give GitHub the new secret once more, then drop the former one. Raises RefusedError; then both stay good."""
    now = App.objects.get(pk=app.pk)
    if not now.former_secret:
        return
    with _refusing():
        github.set_hook(_spoken(now), hook_url(now), unseal(now.secret))
    if App.objects.filter(pk=app.pk, secret=now.secret).update(former_secret=""):
        audit.record(app.team, actor, "forge.app_secret_forgotten", app.team.slug, app=str(app))


def give_key(actor: User, app: App, key: str) -> None:
    """Another private key (PEM), once GitHub knows the App by it. Raises RefusedError, and the former key stays."""
    key = "\n".join(key.split("\r\n")).strip() + "\n"
    with _refusing():
        about = _spoken_with(app, key).about()
    if about.id != app.number:
        raise RefusedError("This key is another App's.")
    with transaction.atomic():
        App.objects.filter(pk=app.pk).update(private_key=seal(key))
        audit.record(app.team, actor, "forge.app_key", app.team.slug, app=str(app))
        wake_app(app.pk)


def _spoken(app: App) -> github.App:
    return _spoken_with(app, unseal(app.private_key))


def _spoken_with(app: App, key: str) -> github.App:
    return github.App(app.base_url, app.number, key, egress())


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except ForgeError as error:
        raise RefusedError(str(error)) from error
    except SealBroken:
        raise RefusedError(LOST) from None
