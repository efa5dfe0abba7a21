"""The slow housekeeping: rows that nothing shows any more, packs of many pushes, refs that lost their rows."""

from apps.accounts.actions import forget_ended_sessions
from apps.checks.retention import forget_superseded
from apps.forges.retention import forget_old as forget_old_deliveries
from apps.notices.actions import forget_old
from apps.projects.models import Project
from apps.repositories import maintenance
from apps.repositories.actions import reconcile


def maintain() -> None:
    """Once a day."""
    forget_ended_sessions()
    forget_superseded()
    forget_old()
    forget_old_deliveries()
    maintenance.set_aside_orphans()
    for project in Project.objects.iterator():
        maintenance.maintain(project)


def reconcile_all() -> None:
    """Every few minutes: record what a push moved while the database was away."""
    for project in Project.objects.iterator():
        reconcile(project)
