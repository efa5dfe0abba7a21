"""What a forge is still to be told: wanted in the transaction of what happened, told by a worker, however late.

What happens leaves wishes, which a worker brings into the entries before it tells them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from apps.forges.models import BULKY, Connection, Entry, PullRequest, Wish
from apps.jobs.messages import enqueue

TASK = "worker.report_to_forge"
# The first half of the advisory lock under which many entries of a connection are changed.
LOCK = 0x6F7574
LEASE_S = 300
WAITS_S = (2, 5, 15, 60, 300, 600)
BROKEN_S = 600
ASIDE_S = 3600
MOST_ATTEMPTS = 30_000
# Much happens at once to a pull request; people need not see each step of it.
COMMENT_DELAY_S = 2.0


def want_commits(connection: Connection, commits: Iterable[str]) -> None:
    """The commits' checks should show how things stand now; one statement, however many there are."""
    wanted = sorted(set(commits))
    if wanted:
        _run(_WANT_COMMITS, [connection.pk, wanted])
        enqueue(TASK, connection.pk)


def want_comment(pull: PullRequest) -> None:
    """The pull request's comment should show how things stand now."""
    _run(_WANT_COMMENT, [pull.connection_id, pull.pk, COMMENT_DELAY_S])
    enqueue(TASK, pull.connection_id)


# Rows of their own: whoever does something never waits for somebody else who does something.
_WANT_COMMITS = """
insert into forges_wish (connection_id, sha, pull_id, wanted_at, due_at)
select %s, sha, null, now(), now() from unnest(%s::text[]) as sha
"""
_WANT_COMMENT = """
insert into forges_wish (connection_id, sha, pull_id, wanted_at, due_at)
values (%s, '', %s, now(), now() + %s * interval '1 s')
"""


@transaction.atomic
def take_up(connection_id: int) -> None:
    """Bring what was wanted into the entries, one who does so at a time.

    What waits for its time, because the forge failed or a comment gathers what happens, goes on waiting for it.
    """
    if Wish.objects.filter(connection=connection_id).exists():
        _alone(connection_id)
        _run(_TAKE_UP, [connection_id] * 3)


def _alone(connection_id: int) -> None:
    """Until the end of the transaction nobody else changes many entries of the connection at once."""
    _run("select pg_advisory_xact_lock(%s, %s)", [LOCK, connection_id])


_ENTRIES = """
insert into forges_entry
    (connection_id, sha, pull_id, wanted, sent, written, wanted_at, due_at, claimed_by, attempts, error)
select %s, {sha}, {pull}, count(*), 0, '{{}}', max(wanted_at), min(due_at), '', 0, ''
from gone where {where} group by {by} order by {by}
on conflict {target} do update set
    wanted = forges_entry.wanted + excluded.wanted,
    wanted_at = excluded.wanted_at,
    due_at = case when forges_entry.wanted > forges_entry.sent then forges_entry.due_at else excluded.due_at end
"""
_COMMITS = _ENTRIES.format(
    sha="sha", pull="null::bigint", where="sha <> ''", by="sha", target="(connection_id, sha) where sha <> ''"
)
_COMMENTS = _ENTRIES.format(
    sha="''", pull="pull_id", where="pull_id is not null", by="pull_id", target="(pull_id)"
)
_TAKE_UP = f"""
with gone as (delete from forges_wish where connection_id = %s returning sha, pull_id, wanted_at, due_at),
commits as ({_COMMITS})
{_COMMENTS}
"""  # noqa: S608 - made of the constants above


def _run(query: str, values: list[Any]) -> None:
    with database.cursor() as cursor:
        cursor.execute(query, values)


@transaction.atomic
def lease(connection_id: int, worker: str) -> Entry | None:
    """What waits longest among what is due, for this worker for a while; None where nothing is.

    What has failed comes after what has not: it may be about that alone.
    """
    take_up(connection_id)
    now = timezone.now()
    due = _due().filter(connection=connection_id, due_at__lte=now).order_by("attempts", "wanted_at", "id")
    entry = due.select_for_update(skip_locked=True, of=("self",)).first()
    if entry is None:
        return None
    entry.claimed_by, entry.due_at = worker, now + timedelta(seconds=LEASE_S)
    entry.save(update_fields=["claimed_by", "due_at"])
    related = ("connection__project__team", "connection__installation__app", "pull")
    bulky = [f"connection__{name}" for name in BULKY]
    return Entry.objects.select_related(*related).defer(*bulky).get(pk=entry.pk)


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


@transaction.atomic
def postpone(entry: Entry, written: Mapping[str, Any], error: str, wait_s: float | None = None) -> None:
    """The forge does not take it now, and so takes none of the others of its connection: they wait with it."""
    _alone(entry.connection_id)
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


@transaction.atomic
def hurry(connection_id: int) -> None:
    """Have all that waits for its time told now, but for what a worker is telling."""
    _alone(connection_id)
    _due().filter(connection=connection_id, claimed_by="").update(due_at=timezone.now(), attempts=0)
    enqueue(TASK, connection_id)


@transaction.atomic
def send_again(entry: Entry) -> None:
    """Tell it once more as it stands now, also what the forge has been told in the same words before."""
    known = Entry.objects.select_for_update().get(pk=entry.pk)
    # The ids of what is there stay, so that it is renewed and not written twice.
    kept = ("id", "outcome")
    written = {name: {key: shown.get(key, "") for key in kept} for name, shown in known.written.items()}
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
    found = sorted({*due, *Wish.objects.values_list("connection", flat=True).distinct()})
    for pk in found:
        enqueue(TASK, pk)
    return len(found)
