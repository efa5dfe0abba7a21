"""Forms of the team pages."""

from typing import Any

from django import forms

from apps.accounts.names import check_name
from apps.teams.models import Membership, Role
from apps.teams.slugs import check_team_slug

DAYS = [("1", "1 day"), ("7", "7 days"), ("30", "30 days")]
USES = [("1", "One person"), ("5", "5 people"), ("25", "25 people")]


class TeamForm(forms.Form):
    name = forms.CharField(
        max_length=120,
        label="Name",
        validators=[check_name],
        widget=forms.TextInput(attrs={"autocomplete": "organization", "placeholder": "Acme Shop"}),
    )
    slug = forms.CharField(
        max_length=48,
        label="Address",
        validators=[check_team_slug],
        help_text="Part of page addresses and git URLs: lower-case letters, digits and hyphens.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "placeholder": "acme-shop",
            }
        ),
    )


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(choices=Role.choices, coerce=lambda value: Role(int(value)), label="Role")


class InvitationForm(forms.Form):
    """Offers the roles that the inviter may give."""

    role = forms.TypedChoiceField(
        coerce=lambda value: Role(int(value)), label="Role", initial=str(Role.DEVELOPER.value)
    )
    email = forms.EmailField(
        required=False,
        label="Email address",
        help_text="The link is mailed there and works for it alone. Without one, share the link yourself.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(choices=DAYS, coerce=int, initial="7", label="Valid for")
    max_uses = forms.TypedChoiceField(choices=USES, coerce=int, initial="1", label="Works for")

    def __init__(self, *args: Any, inviter: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_to_give(inviter)  # type: ignore[attr-defined]


class ConfirmationForm(forms.Form):
    """Asks for the thing's address to be typed before it is deleted."""

    typed = forms.CharField(
        label="Address", widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"})
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["typed"].label = f"Type {expected} to confirm"

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if typed != self.expected:
            raise forms.ValidationError(f"That is not {self.expected}. Nothing was deleted.")
        return typed


class AuditFilterForm(forms.Form):
    """Narrows the audit log; every part may be left empty."""

    action = forms.ChoiceField(required=False, label="What")
    actor = forms.ChoiceField(required=False, label="Who")
    q = forms.CharField(required=False, max_length=100, label="Target contains")

    def __init__(
        self, *args: Any, actions: list[tuple[str, str]], actors: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", "Everything"), *actions]  # type: ignore[attr-defined]
        self.fields["actor"].choices = [("", "Everybody"), *actors]  # type: ignore[attr-defined]


def roles_to_give(inviter: Membership) -> list[tuple[int, str]]:
    """The roles below one's own; an owner may give all."""
    own = Role.OWNER + 1 if inviter.role == Role.OWNER else inviter.role
    return [(role.value, str(role.label)) for role in Role if role < own]
