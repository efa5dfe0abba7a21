"""The page on which somebody deletes their account. It stands here, because first every team is left."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.teams import actions
from apps.teams.forms import ConfirmationForm


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def close(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = ConfirmationForm(request.POST or None, expected=user.email)
    if request.method == "POST" and form.is_valid():
        try:
            actions.delete_account(user)
            logout(request)
            messages.success(request, "Your account is deleted.")
            return redirect("account_login")
        except RefusedError as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "section": "account"}
    return render(request, "accounts/close.html", context, status=400 if form.errors else 200)
