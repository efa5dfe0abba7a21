"""A button of a check run that somebody pressed on the forge: run again, or one side of a conflict.

The delivery names a check run; what that is about is read from the forge, and what there is to choose from
Braid. Who pressed is known by the signed delivery alone, and must be a member who may resolve.
"""

from collections.abc import Iterable

from apps.accounts.errors import RefusedError
from apps.checks.actions import request_verdict
from apps.forges import buttons, outbox
from apps.forges.buttons import Press
from apps.forges.models import Arrival, Connection, PullRequest
from apps.forges.people import is_another, meet
from apps.proposals.actions.resolving import choose
from apps.proposals.models import ASKING, Proposal
from apps.proposals.resolutions import conflicts_of, named
from apps.repositories.models import Branch
from apps.teams.models import Role
from forges import Gone, PullState
from forges.client import Client
from forges.github import GitHub
from forges.hints import Hint, Subject

NOTE = "By a button on the forge."
NOT_OURS = "The button belongs to no check of Braid's."
NO_PULL = "No open pull request stands on that commit any more."
CHANGED = "The conflict is another one now. Look at the buttons again, or resolve it in Braid."
NOBODY = "{login} is no member that Braid knows. A maintainer names logins under Landing and people."
ANOTHER = (
    "{login} is another account than it was when a maintainer said which member that is. "
    "Under Landing and people it can be said anew."
)
TOO_LOW = "{login} may look and not resolve; that takes the role of a developer."


def run_again(connection: Connection, hints: Iterable[Hint]) -> None:
    """Checks that somebody asks for once more, for branches that stand on that commit."""
    wanted = {hint.sha for hint in hints if hint.sha and _asks_again(hint)}
    for branch in Branch.objects.filter(project=connection.project, head__in=wanted, deleted_at=None):
        request_verdict(branch, branch.head, again=True)


def _asks_again(hint: Hint) -> bool:
    is_button = hint.subject is Subject.BUTTON and hint.button == buttons.RERUN.id
    return hint.subject is Subject.RERUN or is_button


def press(connection: Connection, client: Client, pairs: Iterable[tuple[Arrival, Hint]]) -> dict[int, str]:
    """Do what was pressed; what became of it by the delivery's id. Raises ForgeError where it can't be looked up."""
    told: dict[int, str] = {}
    for arrival, hint in pairs:
        pressed = buttons.read_press(hint.button) if hint.subject is Subject.BUTTON else None
        if pressed is not None:
            told[arrival.pk] = _press(connection, client, hint, pressed)
    return told


def _press(connection: Connection, client: Client, hint: Hint, pressed: Press) -> str:
    pull = _pull_of(connection, client, hint)
    if isinstance(pull, str):
        return pull
    assert pull.proposal is not None
    try:
        return _resolve(connection, pull.proposal, hint, pressed)
    except RefusedError as refused:
        # Whoever pressed sees nothing but the pull request.
        told = {"head": pull.head_sha, "told": str(refused)}
        PullRequest.objects.filter(pk=pull.pk).update(pressed=told)
        outbox.want_commits(connection, [pull.head_sha])
        if connection.comments:
            outbox.want_comment(pull)
        return str(refused)


def _pull_of(connection: Connection, client: Client, hint: Hint) -> PullRequest | str:
    """The pull request that the check run is about, as the forge says; else why there is none."""
    if not isinstance(client, GitHub) or not hint.report.isdecimal():
        return NOT_OURS
    try:
        run = client.check_run(hint.report)
    except Gone:
        return NOT_OURS
    if not run.is_ours or not run.key.startswith(f"{connection.key}:"):
        return NOT_OURS
    found = connection.pulls.filter(head_sha=run.sha, state=PullState.OPEN.value)
    found = found.filter(proposal__state__in=ASKING)
    return found.select_related("proposal__project__team", "connection").order_by("number").first() or NO_PULL


def _resolve(connection: Connection, proposal: Proposal, hint: Hint, pressed: Press) -> str:
    login, account = hint.actor, hint.account
    member = meet(connection, login, account)
    if is_another(connection, login, account):
        raise RefusedError(ANOTHER.format(login=login))
    if member is None:
        raise RefusedError(NOBODY.format(login=login or "Whoever pressed"))
    if member.role < Role.DEVELOPER:
        raise RefusedError(TOO_LOW.format(login=login))
    standing = conflicts_of(proposal)
    is_current = standing.meeting is not None and standing.meeting.is_current
    one = buttons.one_press(standing.conflicts) if is_current else None
    if one is None or buttons.digest_of(one) != pressed.digest:
        raise RefusedError(CHANGED)
    choose(member.user, proposal, one.id, {"choose": pressed.side}, seen=one.version, note=NOTE)
    PullRequest.objects.filter(proposal=proposal).update(pressed={})
    return f"{member.user} took {pressed.side} of {named(one.about)}."
