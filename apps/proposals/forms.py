"""What people fill in about a proposal."""

from collections.abc import Sequence
from typing import Any

from django import forms

from apps.repositories.models import Branch

MAX_TEXT = 60_000


class ProposalForm(forms.Form):
    """A new proposal: which branch, what it is called and why."""

    branch = forms.ChoiceField()
    title = forms.CharField(max_length=200)
    description = forms.CharField(
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Markdown. What this is for, and what reviewers should look at.",
    )
    draft = forms.BooleanField(required=False, label="A draft: shown to others, not ready to be merged")

    def __init__(self, *args: Any, branches: Sequence[Branch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._branches = {branch.name: branch for branch in branches}
        self.fields["branch"].choices = [(name, name) for name in self._branches]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """The arguments of `open_proposal`."""
        return {**self.cleaned_data, "branch": self._branches[self.cleaned_data["branch"]]}
