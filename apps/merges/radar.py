"""Which pairs of open branches are to be merged, kept up to date push by push.

A branch meets the default branch, and every open branch whose footprint has something
in common with its own (`schemata.merge.footprint`): one query on the index of touched
names finds them. Pairs that have nothing to say to each other have no row.
"""

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from apps.merges.actions import charted, parted, request_meeting
from apps.merges.events import announce_project
from apps.merges.models import Footprint, Meeting, Outcome
from apps.projects.models import Project
from apps.repositories.landing import is_in_branch
from apps.repositories.models import Branch
from apps.repositories.storage import open_repository
from schemata.merge.footprint import Footprint as Found


def save_footprint(branch: Branch, fork: str, found: Found) -> None:
    """Keep what the branch touches at its head; `fork` is the commit where it left the default branch."""
    Footprint.objects.update_or_create(
        branch=branch,
        defaults={
            "project_id": branch.project_id,
            "commit": branch.head,
            "fork": fork,
            "objects_touched": list(found.marks),
            "everything": bool(found.everything),
            "reason": found.everything,
            "enqueued_at": None,
        },
    )
    charted.send(Branch, branch=branch)


@transaction.atomic
def chart(branch: Branch, fork: str, touched: Found | None) -> list[Meeting]:
    """Keep the footprint of the branch's head, and ask for the meetings that follow from it.

    None: the branch has nothing that runs, so nobody knows what it touches.
    Nothing where the branch has moved on meanwhile: that is for who judges its new head.
    """
    default, others = _lock(branch.project)
    now = next((each for each in others if each.head == branch.head and each.pk == branch.pk), None)
    if now is None:
        return []
    found = touched or Found()
    save_footprint(now, fork, found)
    met = _met(now, found)
    pairs = [(other, now) if other.pk < now.pk else (now, other) for other in others if other.pk in met]
    asked = [request_meeting(default, now)] if default else []
    asked += [request_meeting(ours, theirs) for ours, theirs in pairs]
    left = _between(now, default).exclude(pk__in=[meeting.pk for meeting in asked])
    if touched is not None:
        _tell_parted(left)
    left.delete()
    announce_project(branch.project_id)
    return asked


@transaction.atomic
def follow_default(default: Branch, left: Collection[int], held: Collection[int]) -> list[Meeting]:
    """The default branch moved: it meets what has `left` it anew, and nobody meets what it `held` of others."""
    now, others = _lock(default.project)
    if now is None or now.head != default.head:
        return []
    for branch in others:
        if branch.pk in held:
            _retire(branch, now)
    asked = [request_meeting(now, branch) for branch in others if branch.pk in left]
    save_footprint(now, now.head, Found())
    announce_project(now.project_id)
    return asked


@transaction.atomic
def retire(branch: Branch) -> None:
    """The default branch holds all of the branch: it collides with nothing any more."""
    default, others = _lock(branch.project)
    for now in others:
        if (now.pk, now.head) == (branch.pk, branch.head):
            _retire(now, default)
            announce_project(branch.project_id)


def _retire(branch: Branch, default: Branch | None) -> None:
    save_footprint(branch, branch.head, Found())
    _between(branch, default).delete()
    collides = Q(merge__outcome=Outcome.CONFLICT) | Q(merge__outcome=Outcome.BROKEN)
    Meeting.objects.filter(collides, theirs=branch).delete()


@transaction.atomic
def forget(project: Project) -> int:
    """Deleted branches meet nobody; returns how many meetings are gone."""
    Footprint.objects.filter(project=project, branch__deleted_at__isnull=False).delete()
    gone = Q(ours__deleted_at__isnull=False) | Q(theirs__deleted_at__isnull=False)
    meetings = Meeting.objects.filter(gone, project=project)
    _tell_parted(meetings)
    count, _ = meetings.delete()
    if count:
        announce_project(project.pk)
    return count


def _tell_parted(meetings: "QuerySet[Meeting]") -> None:
    """Say of two branches that collide that they part, but where the default branch holds one: there it goes on."""
    related = ("ours__project", "theirs__project", "project__team", "merge", "resolved")
    colliding = meetings.filter(since__isnull=False).exclude(ours__name=F("project__default_branch"))
    for meeting in colliding.select_related(*related).order_by("pk"):
        repository, default = open_repository(meeting.project), meeting.project.default_branch
        if not any(is_in_branch(repository, side.head, default) for side in (meeting.ours, meeting.theirs)):
            parted.send(Meeting, meeting=meeting)


def open_branches(project: Project) -> tuple[Branch | None, list[Branch]]:
    """The default branch, None before its first push, and all others that are there."""
    branches = list(Branch.objects.filter(project=project, deleted_at=None).order_by("pk"))
    for branch in branches:
        branch.project = project
    default = next((branch for branch in branches if branch.is_default), None)
    return default, [branch for branch in branches if branch is not default]


def _lock(project: Project) -> tuple[Branch | None, list[Branch]]:
    """The open branches as they stand now, and nobody else changes them or their meetings' rows meanwhile."""
    Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=project.pk)
    return open_branches(project)


def _between(branch: Branch, default: Branch | None) -> "QuerySet[Meeting]":
    """The branch's meetings with others than the default branch."""
    found = Meeting.objects.filter(Q(ours=branch) | Q(theirs=branch))
    return found.exclude(ours=default) if default else found


def _met(branch: Branch, found: Found) -> list[int]:
    if not found.everything and not found.marks:
        return []
    values: dict[str, bool | int | str | list[str]] = {
        "project": branch.project_id,
        "branch": branch.pk,
        "everything": bool(found.everything),
        "sought": list(found.sought),
        "default": branch.project.default_branch,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MEETS, values)
        return [row[0] for row in cursor.fetchall()]


# An empty footprint is that of a branch that does not replay or has nothing of its own.
_MEETS = """
select footprint.branch_id
from merges_footprint footprint join repositories_branch branch on branch.id = footprint.branch_id
where footprint.project_id = %(project)s and footprint.branch_id <> %(branch)s
    and branch.deleted_at is null and branch.name <> %(default)s
    and (footprint.everything or footprint.objects_touched && %(sought)s::text[]
         or %(everything)s and footprint.objects_touched <> '{}')
"""
