"""What people do with their own account."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib import import_module

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts import tokens
from apps.accounts.errors import RefusedError
from apps.accounts.models import ApiToken, User

TOKENS_PER_PERSON = 100


@transaction.atomic
def create_account(email: str, password: str, name: str = "") -> User:
    """Make somebody who can sign in at once, their address taken as proved: for set-up, not for sign-up."""
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def rename_user(user: User, name: str) -> None:
    user.name = name
    user.save(update_fields=["name"])


@transaction.atomic
def close_account(user: User) -> None:
    """Forget who it was: address, name, password, tokens, every session. The row stays: logs refer to it.

    Teams must have been left before (`apps.teams.actions.delete_account`).
    """
    EmailAddress.objects.filter(user=user).delete()
    ApiToken.objects.filter(user=user).delete()
    user.email = f"closed-{user.pk}@account.invalid"
    user.name = "Closed account"
    user.is_active = False
    # Sessions hold a digest of the password, so every one of them ends with it.
    user.set_unusable_password()
    user.save()


@transaction.atomic
def create_token(user: User, name: str, scopes: Sequence[str], days: int | None) -> tokens.CreatedToken:
    """A token that ends after `days`, or never with None; the secret is in the answer and nowhere else."""
    # The lock makes the count true when two requests come at once.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if ApiToken.objects.usable().filter(user=user).count() >= TOKENS_PER_PERSON:
        raise RefusedError(
            f"You have {TOKENS_PER_PERSON} tokens. Revoke one that is not used any more first."
        )
    return tokens.create(user, name, scopes, _end(days))


def revoke_token(token: ApiToken) -> None:
    tokens.revoke(token)


def forget_ended_sessions() -> None:
    """Delete sessions that nobody can use any more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def _end(days: int | None) -> datetime | None:
    return timezone.now() + timedelta(days=days) if days else None
