"""What pages and the API read of proposals. `find_project` authorises; nothing here is seen beyond that project."""

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from apps.merges.models import Meeting
from apps.projects.models import Project
from apps.proposals.models import ASKING, Event, Label, Proposal
from apps.repositories.models import Branch


def proposals_of(project: Project) -> QuerySet[Proposal]:
    """The project's proposals, the newest first, with what lists show of them loaded."""
    labels = Prefetch("labels", queryset=Label.objects.order_by("name"))
    found = Proposal.objects.filter(project=project).select_related("branch", "author")
    return found.prefetch_related(labels).order_by("-number")


def find_proposal(project: Project, number: int) -> Proposal:
    """The proposal with its branch, author and labels loaded; raises Http404."""
    proposal = proposals_of(project).filter(number=number).first()
    if proposal is None:
        raise Http404("No such proposal")
    proposal.project = proposal.branch.project = project
    return proposal


def meeting_of(proposal: Proposal) -> Meeting | None:
    """The meeting of the proposal's branch with the default branch, with both merges and their diffs loaded."""
    loaded = Meeting.objects.select_related("ours", "theirs", "merge__diff", "resolved__diff")
    default = {"ours__name": proposal.project.default_branch, "ours__project": proposal.project_id}
    return loaded.filter(theirs=proposal.branch_id, **default).first()


def events_of(proposal: Proposal) -> QuerySet[Event]:
    return Event.objects.filter(proposal=proposal).select_related("actor").order_by("id")


def branches_to_propose(project: Project) -> list[Branch]:
    """The branches that may ask to be merged and don't yet, the last pushed first."""
    open_ones = Branch.objects.filter(project=project, deleted_at=None).exclude(name=project.default_branch)
    found = open_ones.exclude(proposals__state__in=ASKING).order_by("-pushed_at", "name")
    return list(found.select_related("project__team"))
