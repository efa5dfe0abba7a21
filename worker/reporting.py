"""What a forge is to show, written to it: always what is true now, one thing at a time."""

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import msgspec
from celery import current_app

from apps.accounts.sealing import SealBroken
from apps.forges import outbox
from apps.forges.access import client_of
from apps.forges.models import Connection, Entry
from apps.forges.renaming import NoRepository, follow_name
from apps.forges.reporting import Check, checks_of, comment_of, ending_of, facts_of, unfinished_checks
from apps.forges.reporting.markdown import plain
from apps.forges.slots import slot
from apps.forges.waking import wake
from forges import Elsewhere, ForgeError, Gone, Kind, Limited, Outcome, Refused, Report, Status, Unreachable
from forges.client import Client
from worker import merging_back
from worker.heartbeat import ClaimLost
from worker.process import new_claim

logger = logging.getLogger(__name__)

AT_ONCE = 100
MOST_COMMENT = 60_000
FAILED = "Braid failed while it wrote to the forge; the worker's log has the reason."


def report(connection_id: int) -> None:
    """Tell what is due; ask for another run where there is more than one run's worth."""
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None:
        return
    with slot(connection.base_url) as is_free:
        if not is_free:
            return
        for number in range(AT_ONCE):
            entry = outbox.lease(connection_id, new_claim())
            if entry is None or not _tell(entry, is_first=number == 0):
                return
    current_app.send_task(outbox.TASK, args=[connection_id])


def _tell(entry: Entry, *, is_first: bool) -> bool:
    """Whether the forge takes more."""
    written: dict[str, Any] = dict(entry.written)
    try:
        if is_first:
            # Whoever got the name of a repository that has moved on must not be told about it.
            follow_name(entry.connection, client_of(entry.connection))
        client = client_of(entry.connection)
        if entry.pull is not None:
            _tell_pull(client, entry, written)
        else:
            _tell_commit(client, entry, written)
    except ClaimLost:
        return True
    except Limited as error:
        outbox.postpone(entry, written, str(error), error.wait_s)
    except Unreachable as error:
        outbox.postpone(entry, written, str(error))
    except Elsewhere as error:
        # It was renamed: a look finds where it is now.
        wake(entry.connection_id)
        outbox.postpone(entry, written, str(error))
    except (SealBroken, NoRepository) as error:
        _wait_for_people(entry, written, error)
    except Refused as error:
        return _refused(entry, written, error)
    except ForgeError as error:
        outbox.put_aside(entry, written, str(error))
        return True
    except Exception:
        # Of one thing that can't be told the others must not suffer.
        logger.exception("forge entry %s", entry.pk)
        outbox.settle(entry, written, FAILED)
        return True
    else:
        outbox.settle(entry, written)
        return True
    return False


def _refused(entry: Entry, written: dict[str, Any], error: Refused) -> bool:
    """A credential that is not good any more is mended by people, and nothing goes without it.

    What is forbidden may be so for this one thing, as in a conversation that was locked; anything else would be
    refused again.
    """
    if error.status == HTTPStatus.UNAUTHORIZED:
        _wait_for_people(entry, written, error)
        return False
    if error.status == HTTPStatus.FORBIDDEN:
        outbox.put_aside(entry, written, str(error))
    else:
        outbox.settle(entry, written, str(error))
    return True


def _wait_for_people(entry: Entry, written: dict[str, Any], error: Exception) -> None:
    outbox.postpone(entry, written, str(error), outbox.BROKEN_S)
    Connection.objects.filter(pk=entry.connection_id).update(trouble=str(error))


def _hold(entry: Entry) -> None:
    """Just before something is written: what another worker has written meanwhile is newer. Raises ClaimLost."""
    if not outbox.hold(entry):
        raise ClaimLost(f"forge entry {entry.pk} is another worker's")


def _tell_commit(client: Client, entry: Entry, written: dict[str, Any]) -> None:
    facts = facts_of(entry.connection, entry.sha)
    checks = checks_of(facts)
    for check in unfinished_checks(facts, checks, written):
        # A forge may have lost a commit that no branch has any more, and says nothing about it then.
        with suppress(Gone):
            _tell_check(client, entry, check, written)
    for check in checks:
        _tell_check(client, entry, check, written)
    if checks and checks[-1].outcome is Outcome.SUCCESS:
        merging_back.merge_if_due(entry)


def _tell_check(client: Client, entry: Entry, check: Check, written: dict[str, Any]) -> None:
    """Unless the forge shows it already."""
    known, digest = written.get(check.context, {}), _digest(check)
    if known.get("digest") != digest:
        _hold(entry)
        number = _write_check(client, entry, check, str(known.get("id", "")))
        written[check.context] = {"id": number, "digest": digest, "outcome": check.outcome.value}


def _write_check(client: Client, entry: Entry, check: Check, known: str) -> str:
    """A report where our credential may write one, else a status; Bitbucket has both."""
    connection = entry.connection
    if connection.writes_checks:
        return client.put_report(_report(entry, check), known)
    client.set_status(Status(entry.sha, check.context, check.outcome, check.line, check.url))
    if check.context == connection.context and connection.kind == Kind.BITBUCKET:
        return client.put_report(_report(entry, check), known)
    return ""


def _report(entry: Entry, check: Check) -> Report:
    return Report(
        sha=entry.sha,
        name=check.context,
        outcome=check.outcome,
        title=check.line,
        summary=check.text or plain(check.line),
        url=check.url,
        key=f"{entry.connection.key}:{check.context}",
        annotations=check.annotations,
        buttons=check.buttons,
    )


def _tell_pull(client: Client, entry: Entry, written: dict[str, Any]) -> None:
    assert entry.pull is not None
    entry.pull.connection = entry.connection
    ending, known = ending_of(entry.pull), written.get("comment", {})
    if ending and (not known.get("id") or known.get("ending") == ending):
        # What is over is told once, where anything was.
        return
    body = comment_of(entry.pull)[:MOST_COMMENT]
    digest = _digest(body)
    if body and known.get("digest") != digest:
        _hold(entry)
        known_id, key = str(known.get("id", "")), str(entry.connection.key)
        number = client.put_comment(entry.pull.number, body, known_id, key)
        written["comment"] = {"id": number, "digest": digest, "ending": ending}


def _digest(shown: object) -> str:
    encode: Callable[[object], bytes] = msgspec.json.encode
    return hashlib.sha256(encode(shown)).hexdigest()[:32]
