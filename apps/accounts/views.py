"""Pages of one's own account: name and tokens. Signing in and passwords are allauth's views."""

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import actions
from apps.accounts.access import find_token
from apps.accounts.errors import RefusedError
from apps.accounts.forms import ProfileForm, TokenForm
from apps.accounts.models import User
from apps.accounts.tokens import CreatedToken


def signed_in(request: HttpRequest) -> User:
    """The person of a request that LoginRequiredMiddleware has let through."""
    return cast(User, request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        actions.rename_user(user, form.cleaned_data["name"])
        messages.success(request, "Your name is changed.")
        return redirect("account")
    return render(request, "accounts/account.html", {"form": form, "section": "account"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """List and create; a new secret is in the answer to the POST only, which no cache may keep."""
    form = TokenForm(request.POST or None)
    created = _create(request, form) if request.method == "POST" and form.is_valid() else None
    context = {
        "form": TokenForm() if created else form,
        "created": created,
        "tokens": signed_in(request).tokens.filter(revoked_at=None),
        "remote": git_remote(created.secret) if created else "",
        "section": "tokens",
    }
    return render(request, "accounts/tokens.html", context, status=400 if form.errors else 200)


def _create(request: HttpRequest, form: TokenForm) -> CreatedToken | None:
    try:
        return actions.create_token(signed_in(request), **form.answers())
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return None


def git_remote(secret: str) -> str:
    """An example of a git remote that carries the token as its password."""
    scheme, host = settings.BASE_URL.split("://", 1)
    return f"git remote add braid {scheme}://token:{secret}@{host}/<team>/<project>.git"


@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    token = find_token(request.user, token_id)
    actions.revoke_token(token)
    messages.success(request, f"The token {token.name} is revoked and works nowhere any more.")
    return redirect("tokens")
