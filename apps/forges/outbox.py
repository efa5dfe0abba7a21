"""What a forge is still to be told: wanted in the transaction of what happened, told by a worker, however late."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from apps.checks.actions import enqueue
from apps.forges.models import Connection, Entry, PullRequest

TASK = "worker.report_to_forge"
LEASE_S = 300
WAITS_S = (2, 5, 15, 60, 300, 600)
BROKEN_S = 600
ASIDE_S = 3600
MOST_ATTEMPTS = 30_000
# Much happens at once to a pull request; people need not see each step of it.
COMMENT_DELAY_S = 2.0


def want_commits(connection: Connection, commits: Iterable[str]) -> None:
    """The commits' checks should show how things stand now; one statement, however many there are."""
    # In order, so that two transactions never wait for each other.
    wanted = sorted(set(commits))
    if wanted:
        _want(_WANT_COMMITS, [connection.pk, wanted])
        enqueue(TASK, connection.pk)


def want_comment(pull: PullRequest) -> None:
    """The pull request's comment should show how things stand now."""
    _want(_WANT_COMMENT, [pull.connection_id, COMMENT_DELAY_S, pull.pk])
    enqueue(TASK, pull.connection_id)


# What waits for its time, because the forge failed or a comment gathers what happens, goes on waiting for it.
_WANT = """
insert into forges_entry
    (connection_id, sha, pull_id, wanted, sent, written, wanted_at, due_at, claimed_by, attempts, error)
select %s, {sha}, {pull}, 1, 0, '{{}}', now(), now() + {delay} * interval '1 s', '', 0, ''
from {source}
on conflict {target} do update set
    wanted = forges_entry.wanted + 1,
    wanted_at = now(),
    due_at = case when forges_entry.wanted > forges_entry.sent then forges_entry.due_at else excluded.due_at end
"""
_WANT_COMMITS = _WANT.format(
    sha="sha",
    pull="null::bigint",
    delay="0",
    source="unnest(%s::text[]) as sha",
    target="(connection_id, sha) where sha <> ''",
)
_WANT_COMMENT = _WANT.format(
    sha="''", pull="pull", delay="%s", source="(values (%s::bigint)) as wanted (pull)", target="(pull_id)"
)


def _want(query: str, values: list[Any]) -> None:
    with database.cursor() as cursor:
        cursor.execute(query, values)


@transaction.atomic
def lease(connection_id: int, worker: str) -> Entry | None:
    """What waits longest among what is due, for this worker for a while; None where nothing is.

    What has failed comes after what has not: it may be about that alone.
    """
    now = timezone.now()
    due = _due().filter(connection=connection_id, due_at__lte=now).order_by("attempts", "wanted_at", "id")
    entry = due.select_for_update(skip_locked=True, of=("self",)).first()
    if entry is None:
        return None
    entry.claimed_by, entry.due_at = worker, now + timedelta(seconds=LEASE_S)
    entry.save(update_fields=["claimed_by", "due_at"])
    related = ("connection__project__team", "connection__installation__app", "pull")
    return Entry.objects.select_related(*related).get(pk=entry.pk)


def hold(entry: Entry) -> bool:
    """Keep a leased entry for a while longer; False where another worker has it by now, whose word is newer."""
    return bool(_mine(entry).update(due_at=timezone.now() + timedelta(seconds=LEASE_S)))


def settle(entry: Entry, written: Mapping[str, Any], error: str = "") -> bool:
    """The forge shows what was true when the entry was leased; what has happened since is due at once."""
    now = timezone.now()
    return bool(
        _mine(entry).update(
            sent=entry.wanted,
            written=dict(written),
            attempts=0,
            error=error,
            sent_at=now,
            due_at=now,
            claimed_by="",
        )
    )


def postpone(entry: Entry, written: Mapping[str, Any], error: str, wait_s: float | None = None) -> None:
    """The forge does not take it now, and so takes none of the others of its connection: they wait with it."""
    due = _due().filter(connection=entry.connection_id)
    before = due.aggregate(most=Max("attempts"))["most"] or 0
    wait = WAITS_S[min(before, len(WAITS_S) - 1)] if wait_s is None else max(1.0, wait_s)
    until = timezone.now() + timedelta(seconds=wait)
    _put_off(entry, written, error, until, before + 1)
    due.filter(claimed_by="", due_at__lt=until).update(due_at=until)


def put_aside(entry: Entry, written: Mapping[str, Any], error: str) -> None:
    """The forge does not take this one; what is about others it may take. Tried again in ASIDE_S, or when asked for."""
    _put_off(entry, written, error, timezone.now() + timedelta(seconds=ASIDE_S), entry.attempts + 1)


def _put_off(entry: Entry, written: Mapping[str, Any], error: str, until: datetime, attempts: int) -> None:
    values = {"written": dict(written), "error": error, "due_at": until, "claimed_by": ""}
    _mine(entry).update(attempts=min(attempts, MOST_ATTEMPTS), **values)


def hurry(connection_id: int) -> None:
    """Have all that waits for its time told now, but for what a worker is telling."""
    _due().filter(connection=connection_id, claimed_by="").update(due_at=timezone.now(), attempts=0)
    enqueue(TASK, connection_id)


@transaction.atomic
def send_again(entry: Entry) -> None:
    """Tell it once more as it stands now, also what the forge has been told in the same words before."""
    known = Entry.objects.select_for_update().get(pk=entry.pk)
    # The ids of what is there stay, so that it is renewed and not written twice.
    written = {name: {"id": shown.get("id", "")} for name, shown in known.written.items()}
    values = {"written": written, "wanted": F("wanted") + 1, "wanted_at": timezone.now(), "attempts": 0}
    if not known.claimed_by:
        values["due_at"] = timezone.now()
    Entry.objects.filter(pk=entry.pk).update(**values)
    enqueue(TASK, entry.connection_id)


def _mine(entry: Entry) -> QuerySet[Entry]:
    return Entry.objects.filter(pk=entry.pk, claimed_by=entry.claimed_by)


def _due() -> QuerySet[Entry]:
    return Entry.objects.filter(wanted__gt=F("sent"))


def sweep() -> int:
    """Have what is due told where no message is on its way; how many connections that concerns."""
    due = _due().filter(due_at__lte=timezone.now()).values_list("connection", flat=True).distinct()
    found = sorted(due)
    for pk in found:
        enqueue(TASK, pk)
    return len(found)
