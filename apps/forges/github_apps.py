"""GitHub Apps of a team, as people register and use them; `installations` follows where they are.

Manual: https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest.
"""

import secrets
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.accounts.outward import egress
from apps.accounts.sealing import SealBroken, seal
from apps.forges.errors import MisgivenError
from apps.forges.installations import refresh, token_of
from apps.forges.models import App, Connection, Installation
from apps.teams import audit
from apps.teams.models import Team
from egress import EgressError
from forges import ForgeError, github


@dataclass(frozen=True, slots=True)
class Registration:
    """One that has begun: `state` proves that GitHub leads back who began it, `key` is the App's address here."""

    state: str
    key: UUID
    base_url: str


def begin(base_url: str) -> Registration:
    """Raises MisgivenError where nothing may be asked of the address."""
    base_url = base_url.strip().rstrip("/")
    try:
        egress().check(base_url)
    except EgressError as error:
        raise MisgivenError(f"The forge's address: {error}", "base_url") from None
    return Registration(secrets.token_urlsafe(32), uuid4(), base_url)


def finish(actor: User, team: Team, begun: Registration, code: str) -> App:
    """Keep the App that GitHub made, for the code that it gave; raises RefusedError."""
    try:
        made = github.converted(begun.base_url, code, egress())
    except ForgeError as error:
        raise RefusedError(str(error)) from error
    if not made.webhook_secret:
        raise RefusedError("GitHub made the App without a webhook secret. Delete it there, and begin again.")
    with transaction.atomic():
        app = App.objects.create(
            team=team,
            key=begun.key,
            base_url=begun.base_url,
            number=made.id,
            slug=made.slug,
            name=made.slug,
            private_key=seal(made.key),
            secret=seal(made.webhook_secret),
            created_by=actor,
        )
        audit.record(team, actor, "forge.app", team.slug, app=str(app))
    return app


@transaction.atomic
def forget(actor: User, app: App) -> None:
    """Keep the App no longer; raises RefusedError while projects speak with it. On GitHub it stays."""
    if Connection.objects.filter(installation__app=app).exists():
        raise RefusedError("Projects speak with this App. Disconnect them first.")
    audit.record(app.team, actor, "forge.app_forgotten", app.team.slug, app=str(app))
    app.delete()


def install_url(app: App) -> str:
    """Where a person installs it, on github.com and on an installation of one's own."""
    is_hosted = app.base_url == "https://github.com" or app.base_url.endswith(".ghe.com")
    return f"{app.base_url}/{'apps' if is_hosted else 'github-apps'}/{app.slug}/installations/new"


def look(app: App) -> int:
    """Ask GitHub where the App is installed, for a person: on how many accounts. Raises RefusedError."""
    try:
        refresh(app)
    except ForgeError as error:
        raise RefusedError(str(error)) from error
    except SealBroken:
        raise RefusedError("This installation of Braid can't read the App's key. Register another.") from None
    return app.installations.filter(removed_at=None).count()


def repositories_of(installation: Installation) -> tuple[str, ...]:
    """Names of what the installation reaches; raises RefusedError."""
    try:
        return tuple(each.name for each in github.repositories(token_of(installation)))
    except ForgeError as error:
        raise RefusedError(str(error)) from error
    except SealBroken:
        raise RefusedError("This installation of Braid can't read the App's key. Register another.") from None
