"""What pages and the API read of proposals. `find_project` authorises; nothing here is seen beyond that project."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404

from apps.checks.access import object_changes
from apps.checks.content.diffs import load_objects
from apps.checks.content.snapshots import load_catalog
from apps.checks.models import Diff
from apps.merges.models import Meeting, Merge
from apps.projects.models import Project
from apps.proposals.diagram import Drawing, draw, find_entities, needed_for
from apps.proposals.models import ASKING, Comment, Event, Label, Proposal, Subscription
from apps.repositories.models import Branch


def proposals_of(project: Project) -> QuerySet[Proposal]:
    """The project's proposals, the newest first, with what lists show of them loaded."""
    labels = Prefetch("labels", queryset=Label.objects.order_by("name"))
    found = Proposal.objects.filter(project=project).select_related("branch", "author", "kept")
    return found.defer("kept__body").prefetch_related(labels).order_by("-number")


def find_proposal(project: Project, number: int) -> Proposal:
    """The proposal with its branch, author and labels loaded; raises Http404."""
    proposal = proposals_of(project).filter(number=number).select_related("kept__diff").first()
    if proposal is None:
        raise Http404("No such proposal")
    proposal.project = proposal.branch.project = project
    return proposal


def meeting_of(proposal: Proposal) -> Meeting | None:
    """The meeting of the proposal's branch with the default branch, with both merges and their diffs loaded."""
    loaded = Meeting.objects.select_related("ours", "theirs", "merge__diff", "resolved__diff")
    default = {"ours__name": proposal.project.default_branch, "ours__project": proposal.project_id}
    return loaded.filter(theirs=proposal.branch_id, **default).first()


def meetings_of(proposals: Sequence[Proposal]) -> Mapping[int, Meeting]:
    """The meetings with the default branch by the proposal's id; one query, without the diffs."""
    if not proposals:
        return {}
    default = proposals[0].project.default_branch
    branches = [proposal.branch_id for proposal in proposals]
    found = Meeting.objects.select_related("merge", "resolved").defer("merge__body", "resolved__body")
    by_branch = {m.theirs_id: m for m in found.filter(theirs__in=branches, ours__name=default)}
    return {p.pk: by_branch[p.branch_id] for p in proposals if p.branch_id in by_branch}


def result_of(proposal: Proposal, meeting: Meeting | None) -> Merge | None:
    """The merge that the proposal stands for; of an ended one that which it stood for at its end."""
    if not proposal.is_asking:
        return proposal.kept
    return meeting.result if meeting else None


def diff_of(proposal: Proposal, meeting: Meeting | None) -> Diff | None:
    """What that merge does to the default branch, once it is known."""
    result = result_of(proposal, meeting)
    return result.diff if result else None


def changed_addresses(proposal: Proposal) -> frozenset[str]:
    """Every object that the merge changes, as `str(Address)`; with the objects that they are parts of."""
    changed = object_changes(diff_of(proposal, meeting_of(proposal)))
    return frozenset(at for each in changed for at in (each.address, *(c.address for c in each.changes)))


def search_proposals(
    project: Project, *, state: str = "", query: str = "", label: str = "", author: str = "", branch: str = ""
) -> QuerySet[Proposal]:
    """The project's proposals, narrowed by whatever is not empty; `state` may also be `asking`."""
    found = proposals_of(project).annotate(
        comments_count=Count("comments", filter=Q(comments__deleted_at=None), distinct=True)
    )
    if state:
        found = found.filter(state__in=ASKING if state == "asking" else [state])
    for word in query.split():
        named = Q(title__icontains=word) | Q(branch__name__icontains=word)
        found = found.filter(named | Q(number=int(word.lstrip("#"))) if _is_number(word) else named)
    if label:
        found = found.filter(labels__name=label)
    if author:
        found = found.filter(author__email=author)
    return found.filter(branch__name=branch) if branch else found


def count_states(project: Project) -> Mapping[str, int]:
    """How many proposals the project has in each state."""
    counted = Proposal.objects.filter(project=project).order_by().values_list("state")
    return dict(counted.annotate(number=Count("pk")))


def _is_number(word: str) -> bool:
    digits = word.lstrip("#")
    return digits.isascii() and digits.isdigit() and len(digits) < 10


def labels_of(project: Project) -> QuerySet[Label]:
    return Label.objects.filter(project=project).order_by("name")


def find_label(project: Project, label_id: int) -> Label:
    found = labels_of(project).filter(pk=label_id).first()
    if found is None:
        raise Http404("No such label")
    return found


def comments_of(proposal: Proposal) -> QuerySet[Comment]:
    """What was said, but for what was deleted since."""
    found = Comment.objects.filter(proposal=proposal, deleted_at=None)
    return found.select_related("author", "resolved_by", "thread__resolved_by").order_by("id")


def count_open_threads(proposal: Proposal) -> int:
    """Threads about objects or conflicts that are not resolved, and in which something still stands."""
    said = Comment.objects.filter(proposal=proposal, deleted_at=None).exclude(address="", conflict="")
    going_on = Q(thread=None, resolved_at=None) | Q(thread__isnull=False, thread__resolved_at=None)
    return said.filter(going_on).order_by().values(first=Coalesce("thread_id", "id")).distinct().count()


def find_comment(proposal: Proposal, comment_id: int) -> Comment:
    """One comment of the proposal that is not deleted; raises Http404."""
    found = comments_of(proposal).filter(pk=comment_id).first()
    if found is None:
        raise Http404("No such comment")
    found.proposal = proposal
    return found


def subscribers_of(proposal: Proposal) -> list[Subscription]:
    found = Subscription.objects.filter(proposal=proposal, muted=False).select_related("user")
    return list(found.order_by("user__name", "user__email"))


def events_of(proposal: Proposal) -> QuerySet[Event]:
    return Event.objects.filter(proposal=proposal).select_related("actor").order_by("id")


def branches_to_propose(project: Project) -> list[Branch]:
    """The branches that may ask to be merged and don't yet, the last pushed first."""
    open_ones = Branch.objects.filter(project=project, deleted_at=None).exclude(name=project.default_branch)
    found = open_ones.exclude(proposals__state__in=ASKING).order_by("-pushed_at", "name")
    return list(found.select_related("project__team"))


@lru_cache(maxsize=64)
def diagram_of(diff: Diff) -> Drawing:
    """The entity diagram of what the diff changes. A diff never changes, so it is drawn once."""
    objects = load_objects(diff)
    return draw(find_entities(objects, load_catalog(diff.after_id, needed_for(objects))))
