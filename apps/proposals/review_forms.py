"""What people fill in about reviews and policies."""

from typing import Any

from django import forms

from apps.proposals.models import Answer, Policy
from apps.proposals.owners import read_owners
from apps.proposals.people import Person
from apps.proposals.policy import BYPASS, MOST_APPROVALS, MOST_MEGABYTES, MOST_ROWS, Check

MAX_TEXT = 60_000
CHECKS = {
    Check.REPLAY: "The branch's own verdict passed",
    Check.WARNINGS: "The verdict found nothing to warn of",
    Check.ORDER: "Databases end alike whichever side's migrations ran first",
    Check.DRIFT: "The schema file says what the migrations make, or has drifted before",
    Check.THREADS: "Every thread about an object or a conflict is resolved",
}
WHO_BYPASSES = {"maintainer": "Maintainers and owners", "owner": "Owners", "nobody": "Nobody"}


class ReviewForm(forms.Form):
    """An answer to the change whose hash the page showed."""

    answer = forms.ChoiceField(choices=Answer.choices)
    change_hash = forms.CharField(required=False, max_length=64)
    body = forms.CharField(
        required=False,
        max_length=MAX_TEXT,
        label="Your review",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReasonForm(forms.Form):
    """Why a review is dismissed."""

    because = forms.CharField(max_length=1000, label="Why")


class BypassForm(forms.Form):
    reason = forms.CharField(max_length=10_000, label="Why", widget=forms.Textarea(attrs={"rows": 2}))
    change_hash = forms.CharField(max_length=64)


class AskForm(forms.Form):
    """Whom to ask for a review, of those who can be asked."""

    user = forms.TypedChoiceField(coerce=int, label="Ask for a review")

    def __init__(self, *args: Any, people: tuple[Person, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [(person.id, str(person)) for person in people]  # type: ignore[attr-defined]


class PolicyForm(forms.Form):
    """A project's policy; `version` is that of the one which is changed."""

    approvals = forms.IntegerField(
        min_value=0, max_value=MOST_APPROVALS, label="Approvals", help_text="How many a proposal needs."
    )
    risky_approvals = forms.IntegerField(
        min_value=0,
        max_value=MOST_APPROVALS,
        label="Approvals where data is at risk",
        help_text="Where Braid measures data loss, something irreversible, the rewrite of a large table, or code of "
        "which it can't tell what it does. Fewer than above count as above.",
    )
    large_rows = forms.IntegerField(
        min_value=0,
        max_value=MOST_ROWS,
        label="Rows from which a table is large",
        help_text="A table counts as large from so many rows or megabytes on, and where its size is not known; "
        "with 0, every table does. Sizes are sent by braid sizes.",
    )
    large_megabytes = forms.IntegerField(
        min_value=0,
        max_value=MOST_MEGABYTES,
        label="Megabytes from which a table is large",
        help_text="With its indexes.",
    )
    self_approval = forms.BooleanField(required=False, label="People may approve their own work")
    required_checks = forms.MultipleChoiceField(
        required=False,
        label="Required checks",
        choices=[(check.value, words) for check, words in CHECKS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text="That it merges and replays with the newest default branch is always required.",
    )
    bypass_role = forms.TypedChoiceField(
        coerce=int,
        label="Who may bypass the policy",
        choices=[(role, WHO_BYPASSES[name]) for name, role in BYPASS.items()],
        help_text="With a reason, for one change, kept in the team's log.",
    )
    owners = forms.CharField(
        required=False,
        max_length=MAX_TEXT,
        label="Owners",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "mono"}),
        help_text="A pattern of objects and who must agree, one a line; the last line that matches decides.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_owners(self) -> str:
        text = str(self.cleaned_data["owners"]).replace("\r\n", "\n")
        problems = read_owners(text).problems
        if problems:
            raise forms.ValidationError([f"{str(each)[:1].upper()}{str(each)[1:]}." for each in problems])
        return text


def policy_values(policy: Policy) -> dict[str, Any]:
    """The form's first values."""
    return {name: getattr(policy, name) for name in PolicyForm.base_fields}
