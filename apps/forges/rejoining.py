"""A repository connected again to the project that followed it before: what was known of it is taken up.

Branches of the project may have been pushed to meanwhile, and the forge's would replace that. So the project is let in
again only where each branch stands at a commit that came from the forge, or that the forge has there by now.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.outward import egress
from apps.forges.access import client_of
from apps.forges.models import Connection, Entry, Parting, PullRequest
from apps.projects.models import Project
from apps.proposals.models import ASKING, LINED_UP, Proposal, QueueEntry
from apps.repositories.actions import HEADS
from apps.repositories.commits import branch_heads
from apps.repositories.models import Branch
from apps.repositories.storage import open_repository
from forges import PullState, fetching

SAME = ("kind", "base_url", "name", "number")
TAKEN_UP = ("key", "landing", "comments", "context", "people", "accounts", "mirrored", "passed_over")
OF_PULLS = (
    "number",
    "title",
    "state",
    "is_draft",
    "head_ref",
    "head_sha",
    "head_repository",
    "is_fork",
    "can_edit",
    "base_ref",
    "ref",
    "author",
    "author_account",
    "web_url",
    "branch_id",
    "proposal_id",
    "trouble",
    "pressed",
    "is_waiting",
    "is_let_in",
)
MOST_NAMED = 10
CHANGED = (
    "Branches of this project have changed since it was disconnected, and the forge's would replace them: {named}. "
    "Push them to {repository}, or take each back to where it was and delete those that are new. Then connect again."
)
OTHER = (
    "This project has the branches of {repository}, which would be replaced by another repository's. Connect that one "
    "again, or make a new project for this one."
)
QUEUED = (
    "Proposals of this project are in the queue and would land past the forge: {named}. Take them out of it or let "
    "them land first."
)


def remember(connection: Connection) -> None:
    """Keep what another connection to the same repository takes up. Project and connection are locked."""
    heads = branch_heads(open_repository(connection.project))
    written = dict(
        Entry.objects.filter(connection=connection, pull__isnull=False).values_list("pull__number", "written")
    )
    facts = {name: getattr(connection, name) for name in (*SAME, *TAKEN_UP)}
    facts["heads"] = {name: heads[name] for name in connection.mirrored if name in heads}
    facts["pulls"] = [
        {**row, "written": written.get(row["number"], {})}
        for row in connection.pulls.order_by("number").values(*OF_PULLS)
    ]
    Parting.objects.update_or_create(project=connection.project, defaults=facts)


def heads_there(connection: Connection) -> Mapping[str, str]:
    """Where the forge's branches are now; nothing where the project has not followed this repository before.

    Raises ForgeError.
    """
    parting = Parting.objects.filter(project=connection.project_id).first()
    if parting is None or not _is_same(parting, connection):
        return {}
    client = client_of(connection)
    listed = fetching.list_refs(connection.clone_url, client.credentials(), egress(), [HEADS])
    return {ref.removeprefix(HEADS): commit for ref, commit in listed.items()}


def find(connection: Connection, there: Mapping[str, str]) -> Parting | None:
    """What a connection that is not saved yet takes up; None where the project has followed nothing that it has left.

    `there` is from `heads_there`. The project is locked. Raises RefusedError where something would be lost.
    """
    project = connection.project
    heads = branch_heads(open_repository(project))
    parting = Parting.objects.filter(project=project).first()
    if parting is None:
        return None
    if not _is_same(parting, connection):
        if heads:
            raise RefusedError(OTHER.format(repository=parting))
        return None
    _check_branches(parting, heads, there)
    _check_queue(project)
    return parting


def take_up(connection: Connection, parting: Parting) -> None:
    """Go on with the settings, the branches and the webhook's address that there were; the connection is not saved."""
    for name in TAKEN_UP:
        setattr(connection, name, getattr(parting, name))


def take_up_pulls(connection: Connection, parting: Parting) -> None:
    """Find proposals and comments again by their pull request; the next look brings them to where those stand now."""
    known = set(Proposal.objects.filter(project=connection.project).values_list("pk", flat=True))
    branches = set(Branch.objects.filter(project=connection.project).values_list("pk", flat=True))
    replaced = _replaced(connection.project)
    rows = []
    for kept in parting.pulls:
        facts = {name: kept[name] for name in OF_PULLS if name in kept}
        is_open = facts["state"] == PullState.OPEN
        if facts["proposal_id"] not in known or (is_open and facts["proposal_id"] in replaced):
            facts["proposal_id"] = None
        if facts["branch_id"] not in branches:
            facts["branch_id"] = None
        rows.append(PullRequest(connection=connection, **facts))
    _take_up_comments(connection, PullRequest.objects.bulk_create(rows), parting.pulls)


def _take_up_comments(
    connection: Connection, rows: Iterable[PullRequest], kept: Iterable[Mapping[str, Any]]
) -> None:
    now = timezone.now()
    Entry.objects.bulk_create(
        Entry(
            connection=connection,
            pull=row,
            written=each["written"],
            wanted=1,
            sent=1,
            wanted_at=now,
            due_at=now,
            sent_at=now,
        )
        for row, each in zip(rows, kept, strict=True)
        if each["written"]
    )


def _replaced(project: Project) -> frozenset[int]:
    """Proposals that are over while their branch has another one by now: that one is the pull request's."""
    asking = Proposal.objects.filter(project=project, state__in=ASKING).values("branch")
    over = Proposal.objects.filter(project=project, branch__in=asking).exclude(state__in=ASKING)
    return frozenset(over.values_list("pk", flat=True))


def _is_same(parting: Parting, connection: Connection) -> bool:
    """Whether it is the same repository, whatever it is called now."""
    known = (parting.kind, parting.base_url.lower(), parting.number)
    return known == (connection.kind, connection.base_url.lower(), connection.number)


def _check_branches(parting: Parting, heads: Mapping[str, str], there: Mapping[str, str]) -> None:
    strays = [
        f"{name} (was at {parting.heads[name][:12]})" if name in parting.heads else f"{name} (new)"
        for name, commit in sorted(heads.items())
        if commit not in (parting.heads.get(name), there.get(name))
    ]
    if strays:
        raise RefusedError(CHANGED.format(named=_named(strays), repository=parting))


def _check_queue(project: Project) -> None:
    """A worker that is about to land one knows nothing of the forge."""
    queued = QueueEntry.objects.filter(project=project, stage__in=LINED_UP).order_by("id")
    if numbers := [f"#{number}" for number in queued.values_list("proposal__number", flat=True)]:
        raise RefusedError(QUEUED.format(named=_named(numbers)))


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
