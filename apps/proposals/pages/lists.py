"""The list of proposals as asked for by its query string."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from apps.merges.models import Meeting
from apps.proposals.models import ASKING, Proposal, State
from apps.proposals.pages.standing import Standing, standing_of

PAGE_SIZE = 50
SORTS = (("newest", "Newest"), ("oldest", "Oldest"), ("updated", "Last changed"))
ORDERS = {"newest": "-number", "oldest": "number", "updated": "-updated_at"}
# The filter's words, and what they mean to `search_proposals`.
STATES = {"open": "asking", "merged": State.MERGED, "closed": State.CLOSED, "all": ""}


@dataclass(frozen=True, slots=True)
class Row:
    """One proposal of the list; `standing` is None once it is merged or closed."""

    proposal: Proposal
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class StateChoice:
    state: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ProposalList:
    """`page` is Django's, its proposals arranged as `rows`."""

    page: Page[Proposal]
    rows: tuple[Row, ...]
    states: tuple[StateChoice, ...]
    sort: str
    total: int


def chosen_state(asked: str) -> str:
    return asked if asked in STATES else "open"


def list_proposals(
    found: QuerySet[Proposal],
    counts: Mapping[str, int],
    state: str,
    sort: str,
    page: str,
    meetings_of: Callable[[Sequence[Proposal]], Mapping[int, Meeting]],
) -> ProposalList:
    """One page of `found`; `counts` are of all the project's proposals by state."""
    sort = sort if sort in ORDERS else "newest"
    shown = Paginator(found.order_by(ORDERS[sort], "-number"), PAGE_SIZE).get_page(page)
    proposals = list(shown.object_list)
    meetings = meetings_of(proposals)
    return ProposalList(
        page=shown,
        rows=tuple(_row(proposal, meetings) for proposal in proposals),
        states=tuple(StateChoice(name, _count(counts, name), name == state) for name in STATES),
        sort=sort,
        total=sum(counts.values()),
    )


def _row(proposal: Proposal, meetings: Mapping[int, Meeting]) -> Row:
    standing = standing_of(proposal, meetings.get(proposal.pk)) if proposal.is_asking else None
    return Row(proposal, standing)


def _count(counts: Mapping[str, int], name: str) -> int:
    meant = {"open": ASKING, "all": tuple(State)}.get(name, (STATES[name],))
    return sum(counts.get(state, 0) for state in meant)
