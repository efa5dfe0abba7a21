"""What may be forgotten: verdicts that were superseded before they came to anything."""

from datetime import timedelta

from django.utils import timezone

from apps.checks.models import State, Verdict

KEPT_DAYS = 30


def forget_superseded() -> int:
    """Remove superseded verdicts without a judgement that are older than KEPT_DAYS; returns how many."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    doomed = Verdict.objects.filter(state=State.SUPERSEDED, judgement=None, requested_at__lt=old)
    return doomed.delete()[0]
