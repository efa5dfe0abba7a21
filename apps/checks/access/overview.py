"""The branches of a project with where each stands, for the project's page and the team's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from apps.accounts.models import User
from apps.checks.models import State, Verdict
from apps.projects.models import Project
from apps.repositories.models import Branch


@dataclass(frozen=True, slots=True)
class BranchSummary:
    """One line of the list. `verdict` has its `judgement` and that has its `diff` loaded.

    `ahead` and `behind` count commits against the default branch; None until they are known.
    """

    branch: Branch
    name: str
    head: str
    is_default: bool
    verdict: Verdict | None
    author: str
    subject: str
    pushed_by: User | None
    pushed_at: datetime
    ahead: int | None
    behind: int | None

    @property
    def is_judged(self) -> bool:
        """Whether the verdict speaks of the head; a push is there a moment before its verdict is asked for."""
        return self.branch.deleted_at is not None or bool(self.verdict and self.verdict.commit == self.head)

    @property
    def state(self) -> str:
        """Where the head stands: the verdict's state, or waiting."""
        if not self.is_judged:
            return State.WAITING.value
        return str(self.verdict.state) if self.verdict else ""


@dataclass(frozen=True, slots=True)
class ProjectOverview:
    """`default` is None before the first push; `branches` are the others, the last pushed first."""

    project: Project
    default: BranchSummary | None
    branches: tuple[BranchSummary, ...]
    layout: str
    root: str


def project_overview(project: Project) -> ProjectOverview:
    """Two queries, whatever the number of branches."""
    return project_overviews([project])[0]


def project_overviews(projects: Sequence[Project]) -> tuple[ProjectOverview, ...]:
    """One overview a project, in the order given, by the same two queries: for the team's page."""
    branches = _branches(projects)
    verdicts = latest_verdicts(branches)
    return tuple(_overview(p, [b for b in branches if b.project_id == p.pk], verdicts) for p in projects)


def latest_verdicts(branches: Iterable[Branch]) -> Mapping[int, Verdict]:
    """The newest verdict of each branch by the branch's id; one query."""
    newest = Verdict.objects.filter(branch=OuterRef("pk")).order_by("-id").values("pk")[:1]
    ids = Branch.objects.filter(pk__in=[b.pk for b in branches]).values_list(Subquery(newest), flat=True)
    verdicts = Verdict.objects.filter(pk__in=ids).select_related("judgement__diff")
    return {verdict.branch_id: verdict for verdict in verdicts}


def summarize(branch: Branch, verdict: Verdict | None, default_branch: str) -> BranchSummary:
    return BranchSummary(
        branch=branch,
        name=branch.name,
        head=branch.head,
        is_default=branch.name == default_branch,
        verdict=verdict,
        author=verdict.author if verdict else "",
        subject=verdict.subject if verdict else "",
        pushed_by=branch.pushed_by,
        pushed_at=branch.pushed_at,
        ahead=verdict.ahead if verdict else None,
        behind=verdict.behind if verdict else None,
    )


def _branches(projects: Sequence[Project]) -> list[Branch]:
    branches = Branch.objects.filter(project__in=projects, deleted_at=None)
    return list(branches.select_related("pushed_by").order_by("-pushed_at", "name"))


def _overview(project: Project, branches: list[Branch], verdicts: Mapping[int, Verdict]) -> ProjectOverview:
    summaries = [summarize(b, verdicts.get(b.pk), project.default_branch) for b in branches]
    default = next((s for s in summaries if s.is_default), None)
    judged = (s.verdict.judgement for s in [default, *summaries] if s and s.verdict and s.verdict.judgement)
    found = next((j for j in judged if j.layout), None)
    return ProjectOverview(
        project=project,
        default=default,
        branches=tuple(s for s in summaries if not s.is_default),
        layout=found.layout if found else "",
        root=found.root if found else "",
    )
