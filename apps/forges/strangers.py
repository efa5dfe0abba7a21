"""How many pull requests of strangers a project has at work: whoever opens hundreds must not starve the others.

A stranger is who asks from a fork and is no member by *Who is who*: whoever may push to the repository itself was
let in by its owners. What is over the limits is not fetched, and so not judged, merged or compared with
others. It waits until one of those before it ends, its author is named, or a maintainer lets it in.
"""

from collections import Counter
from collections.abc import Sequence

from django.conf import settings

from apps.accounts.models import User
from apps.forges.models import Connection, PullRequest
from apps.forges.people import member_of
from apps.forges.waking import wake
from apps.teams import audit
from forges import Pull, PullState

# Of one author, so that one alone can't take the places of all.
MOST_EACH = 3
WAITS = (
    "It waits: it comes from a fork of somebody who is no member here, and enough of those are judged already. "
    "A maintainer may let it in."
)


def held_back(connection: Connection, pulls: Sequence[Pull]) -> frozenset[int]:
    """The numbers of those that wait. Those that are at work stay so; of the others the oldest come first."""
    rows = connection.pulls.filter(is_fork=True)
    # Also one that was closed, and is open now.
    let_in = frozenset(rows.filter(is_let_in=True).values_list("number", flat=True))
    working = rows.filter(state=PullState.OPEN.value, is_waiting=False)
    at_work = frozenset(working.values_list("number", flat=True))
    asking = [pull for pull in pulls if pull.is_fork and pull.state is PullState.OPEN]
    strange = [
        pull
        for pull in asking
        if pull.number not in let_in and not member_of(connection, pull.author, pull.author_account)
    ]
    waiting, taken = set(), Counter[str]()
    for pull in sorted(strange, key=lambda pull: (pull.number not in at_work, pull.number)):
        is_full = taken[pull.author] >= MOST_EACH or taken.total() >= settings.FORGE_STRANGERS
        if is_full and pull.number not in at_work:
            waiting.add(pull.number)
        else:
            taken[pull.author] += 1
    return frozenset(waiting)


def changed(connection: Connection, waiting: frozenset[int]) -> frozenset[int]:
    """The numbers of those that were waiting and do so no more, or the other way round."""
    rows = connection.pulls.filter(state=PullState.OPEN.value).values_list("number", "is_waiting")
    return frozenset(number for number, is_waiting in rows if is_waiting != (number in waiting))


def let_in(actor: User, pull: PullRequest) -> None:
    """Have it judged beside the others, now and after each push, for as long as it is followed."""
    PullRequest.objects.filter(pk=pull.pk).update(is_let_in=True)
    project = pull.connection.project
    audit.record(project.team, actor, "forge.let_in", project.slug, pull=str(pull))
    wake(pull.connection_id)
