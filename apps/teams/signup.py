"""Who may sign up: anybody where the site is open, else whoever holds an invitation to a team.

An opened invitation is remembered in the session, so that its page is found again after signing up or in.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from apps.teams import invitations

REMEMBERED = "invitation"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's questions, answered by Braid's settings and invitations."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.OPEN_SIGNUP or remembered_invitation(request) is not None

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return remembered_invitation(request) or str(super().get_login_redirect_url(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return remembered_invitation(request) or str(super().get_signup_redirect_url(request))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Save who signs up; of two sign-ups of one address at once, the later is sent to sign in."""
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError:
            raise ImmediateHttpResponse(redirect("account_login")) from None

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names: people sign in with their address."""


def remember_invitation(request: HttpRequest, secret: str) -> None:
    request.session[REMEMBERED] = secret


def forget_invitation(request: HttpRequest) -> None:
    request.session.pop(REMEMBERED, None)


def remembered_invitation(request: HttpRequest) -> str | None:
    """The address of the invitation that the visitor opened, as long as it can be accepted."""
    secret = request.session.get(REMEMBERED, "")
    if not secret or invitations.find_open(secret) is None:
        return None
    return reverse("invitation", args=[secret])
