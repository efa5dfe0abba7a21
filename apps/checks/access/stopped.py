"""Branches whose migrations were stopped because they took too long: nobody else needs to wait for them as well."""

from apps.checks.models import FindingRecord, Verdict
from apps.repositories.models import Branch

DEADLINE = "replay.deadline"


def why_stopped(branch: Branch, commit: str) -> str:
    """What the newest verdict on a head of the branch says of the deadline that its migrations hit; else empty."""
    judged = Verdict.objects.filter(branch=branch, commit=commit).exclude(judgement=None)
    found = judged.order_by("-id").values_list("judgement__findings", flat=True).first()
    findings = FindingRecord.objects.filter(pk__in=found or (), rule=DEADLINE)
    return findings.values_list("message", flat=True).first() or ""
