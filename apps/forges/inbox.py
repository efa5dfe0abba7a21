"""Deliveries of forges: checked on their raw bytes, kept once, answered after one commit.

Nothing is done about a delivery here. It says where to look, and a worker looks.
"""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.sealing import unseal
from apps.forges.models import App, Arrival, Connection
from apps.forges.waking import WAITING, WAKE, send_first, wake_app
from forges import Kind
from forges.hints import Hint, Unreadable, delivery_id, read
from forges.signatures import verify

REJECTIONS_S = 60
MAX_BODY = 25 * 1024 * 1024
# What is needed to read a delivery again; no header that could hold a secret.
KEPT_HEADERS = (
    "content-type",
    "x-github-event",
    "x-github-delivery",
    "x-gitlab-event",
    "x-gitea-event",
    "x-gitea-event-type",
    "x-gitea-delivery",
    "x-forgejo-event",
    "x-forgejo-delivery",
    "x-event-key",
    "x-request-uuid",
    "idempotency-key",
    "webhook-id",
    "webhook-timestamp",
)


class NotAddressed(Exception):
    """There is no such address."""


class BadSignature(Exception):
    """Whoever sent it does not know the secret."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many rows a delivery became; `is_repeat` where it had come before."""

    arrivals: int
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Address:
    """Whose webhook address it is: a connection's or an App's."""

    connection: Connection | None
    app: App | None

    @property
    def secrets(self) -> tuple[str, ...]:
        owner = self.connection or self.app
        assert owner is not None
        return tuple(unseal(each) for each in (owner.secret, owner.former_secret) if each)


def receive(kind: Kind, key: UUID, headers: Mapping[str, str], body: bytes) -> Receipt:
    """Keep a delivery. Raises NotAddressed, BadSignature, `forges.hints.Unreadable` and SealBroken."""
    address = _find(kind, key)
    if not verify(kind, headers, body, address.secrets, timezone.now().timestamp()):
        _note_rejection(address)
        raise BadSignature
    hint = read(kind, headers, body)
    values: dict[str, Any] = {
        "identity": delivery_id(kind, headers, body)[:200],
        "event": hint.event[:80],
        "action": hint.action[:80],
        "actor": hint.actor[:200],
        "subject": hint.subject,
        "headers": {name: headers[name][:400] for name in KEPT_HEADERS if name in headers},
        "body": _without_secret(kind, body),
    }
    receivers: list[Connection | None] = [*_receivers(address, hint)]
    return _keep([Arrival(connection=each, app=address.app, **values) for each in receivers or [None]])


def _note_rejection(address: Address) -> None:
    """For whoever wonders why nothing comes; one row in a while, however many strangers try."""
    if address.connection is not None:
        now = timezone.now()
        recent = Q(rejected_at__gt=now - timedelta(seconds=REJECTIONS_S))
        Connection.objects.filter(~recent, pk=address.connection.pk).update(rejected_at=now)


def _find(kind: Kind, key: UUID) -> Address:
    secrets = ("secret", "former_secret")
    connection = Connection.objects.only(*secrets).filter(kind=kind, key=key).exclude(secret="").first()
    app = (
        App.objects.only(*secrets).filter(key=key).first()
        if kind is Kind.GITHUB and connection is None
        else None
    )
    if connection is None and app is None:
        raise NotAddressed
    return Address(connection, app)


def _receivers(address: Address, hint: Hint) -> list[Connection]:
    """The connections that a delivery is for: an App's go by the repository's id, and to several projects of one."""
    if address.connection is not None:
        return [address.connection]
    if not hint.repository_id:
        return []
    found = Connection.objects.only("pk").filter(installation__app=address.app, number=hint.repository_id)
    return list(found.order_by("pk"))


def _keep(arrivals: list[Arrival]) -> Receipt:
    with transaction.atomic() if len(arrivals) > 1 else nullcontext():
        new = sum(_insert(each) for each in arrivals)
    return Receipt(new, new == 0)


# One statement and so one commit, and two that come at once are told apart as well: only an inserted row has no xmax.
# Whoever takes the connection's row keeps it until the commit, so nothing is asked in between.
_INSERT = f"""
with kept as (
    insert into forges_arrival (
        connection_id, app_id, identity, event, action, actor, subject, headers, body,
        state, outcome, runs, repeats, received_at
    ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', '', 0, 0, now())
    on conflict (connection_id, app_id, identity) do update set repeats = forges_arrival.repeats + 1
    returning connection_id, xmax = 0 as is_new
),
woken as (
    {WAKE} in (select connection_id from kept where is_new) {WAITING}
)
select is_new, (select waiting from woken) from kept
"""  # noqa: S608 - made of constants


def _insert(arrival: Arrival) -> bool:
    """Whether it had not come before; then somebody looks at what it is about."""
    values: list[Any] = [
        arrival.connection_id,
        arrival.app_id,
        arrival.identity,
        arrival.event,
        arrival.action,
        arrival.actor,
        arrival.subject,
        json.dumps(arrival.headers),
        arrival.body,
    ]
    with database.cursor() as cursor:
        cursor.execute(_INSERT, values)
        is_new, waiting = cursor.fetchone()
    if is_new and arrival.connection_id is not None:
        send_first(arrival.connection_id, waiting)
    elif is_new and arrival.app_id is not None:
        wake_app(arrival.app_id)
    return bool(is_new)


def _without_secret(kind: Kind, body: bytes) -> bytes:
    """Old versions of Gitea repeat the webhook's secret in the body."""
    if kind is not Kind.GITEA or b'"secret"' not in body:
        return body
    try:
        told = json.loads(body, parse_int=str, parse_float=str)
    except ValueError as error:
        raise Unreadable("The body is no JSON that can be read.") from error
    return json.dumps({name: value for name, value in told.items() if name != "secret"}).encode()
