"""Where a proposal lands whose project follows a forge: there first, and never by force.

The ways are the project's choice (`apps.forges.models.Landing`). What is pushed has been proved in the
sandbox; where the forge has moved meanwhile nothing is pushed, and the proposal is tested again.
"""

import logging
from collections.abc import Callable
from contextlib import suppress

import pygit2

from apps.accounts.outward import egress
from apps.accounts.sealing import SealBroken
from apps.forges import pulls
from apps.forges.access import connection_of
from apps.forges.models import Connection, Entry, Landing, PullRequest
from apps.forges.renaming import under_its_name
from apps.forges.waking import wake
from apps.proposals import landing
from apps.proposals.actions import handing
from apps.proposals.models import QueueEntry
from apps.proposals.readiness import readiness_of
from apps.proposals.situation import read_situation
from apps.repositories.actions import HEADS
from apps.repositories.landing import Author, commit_tree
from apps.repositories.storage import open_repository, repository_path
from forges import ForgeError, Gone, Merging, Moved, NotYet, Pull, PullState, Refused, Unreachable, fetching
from forges.client import Client

logger = logging.getLogger(__name__)

# The project is locked meanwhile, so that nobody takes an approval back: no forge that hangs holds it for long.
PUSH = fetching.Limits(total_s=90.0, silence_s=45)
NO_PULL = (
    "It has no open pull request on {name}, and this project lands through pull requests. Open one there, or let the "
    "project's settings land by pushing to the default branch."
)
OF_A_FORK = (
    "Its branch is in a fork that Braid may not push to, and it needs changes before it can be merged. Let the "
    "project's settings land by pushing to the default branch, or ask its author for a branch of this repository."
)
NO_DEFAULT = "{name} has no branch {branch} any more. Make the project's default branch the one that the forge has now."
NOT_AS_PROVED = "Pull request #{number} is {now} on the forge by now."
HANDED = "The merge stands on {branch} as {commit}; merge pull request #{number} on the forge."
WAITS = "The forge does not merge it yet; Braid asks again every ten minutes."
WAITING = (
    "The merge stands on {branch} as {commit}; Braid merges pull request #{number} when its checks are good."
)


class Rechosen(Exception):
    """The project follows no forge any more, or lands in another way: what was about to be done there is not."""


def land(entry: QueueEntry) -> bool:
    """Land the proved entry; False where the queue has to wait for the forge."""
    connection = connection_of(entry.project)
    if connection is None:
        landing.land(entry)
        return True
    if entry.deletes_branch:
        # It is the forge's branch, and would come back with the next look.
        QueueEntry.objects.filter(pk=entry.pk).update(deletes_branch=False)
    try:
        under_its_name(connection, lambda client: _land_on(connection, client, entry))
    except Rechosen:
        # It is still proved, and next in the line; nothing was delivered.
        handing.forget_delivery(entry)
    except Moved:
        # The next look brings what moved it, and with that the queue's next test.
        wake(connection.pk)
        return False
    except Unreachable as error:
        QueueEntry.objects.filter(pk=entry.pk).update(reason=f"waiting for the forge: {error}")
        return False
    except (ForgeError, SealBroken) as error:
        landing.turn_away(entry, f"The forge did not take it. {error}")
    return True


def _land_on(connection: Connection, client: Client, entry: QueueEntry) -> None:
    _check_pull(connection, client, entry)
    if connection.landing == Landing.TARGET:
        landing.land(entry, lambda checked: _push_target(connection, client, checked))
        return
    commit = _with_target(entry) if _differs(entry) else entry.head
    if handing.note_delivery(entry, commit):
        handing.hand_over(entry, lambda checked: _push_branch(connection, client, checked))


def _check_pull(connection: Connection, client: Client, entry: QueueEntry) -> None:
    """Whether the pull request still asks for what was proved: its delivery may be late. Raises Refused."""
    row = connection.pulls.filter(proposal=entry.proposal).first()
    if row is None:
        return
    found = client.pull(row.number)
    if found.state is not PullState.OPEN:
        now = found.state.value
    elif found.is_draft:
        now = "a draft"
    elif found.base_ref != entry.project.default_branch:
        now = f"for {found.base_ref}"
    elif found.head_sha and found.head_sha not in (entry.head, entry.delivered):
        now = f"at {found.head_sha[:12]}"
    else:
        return
    wake(connection.pk)
    raise Refused(NOT_AS_PROVED.format(number=found.number, now=now), 0)


def _push_target(connection: Connection, client: Client, entry: QueueEntry) -> bool:
    """The forge's default branch first, Braid's second: a death between the two is mended by the next look."""
    _must_land_so(connection)
    ref = HEADS + entry.project.default_branch
    try:
        _push(connection, client, entry.candidate, ref, entry.tested_on)
    except Moved:
        if ref in fetching.list_refs(connection.clone_url, client.credentials(), egress(), [ref]):
            raise
        text = NO_DEFAULT.format(name=connection.name, branch=entry.project.default_branch)
        raise Refused(text, 0) from None
    return landing.move_default_branch(entry)


def _push_branch(connection: Connection, client: Client, entry: QueueEntry) -> str:
    """What was proved, on the pull request's branch; what becomes of it then, in words."""
    _must_land_so(connection)
    pull = _pull_of(connection, entry)
    branch = pull.head_ref
    if entry.delivered != entry.head:
        if pull.is_fork:
            raise Refused(OF_A_FORK, 0)
        branch = _push_head(connection, client, pull, entry)
    wake(connection.pk)
    words = {"branch": branch, "commit": entry.delivered[:12], "number": pull.number}
    return (WAITING if pulls.merges(connection) else HANDED).format(**words)


def _must_land_so(connection: Connection) -> None:
    """Whoever changes how a project lands locks it first, as is the case here. Raises Rechosen."""
    if not Connection.objects.filter(pk=connection.pk, landing=connection.landing).exists():
        raise Rechosen


def _push_head(connection: Connection, client: Client, pull: PullRequest, entry: QueueEntry) -> str:
    """Push to the pull request's branch, once more where that has another name now; the name."""
    try:
        _push(connection, client, entry.delivered, HEADS + pull.head_ref, entry.head)
    except Moved:
        now = client.pull(pull.number)
        stands = now.state is PullState.OPEN and not now.is_fork and now.head_sha == entry.head
        if not stands or now.head_ref == pull.head_ref:
            raise
        _push(connection, client, entry.delivered, HEADS + now.head_ref, entry.head)
        return now.head_ref
    return pull.head_ref


def _pull_of(connection: Connection, entry: QueueEntry) -> PullRequest:
    found = connection.pulls.filter(proposal=entry.proposal, state=PullState.OPEN.value).first()
    if found is None:
        raise Refused(NO_PULL.format(name=connection.name), 0)
    return found


def _differs(entry: QueueEntry) -> bool:
    """Whether the forge's own merge of the head would give other files than what was proved."""
    repository = open_repository(entry.project)
    head, candidate = (
        repository[entry.head].peel(pygit2.Commit),
        repository[entry.candidate].peel(pygit2.Commit),
    )
    holds_target = repository.descendant_of(entry.head, entry.tested_on)
    return not (holds_target and head.tree_id == candidate.tree_id)


def _with_target(entry: QueueEntry) -> str:
    """A commit on the branch's head that takes in the default branch, with the files that were proved."""
    repository = open_repository(entry.project)
    candidate = repository[entry.candidate].peel(pygit2.Commit)
    letter = candidate.message.partition("\n")[2].strip()
    message = f"Merge {entry.project.default_branch} for {pulls.mark_of(entry.proposal)}\n\n{letter}\n"
    by = Author(entry.by.name, entry.by.email) if entry.by else None
    tree, parents = str(candidate.tree_id), (entry.head, entry.tested_on)
    return commit_tree(repository, tree, parents, message, by, entry.created_at)


def _push(connection: Connection, client: Client, commit: str, ref: str, expected: str) -> None:
    folder = repository_path(connection.project)
    update = fetching.Update(commit, ref, expected)
    fetching.push(folder, connection.clone_url, client.credentials(), egress(), [update], limits=PUSH)


def merge_if_due(told: Entry) -> None:
    """Merge through the forge what was handed to it and may still land, once its checks there are good."""
    connection = told.connection
    if not pulls.merges(connection):
        return
    for entry in pulls.handed_to(connection).filter(delivered=told.sha):
        pull = connection.pulls.filter(proposal=entry.proposal, state=PullState.OPEN.value).first()
        if pull is not None and _is_ready(entry):
            _merge(connection, pull, entry)


def _is_ready(entry: QueueEntry) -> bool:
    """Whether it is what was handed over, proved on what is there now, and approved."""
    if entry.proposal.head != entry.delivered or not handing.is_on_newest(entry):
        return False
    return readiness_of(read_situation(entry.proposal)).ready


def _merge(connection: Connection, pull: PullRequest, entry: QueueEntry) -> None:
    def merge_on(client: Client) -> None:
        handing.merge(entry, lambda locked: _merge_on(connection, client, pull, locked))

    try:
        under_its_name(connection, merge_on)
    except Rechosen:
        return
    except NotYet as error:
        # Each look at the forge tries again.
        handing.wait(entry, f"{WAITS} {error}")
        return
    except (Moved, Refused) as error:
        logger.warning("pull request %s of %s: %s", pull.number, connection, error)
        handing.fail(entry, f"The forge did not merge it. {error}")
    wake(connection.pk)


def _merge_on(connection: Connection, client: Client, pull: PullRequest, entry: QueueEntry) -> bool:
    """Merge what is handed over, locked, and still may land; False where it does not now."""
    _must_land_so(connection)
    if not _is_ready(entry) or not _is_newest_there(connection, client, entry):
        return False
    title = f"Merge #{pull.number}: {' '.join(pull.title.split())}"
    client.merge(pull.number, entry.delivered, title, "", Merging.MERGE)
    return True


def _is_newest_there(connection: Connection, client: Client, entry: QueueEntry) -> bool:
    """Whether the forge's own default branch is where it was proved: a delivery may be late."""
    ref = HEADS + entry.project.default_branch
    heads = fetching.list_refs(connection.clone_url, client.credentials(), egress(), [ref])
    return heads.get(ref) == entry.tested_on


def follow_handed(connection: Connection, client: Client, follow: Callable[[Pull], object]) -> None:
    """What was handed over before the default branch moved: merged by now (`follow` it), or proved on too little.

    What Braid is to merge is tested again; what people are to merge is their choice, and they are told.
    """
    behind = handing.test_again if pulls.merges(connection) else handing.warn
    for entry in pulls.handed_to(connection):
        if handing.is_on_newest(entry) or handing.is_warned(entry):
            continue
        pull = _read_pull(connection, client, entry)
        if pull is not None and pull.state is not PullState.OPEN:
            follow(pull)
        else:
            behind(entry)


def _read_pull(connection: Connection, client: Client, entry: QueueEntry) -> Pull | None:
    """As it is after the default branch was seen: what was merged into that is told as merged."""
    row = connection.pulls.filter(proposal=entry.proposal).first()
    with suppress(Gone):
        return client.pull(row.number) if row else None
    return None
