"What people give for a connection: where the repository is, what speaks for Braid there, how it lands, who is who."

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from apps.forges.guides import GITHUB, Guide
from apps.forges.models import Connection, Landing
from apps.forges.people import others_of
from apps.teams.models import Membership, Team

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
MOST_PEOPLE = 200
SPARE_ROWS = 3
CONTEXT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]*")
LOGIN = re.compile(r"[\w.@+-]+")


def point_at_error(form: forms.Form | None) -> None:
    """Let the page open at the first field that something is wrong with: on a long page it may be out of sight."""
    if form is None or not form.errors:
        return
    name = next((name for name in form.fields if name in form.errors), next(iter(form.fields)))
    form.fields[name].widget.attrs["autofocus"] = True


class TokenForm(forms.Form):
    token = forms.CharField(
        max_length=4000,
        label="Token",
        widget=forms.PasswordInput(attrs=PLAIN | {"autocomplete": "new-password"}),
    )


class ConnectForm(TokenForm):
    """The repository on one kind of forge, which `guide` is about."""

    base_url = forms.CharField(
        max_length=300,
        label="Address of the forge",
        help_text="Of an installation of your own: its address without the repository's path.",
        widget=forms.URLInput(attrs=PLAIN),
    )
    name = forms.CharField(max_length=400, label="Repository", widget=forms.TextInput(attrs=PLAIN))
    field_order = ["base_url", "name", "token"]

    def __init__(self, *args: Any, guide: Guide, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base_url"].initial = guide.site
        self.fields["name"].widget.attrs["placeholder"] = guide.path
        self.fields["name"].help_text = f"Its full path, like {guide.path}."
        self.fields["token"].help_text = guide.form


class AppForm(forms.Form):
    """A GitHub App to be registered; GitHub itself asks for its name and shows what it may do."""

    base_url = forms.CharField(
        max_length=300,
        label="Address of GitHub",
        initial=GITHUB.site,
        help_text="Of an Enterprise Server: its own address.",
        widget=forms.URLInput(attrs=PLAIN),
    )
    organization = forms.CharField(
        max_length=100,
        required=False,
        label="Organisation",
        help_text="Whose App it becomes. Empty: your own account's.",
        widget=forms.TextInput(attrs=PLAIN | {"placeholder": "acme"}),
    )
    is_public = forms.BooleanField(
        required=False,
        label="Other accounts may install it too",
        help_text="Needed where repositories of several organisations are to be followed.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on one page with the form of a token, which has an address too.
        kwargs["auto_id"] = "id_app_%s"
        super().__init__(*args, **kwargs)

    def clean_organization(self) -> str:
        organization: str = self.cleaned_data["organization"]
        if organization and not LOGIN.fullmatch(organization):
            raise forms.ValidationError(
                "Give the organisation's name as it stands in its address, like acme."
            )
        return organization


class KeyForm(forms.Form):
    """Another private key of a GitHub App, as the file that GitHub gives."""

    key = forms.CharField(
        max_length=16_000,
        label="Private key",
        help_text="The whole file that GitHub gives, with its first and last line.",
        widget=forms.Textarea(
            attrs=PLAIN | {"rows": 6, "placeholder": "-----BEGIN RSA PRIVATE KEY-----", "class": "mono"}
        ),
    )


class RepositoryForm(forms.Form):
    """One of the repositories that an installation reaches."""

    name = forms.ChoiceField(label="Repository")

    def __init__(self, *args: Any, names: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]


class SettingsForm(forms.Form):
    landing = forms.ChoiceField(
        choices=Landing.choices, label="How an approved proposal lands", widget=forms.RadioSelect
    )
    comments = forms.BooleanField(required=False, label="Comment on pull requests")
    context = forms.CharField(
        max_length=60,
        label="Name of the summary status",
        help_text=(
            "What branch protection on the forge can require. The single checks stand below it, "
            "as in braid/migrations."
        ),
        widget=forms.TextInput(attrs=PLAIN),
    )

    def clean_context(self) -> str:
        context: str = self.cleaned_data["context"]
        if not CONTEXT.fullmatch(context):
            raise forms.ValidationError(
                "Letters, digits, spaces and . _ / - make a name that every forge takes."
            )
        return context


class PersonForm(forms.Form):
    """A line of who is who; one whose login was cleared goes."""

    login = forms.CharField(
        max_length=100, required=False, label="Login", widget=forms.TextInput(attrs=PLAIN)
    )
    member = forms.ChoiceField(required=False, label="Member")

    def __init__(self, *args: Any, members: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A line that says what it said before says it still.
        self.empty_permitted = False
        self.fields["member"].choices = [("", "Nobody"), *members]  # type: ignore[attr-defined]

    def clean_login(self) -> str:
        login: str = self.cleaned_data["login"].removeprefix("@").lower()
        if login and not LOGIN.fullmatch(login):
            raise forms.ValidationError("This is no login: only letters, digits and . @ + _ - are in one.")
        return login

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("login") and "member" in found and not found["member"]:
            self.add_error("member", "Choose the member that this login is, or clear the login.")
        if found.get("member") and not found.get("login", "?") and not self.initial:
            self.add_error("login", "Give the login of this member, or choose nobody.")
        return found


class _People(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        """Each login once, as it stands for one person."""
        seen: set[str] = set()
        for form in self.forms:
            login = form.cleaned_data.get("login", "") if form.is_valid() else ""
            if login in seen:
                form.add_error("login", "This login stands above already.")
            seen.update([login] if login else [])

    @property
    def people(self) -> dict[str, str]:
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("login")]
        return {row["login"]: row["member"] for row in rows}


def people_form(connection: Connection, data: Mapping[str, Any] | None = None) -> _People:
    """The lines of who is who, and some empty ones."""
    made: Any = forms.formset_factory(
        PersonForm,
        formset=_People,
        extra=SPARE_ROWS,
        max_num=MOST_PEOPLE,
        absolute_max=MOST_PEOPLE,
        validate_max=True,
    )
    accounts, others = connection.accounts, others_of(connection)
    known = [
        {"login": login, "member": email, "account": accounts.get(login, ""), "other": others.get(login, "")}
        for login, email in sorted(connection.people.items())
    ]
    members = members_of(connection.project.team, connection.people.values())
    found: _People = made(data, initial=known, prefix="people", form_kwargs={"members": members})
    return found


def members_of(team: Team, others: Any = ()) -> list[tuple[str, str]]:
    """Members by mail address, as choices; with `others` that are in use and have left."""
    rows = Membership.objects.filter(team=team).select_related("user").order_by("user__name", "user__email")
    found = {row.user.email: str(row.user) for row in rows}
    left = {email: f"{email} (has left)" for email in sorted(set(others) - found.keys())}
    return [*found.items(), *left.items()]
