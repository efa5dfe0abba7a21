"""The writes on a connection's row: claimed by one worker, postponed, settled, in trouble.

Each is one conditional UPDATE. A claim is a word that only its worker knows, and ends by itself.
"""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils import timezone

from apps.forges.models import Arrival, Connection
from apps.forges.outbox import hurry
from apps.forges.waking import FOLLOW, wake, wake_app
from apps.jobs.messages import enqueue

LEASE_S = 60
WAITS_S = (5, 15, 60, 300, 600)
# What is so for that long takes a person to mend.
LASTING_S = 3600
MOST_ATTEMPTS = 30_000
POLL_S = 600


def claim(connection_id: int, worker: str) -> Connection | None:
    """Take the connection, or None where nobody wants it looked at, another worker has it, or its time has not come."""
    now = timezone.now()
    idle = Q(leased_until=None) | Q(leased_until__lt=now)
    due = Q(not_before=None) | Q(not_before__lte=now)
    taken = Connection.objects.filter(idle, due, pk=connection_id, wanted__gt=F("seen")).update(
        claimed_by=worker, leased_until=now + timedelta(seconds=LEASE_S)
    )
    if not taken:
        return None
    return Connection.objects.select_related("project__team", "installation__app").get(pk=connection_id)


def keep(connection: Connection) -> bool:
    """Say that the claim is alive; False when it was lost."""
    mine = Connection.objects.filter(pk=connection.pk, claimed_by=connection.claimed_by)
    return bool(mine.update(leased_until=timezone.now() + timedelta(seconds=LEASE_S)))


def settle(connection: Connection, *, was_full: bool, trouble: str = "") -> bool:
    """All that was wanted when it was claimed is dealt with. False when the claim was lost."""
    facts: dict[str, Any] = {"looked_at": timezone.now()} if was_full else {}
    return _release(connection, seen=connection.wanted, trouble=trouble, attempts=0, not_before=None, **facts)


def postpone(
    connection: Connection, reason: str, wait_s: float | None = None, *, is_lasting: bool = False
) -> bool:
    """The forge does not answer, or asks for patience: what is wanted stays so.

    `is_lasting`: it does answer, and the same again may have the same answer for long.
    """
    waits = (*WAITS_S, LASTING_S) if is_lasting else WAITS_S
    wait = waits[min(connection.attempts, len(waits) - 1)] if wait_s is None else wait_s
    return _release(
        connection,
        trouble=reason,
        attempts=Least(F("attempts") + 1, MOST_ATTEMPTS),
        not_before=timezone.now() + timedelta(seconds=max(1.0, wait)),
    )


def give_back(connection: Connection, wait_s: float) -> bool:
    """Nothing was done: others keep the forge busy."""
    return _release(connection, not_before=timezone.now() + timedelta(seconds=wait_s))


def _release(connection: Connection, **values: Any) -> bool:
    mine = Connection.objects.filter(pk=connection.pk, claimed_by=connection.claimed_by)
    return bool(mine.update(**{"claimed_by": "", "leased_until": None, **values}))


def run_again(arrival: Arrival) -> None:
    """Have a delivery worked on once more, whatever became of it."""
    Arrival.objects.filter(pk=arrival.pk).update(state=Arrival.State.WAITING, outcome="", done_at=None)
    if arrival.connection_id:
        wake(arrival.connection_id)
    elif arrival.app_id:
        wake_app(arrival.app_id)


def try_again(connection: Connection) -> None:
    """A person says that the forge works again: what waits for its time waits no longer, what was refused is tried."""
    Connection.objects.filter(pk=connection.pk).update(not_before=None, attempts=0, trouble="", refused={})
    wake(connection.pk)
    hurry(connection.pk)


def poll(now: Any = None) -> int:
    """Have each connection looked at as a whole that was not for a while; how many those are."""
    now = now or timezone.now()
    long_ago = now - timedelta(seconds=POLL_S)
    quiet = Connection.objects.filter(Q(looked_at=None) | Q(looked_at__lt=long_ago), wanted=F("seen"))
    found = list(quiet.values_list("pk", flat=True))
    for pk in found:
        wake(pk)
    return len(found)


def sweep() -> int:
    """Take up what is wanted and whose message was lost or whose time has come; how many forges those are."""
    now = timezone.now()
    idle = Q(leased_until=None) | Q(leased_until__lt=now)
    due = Q(not_before=None) | Q(not_before__lte=now)
    found = list(Connection.objects.filter(idle, due, wanted__gt=F("seen")).values_list("pk", flat=True))
    for pk in found:
        enqueue(FOLLOW, pk)
    waiting = Arrival.objects.filter(connection=None, state=Arrival.State.WAITING)
    apps = sorted(set(waiting.values_list("app", flat=True)))
    for pk in apps:
        wake_app(pk)
    return len(found) + len(apps)
