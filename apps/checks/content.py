"""Content-addressed rows in and out: values of the core to rows under their hashes, and back."""

from typing import Any

from apps.checks.models import Diff, Judgement
from schemata.findings import Finding


def findings_of(judgement: Judgement) -> tuple[Finding, ...]:
    """The findings of a judgement in the order they were made; one query."""
    raise NotImplementedError


def load_changes(diff: Diff) -> list[dict[str, Any]]:
    """The changes of a diff as they were stored, with their definitions as SQL."""
    raise NotImplementedError
