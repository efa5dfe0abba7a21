"""Forms of the account pages; allauth brings those for signing in, passwords and addresses."""

from typing import Any

from django import forms
from django.http import HttpRequest

from apps.accounts.models import Scope, User
from apps.accounts.names import check_name

EXPIRY_CHOICES = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("0", "Never")]


class SignupForm(forms.Form):
    """What sign-up asks beyond address and password (ACCOUNT_SIGNUP_FORM_CLASS)."""

    name = forms.CharField(
        max_length=120,
        validators=[check_name],
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    field_order = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class ProfileForm(forms.Form):
    name = forms.CharField(
        max_length=120,
        validators=[check_name],
        label="Your name",
        help_text="Shown to your teammates.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        validators=[check_name],
        label="What is it for?",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "my laptop"}),
    )
    scope = forms.ChoiceField(
        label="What may it do?", choices=Scope.choices, initial=Scope.WRITE, widget=forms.RadioSelect
    )
    expiry = forms.ChoiceField(label="Ends after", choices=EXPIRY_CHOICES, initial="90")

    def clean_scope(self) -> list[str]:
        """A wider scope holds the narrower ones; they are stored by name."""
        values = list(Scope.values)
        return values[: values.index(self.cleaned_data["scope"]) + 1]

    def clean_expiry(self) -> int | None:
        return int(self.cleaned_data["expiry"]) or None

    def answers(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"name": data["name"], "scopes": data["scope"], "days": data["expiry"]}
