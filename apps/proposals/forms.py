"""What people fill in about a proposal."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.proposals.models import Label, Proposal
from apps.repositories.models import Branch

MAX_TEXT = 60_000
MARKDOWN = "Markdown. What this is for, and what reviewers should look at."


class TextForm(forms.Form):
    """A proposal's title and description."""

    title = forms.CharField(max_length=200)
    description = forms.CharField(
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=MARKDOWN,
    )


class ProposalForm(TextForm):
    """A new proposal: which branch, what it is called and why."""

    branch = forms.ChoiceField(
        error_messages={
            "invalid_choice": "%(value)s can't be proposed any more: it was deleted, or is proposed already."
        }
    )
    title = forms.CharField(
        max_length=200, required=False, help_text="Left empty: the subject of the one commit, or the branch."
    )
    draft = forms.BooleanField(required=False, label="A draft: shown to others, not ready to be merged")
    field_order = ("branch", "title", "description", "draft")

    def __init__(self, *args: Any, branches: Sequence[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._branches = {branch.name: branch for branch in branches}
        self.fields["branch"].choices = [(name, name) for name in self._branches]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """The arguments of `open_proposal`."""
        return {**self.cleaned_data, "branch": self._branches[self.cleaned_data["branch"]]}


class CommentForm(forms.Form):
    """What somebody says; `address` names the object of the changes that it is about, `conflict` a conflict by id,
    `thread` a comment that it answers."""

    body = forms.CharField(
        max_length=MAX_TEXT,
        label="Comment",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Markdown. @name lets a member hear of it.",
    )
    address = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    conflict = forms.SlugField(required=False, max_length=64, widget=forms.HiddenInput)
    thread = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class LabelsForm(forms.Form):
    """The labels of a proposal: the project's own to choose from, and new ones."""

    chosen = forms.MultipleChoiceField(
        required=False, label="Labels", widget=forms.CheckboxSelectMultiple, choices=()
    )
    more = forms.CharField(
        required=False, max_length=1000, label="New labels", help_text="Names with commas between them."
    )

    def __init__(self, *args: Any, labels: Sequence[Label], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [(each.name, each.name) for each in labels]  # type: ignore[attr-defined]

    def names(self) -> list[str]:
        """What `set_labels` takes."""
        return [*self.cleaned_data["chosen"], *self.cleaned_data["more"].split(",")]


def labels_form(proposal: Proposal, labels: Sequence[Label]) -> LabelsForm:
    """The form with the proposal's own labels ticked."""
    return LabelsForm(labels=labels, initial={"chosen": [each.name for each in proposal.labels.all()]})
