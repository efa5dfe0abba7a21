"""Forms of a project: making it and changing its settings."""

from typing import Any

from django import forms

from apps.accounts.names import check_name
from apps.projects import versions
from apps.projects.models import Project
from apps.projects.names import check_branch, check_root, tidy_root
from apps.teams.slugs import check_project_slug

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class ProjectForm(forms.Form):
    """What a project is; `settings_of` gives the form's first values for one that exists."""

    name = forms.CharField(
        max_length=120,
        label="Name",
        validators=[check_name],
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Web shop"}),
    )
    slug = forms.CharField(
        max_length=64,
        label="Address",
        validators=[check_project_slug],
        help_text="Part of the page's address and of the git URL: lower-case letters, digits and hyphens.",
        widget=forms.TextInput(attrs=PLAIN | {"placeholder": "web-shop"}),
    )
    default_branch = forms.CharField(
        max_length=200,
        label="Default branch",
        initial="main",
        validators=[check_branch],
        help_text="Every other branch is compared with it. It is protected once a push has filled it.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    root = forms.CharField(
        max_length=400,
        required=False,
        label="Folder of the schema",
        validators=[check_root],
        help_text="From the top of the repository, as in packages/prisma. Empty: Braid finds it by itself.",
        widget=forms.TextInput(attrs=PLAIN | {"placeholder": "packages/prisma"}),
    )
    postgres = forms.TypedChoiceField(
        required=False,
        label="Postgres version",
        coerce=int,
        empty_value=None,
        help_text="What production runs; migrations are replayed on this version.",
    )

    def __init__(self, *args: Any, current_postgres: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["postgres"].choices = versions.choices(current_postgres)  # type: ignore[attr-defined]

    def clean_root(self) -> str:
        return tidy_root(self.cleaned_data["root"])


def settings_of(project: Project) -> dict[str, Any]:
    return {name: getattr(project, name) for name in ("name", "slug", "default_branch", "root", "postgres")}
