"""The branches of a project as a list that can be searched, filtered and sorted; the projects of a person by team."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from apps.checks.access import BranchSummary, ProjectOverview
from apps.checks.models import ACTIVE
from apps.teams.models import Membership, Role

PAGE_SIZE = 50
SORTS = (("pushed", "Last pushed"), ("name", "Name"), ("state", "Verdict"))
STATE_ORDER = ("running", "waiting", "failed", "unusable", "error", "passed", "superseded", "")


@dataclass(frozen=True, slots=True)
class TeamProjects:
    """One team of a person; `may_create` where the role allows new projects."""

    membership: Membership
    projects: tuple[ProjectOverview, ...]
    may_create: bool


@dataclass(frozen=True, slots=True)
class StateChoice:
    """One filter above the list, with how many branches it leaves."""

    state: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class BranchList:
    """The list as asked for. `is_active` while a verdict in it is on its way."""

    page: Page[BranchSummary]
    query: str
    state: str
    sort: str
    states: tuple[StateChoice, ...]
    total: int
    is_active: bool


def by_team(
    memberships: Iterable[Membership], overviews: Sequence[ProjectOverview]
) -> tuple[TeamProjects, ...]:
    """The projects under their teams, in the order of the memberships."""
    return tuple(
        TeamProjects(
            membership,
            tuple(o for o in overviews if o.project.team_id == membership.team_id),
            membership.role >= Role.MAINTAINER,
        )
        for membership in memberships
    )


def list_branches(overview: ProjectOverview, query: str, state: str, sort: str, page: str) -> BranchList:
    """The branches but for the default one, as the query string asks; what it does not know is ignored."""
    named = [b for b in overview.branches if _matches(b, query)]
    counts = {s: sum(b.state == s for b in named) for s in STATE_ORDER if s}
    chosen = [b for b in named if not state or b.state == state]
    sort = sort if sort in dict(SORTS) else "pushed"
    everything = [overview.default, *overview.branches] if overview.default else overview.branches
    return BranchList(
        page=Paginator(_sorted(chosen, sort), PAGE_SIZE).get_page(page),
        query=query,
        state=state,
        sort=sort,
        states=tuple(StateChoice(s, n, s == state) for s, n in counts.items() if n or s == state),
        total=len(overview.branches),
        is_active=any(b.state in ACTIVE for b in everything),
    )


def _matches(branch: BranchSummary, query: str) -> bool:
    wanted = query.casefold().split()
    text = f"{branch.name} {branch.author} {branch.subject}".casefold()
    return all(word in text for word in wanted)


def _sorted(branches: list[BranchSummary], sort: str) -> list[BranchSummary]:
    if sort == "name":
        return sorted(branches, key=lambda b: b.name)
    if sort == "state":
        return sorted(branches, key=lambda b: STATE_ORDER.index(b.state))
    return branches
