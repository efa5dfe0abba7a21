"""What is told to whom, as people choose it."""

from django import forms

from apps.accounts.outward import egress
from apps.notices.kinds import CHOICES
from egress import EgressError

BOXES = forms.CheckboxSelectMultiple


class WebhookForm(forms.Form):
    url = forms.CharField(
        max_length=500,
        label="Address",
        help_text="An https address that takes POST requests with JSON.",
        widget=forms.URLInput(attrs={"placeholder": "https://chat.example.com/hooks/braid"}),
    )
    kinds = forms.MultipleChoiceField(
        choices=CHOICES, label="Events", widget=BOXES, initial=[kind for kind, _ in CHOICES]
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            egress().check(url)
        except EgressError as error:
            raise forms.ValidationError(str(error)) from None
        return url


class PreferenceForm(forms.Form):
    mail = forms.MultipleChoiceField(choices=CHOICES, label="Send me mail when", widget=BOXES, required=False)
