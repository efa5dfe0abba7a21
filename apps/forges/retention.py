"""What is forgotten of forges: deliveries after a month, and what was told of commits that are over."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from apps.forges.models import Arrival, Entry
from apps.repositories.models import Branch

KEPT_DAYS = 30


def forget_old(now: datetime | None = None) -> int:
    """Delete deliveries older than KEPT_DAYS, and as old reports of commits that no branch stands on any more; how
    many rows that were. What is still to be told stays.

    What was told to a pull request stays as long as that does: reopened years later, its comment is edited and not
    repeated. A delivery that was never worked on goes too: the next look finds what it was about.
    """
    before = (now or timezone.now()) - timedelta(days=KEPT_DAYS)
    arrivals, _ = Arrival.objects.filter(received_at__lt=before).delete()
    told = Entry.objects.filter(sent__gte=F("wanted"), sent_at__lt=before)
    heads = Branch.objects.filter(
        project=OuterRef("connection__project"), head=OuterRef("sha"), deleted_at=None
    )
    entries, _ = told.filter(~Exists(heads), pull=None).delete()
    return arrivals + entries
