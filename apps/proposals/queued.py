"""What pages and the API read of the queue, of a project or proposal that the caller was let into."""

from dataclasses import dataclass

from django.db.models import QuerySet

from apps.projects.models import Project
from apps.proposals.models import LINED_UP, ONGOING, Proposal, QueueEntry, Revert, Stage

RECENT = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """Where one proposal stands: its newest entry, its place in the line (from 1; 0: in none), the last revert."""

    entry: QueueEntry | None = None
    place: int = 0
    revert: Revert | None = None


def line_of(project: Project) -> list[QueueEntry]:
    """Who is lined up, the first first."""
    return _of(project, _loaded(project).filter(stage__in=LINED_UP).order_by("id"))


def handed_of(project: Project) -> list[QueueEntry]:
    """What forges are to merge, the first first."""
    return _of(project, _loaded(project).filter(stage=Stage.HANDED).order_by("id"))


def handed_entry(proposal: Proposal) -> QueueEntry | None:
    """The proposal's, where a forge is to merge it."""
    return QueueEntry.objects.filter(proposal=proposal, stage=Stage.HANDED).first()


def recent_of(project: Project, limit: int = RECENT) -> list[QueueEntry]:
    """Who has landed or left, the last first."""
    ended = _loaded(project).exclude(stage__in=ONGOING).order_by("-ended_at", "-id")
    return _of(project, ended[:limit])


def turn_of(proposal: Proposal) -> Turn:
    """At most three queries."""
    entry = QueueEntry.objects.filter(proposal=proposal).select_related("by").order_by("-id").first()
    if entry is None:
        return Turn()
    entry.proposal = proposal
    ahead = QueueEntry.objects.filter(
        project=proposal.project_id, stage__in=LINED_UP, id__lt=entry.pk
    ).count()
    wanted = Revert.objects.filter(proposal=proposal).select_related("made").order_by("-id")
    return Turn(entry, ahead + 1 if entry.is_lined_up else 0, wanted.first() if entry.candidate else None)


def _of(project: Project, found: QuerySet[QueueEntry]) -> list[QueueEntry]:
    entries = list(found)
    for entry in entries:
        entry.proposal.project = project
    return entries


def _loaded(project: Project) -> QuerySet[QueueEntry]:
    found = QueueEntry.objects.filter(project=project)
    return found.select_related("proposal__author", "proposal__branch", "by")
