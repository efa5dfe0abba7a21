"""What verdicts hear from the apps below, which know nothing of them."""

from typing import Any

from apps.checks.actions import mark_stale
from apps.projects.models import Project


def project_changed(instance: Project, *, created: bool, **_: Any) -> None:
    """Another root, Postgres or default branch may give other verdicts.

    Judging again costs next to nothing where it does not: the same input finds its judgement.
    """
    if not created:
        mark_stale(instance)
