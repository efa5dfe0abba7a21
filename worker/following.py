"""A connection's forge, looked at: deliveries say where, git and the forge say what is there, Braid follows.

One worker looks at a connection at a time, and one look serves all deliveries that had come by then.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from apps.accounts.sealing import SealBroken
from apps.forges import actions, mirror, outbox, pulls, renaming, strangers
from apps.forges.access import client_of
from apps.forges.models import Arrival, Connection, PullRequest
from apps.forges.slots import slot
from apps.forges.waking import wake
from apps.repositories.actions import HEADS, RefChange
from forges import ForgeError, Gone, Kind, Limited, Pull, PullState, Unreachable
from forges.client import Client
from forges.hints import Hint, Subject, Unreadable, read
from worker import merging_back, pressing
from worker.heartbeat import Heartbeat
from worker.process import new_claim
from worker.remotes import Git
from worker.reporting import report

logger = logging.getLogger(__name__)

AT_ONCE = 500
MOST_RUNS = 5
BUSY_S = 2.0
ROUNDS = 20
OTHER_DEFAULT = (
    "The default branch on the forge is {theirs}, the project's is {ours}: pull requests to {theirs} get no proposals. "
    "Change one of the two."
)
UNFOLLOWED = "Braid failed at pull request #{number}; the worker's log has the reason."
FAILED = "Braid failed while it looked at the forge; the worker's log has the reason."


@dataclass(frozen=True, slots=True)
class Errand:
    """What a look is for: the deliveries that wait, what they say, and whether everything is to be looked at."""

    arrivals: tuple[Arrival, ...]
    hints: tuple[Hint, ...]
    is_full: bool

    @property
    def pairs(self) -> Iterator[tuple[Arrival, Hint]]:
        return zip(self.arrivals, self.hints, strict=True)

    @property
    def branches(self) -> frozenset[str]:
        refs = (hint.ref for hint in self.hints if hint.ref.startswith(HEADS))
        return frozenset(ref.removeprefix(HEADS) for ref in refs)

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(hint.pull for hint in self.hints if hint.pull is not None)


def follow(connection_id: int) -> None:
    """Look at the forge until nothing more is wanted, or another worker does."""
    for _ in range(ROUNDS):
        connection = actions.claim(connection_id, new_claim())
        if connection is None:
            return
        with slot(connection.base_url) as is_free:
            if not is_free:
                actions.give_back(connection, BUSY_S)
                return
            with Heartbeat(f"connection {connection.pk}", _pulse(connection)):
                is_done = _look(connection)
            if not is_done:
                return
        # Before anybody judges what has come, so that people see that it is being judged.
        report(connection_id)


def _pulse(connection: Connection) -> Callable[[object], bool]:
    """Keeps the claim however long git takes, and no longer than its worker lives."""
    return lambda told: actions.keep(connection)


def _look(connection: Connection) -> bool:
    """One look; whether it came to its end."""
    waiting = connection.arrivals.filter(state=Arrival.State.WAITING).defer("body").order_by("id")
    arrivals = tuple(waiting[:AT_ONCE])
    try:
        _deal_with(connection, _errand(connection, arrivals))
    except Limited as error:
        actions.postpone(connection, str(error), error.wait_s)
    except Unreachable as error:
        actions.postpone(connection, str(error))
    except (ForgeError, SealBroken) as error:
        # Most of this takes a person to mend, and some is over in a moment; the deliveries wait for either.
        actions.postpone(connection, str(error), is_lasting=True)
    except SoftTimeLimitExceeded:
        actions.postpone(connection, "The forge took too long.")
        raise
    except Exception:
        logger.exception("connection %s", connection.pk)
        _count_run(arrivals)
        actions.postpone(connection, FAILED)
    else:
        return True
    return False


def _errand(connection: Connection, arrivals: Sequence[Arrival]) -> Errand:
    hints: list[Hint] = []
    good: list[Arrival] = []
    for arrival in arrivals:
        try:
            hints.append(read(Kind(connection.kind), arrival.headers, _body_of(arrival)))
        except Unreadable as error:
            _close([arrival], Arrival.State.FAILED, str(error))
        else:
            good.append(arrival)
    long_ago = timezone.now() - timedelta(seconds=actions.POLL_S)
    is_old = connection.looked_at is None or connection.looked_at < long_ago
    asks = any(hint.subject in (Subject.ACCESS, Subject.REPOSITORY, Subject.PING) for hint in hints)
    return Errand(tuple(good), tuple(hints), is_old or asks)


def _body_of(arrival: Arrival) -> bytes:
    """One at a time: hundreds of the longest are more than a worker's memory holds."""
    return bytes(Arrival.objects.values_list("body", flat=True).get(pk=arrival.pk))


def _deal_with(connection: Connection, errand: Errand) -> None:
    client = client_of(connection)
    trouble = _read_repository(connection, client)
    # By the name that it has now.
    client = client_of(connection)
    found = _read_pulls(connection, client, errand)
    known = _known(connection, found)
    waiting = strangers.held_back(connection, [*found, *known])
    moved = strangers.changed(connection, waiting) - {pull.number for pull in found}
    if moved:
        found = (*found, *_read_all(client, moved))
        known = _known(connection, found)
    git = Git.of(connection, client)
    seen = mirror.look(git, found, known, waiting)
    lost = [
        row.number for row in _open_rows(connection) if not row.is_fork and row.head_ref not in seen.heads
    ]
    found = (*found, *_read_all(client, set(lost) - {pull.number for pull in found}))
    brought = mirror.bring_in(connection, git, seen, errand.branches)
    failed = [
        pull
        for pull in found
        if not _follow_pull(connection, pull, seen.local_name(pull), is_waiting=pull.number in waiting)
    ]
    outbox.want_commits(
        connection, [*pulls.refresh_heads(connection), *mirror.refused_commits(connection, seen)]
    )
    merging_back.follow_handed(
        connection, client, lambda pull: _follow_pull(connection, pull, seen.local_name(pull))
    )
    gone = mirror.remove_gone(connection, seen)
    pressing.run_again(connection, errand.hints)
    pressed = pressing.press(connection, client, errand.pairs)
    _close(errand.arrivals, Arrival.State.DONE, _told([*brought.changes, *gone], found))
    for arrival in errand.arrivals:
        if arrival.pk in pressed:
            _close([arrival], Arrival.State.DONE, pressed[arrival.pk])
    troubles = (trouble, brought.trouble, *(UNFOLLOWED.format(number=pull.number) for pull in failed))
    actions.settle(connection, was_full=errand.is_full, trouble=" ".join(filter(None, troubles)))
    if connection.arrivals.filter(state=Arrival.State.WAITING).exists():
        wake(connection.pk)


def _known(connection: Connection, found: Sequence[Pull]) -> list[Pull]:
    """What was open last, beside what has just been found."""
    numbers = {pull.number for pull in found}
    return [row.as_pull() for row in _open_rows(connection) if row.number not in numbers]


def _follow_pull(connection: Connection, pull: Pull, branch: str, *, is_waiting: bool = False) -> bool:
    """Of one pull request that Braid can't follow the others must not suffer; the next full look tries again."""
    try:
        pulls.follow(connection, pull, branch, is_waiting=is_waiting)
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("pull request %s of connection %s", pull.number, connection.pk)
        return False
    return True


def _read_repository(connection: Connection, client: Client) -> str:
    """Follow it to another name; what people should know of it. The default branch is the project's own choice.

    Raises AnotherRepository: whoever made that has no say in this project.
    """
    found = renaming.follow_name(connection, client)
    default = connection.project.default_branch
    if found.default_branch == default:
        return ""
    return OTHER_DEFAULT.format(theirs=found.default_branch, ours=default)


def _read_pulls(connection: Connection, client: Client, errand: Errand) -> tuple[Pull, ...]:
    """The pull requests that a delivery named or whose branch it named; with a full look all that are open or were."""
    rows = _open_rows(connection)
    numbers = errand.numbers | {row.number for row in rows if row.head_ref in errand.branches}
    found: tuple[Pull, ...] = ()
    if errand.is_full:
        found = client.open_pulls()
        numbers |= {row.number for row in rows}
    found = (*found, *_read_all(client, numbers - {pull.number for pull in found}))
    return (*found, *_vanished(rows, found)) if errand.is_full else found


def _vanished(rows: Iterable[PullRequest], found: Sequence[Pull]) -> Iterator[Pull]:
    """What the forge has no more, as when it hides all that an account has made: that is over, or keeps its place."""
    there = {pull.number for pull in found}
    gone = (row.as_pull() for row in rows if row.number not in there)
    return (replace(pull, state=PullState.CLOSED) for pull in gone)


def _read_all(client: Client, numbers: Iterable[int]) -> Iterator[Pull]:
    """Without those that are not there (any more): a delivery may say anything."""
    for number in sorted(numbers):
        with suppress(Gone):
            yield client.pull(number)


def _open_rows(connection: Connection) -> list[PullRequest]:
    return list(connection.pulls.filter(state=PullState.OPEN.value).order_by("number"))


def _told(changes: Sequence[RefChange], found: Sequence[Pull]) -> str:
    """What a look came to, for the delivery's page."""
    moved = [f"{each.ref.removeprefix(HEADS)} {_now_at(each)}" for each in changes]
    read_ones = [f"#{pull.number} is {pull.state}" for pull in found]
    return "; ".join([*moved, *read_ones][:20]) or "Nothing had changed."


def _now_at(change: RefChange) -> str:
    return f"is at {change.after[:12]}" if change.after else "is gone"


def _close(arrivals: Sequence[Arrival], state: Arrival.State, outcome: str) -> None:
    rows = Arrival.objects.filter(pk__in=[arrival.pk for arrival in arrivals])
    rows.update(state=state, outcome=outcome, done_at=timezone.now())


def _count_run(arrivals: Sequence[Arrival]) -> None:
    """A delivery that Braid can't work on gives way to those behind it after some tries."""
    for arrival in arrivals:
        arrival.runs += 1
        arrival.save(update_fields=["runs"])
    _close([each for each in arrivals if each.runs >= MOST_RUNS], Arrival.State.FAILED, FAILED)
