"""Telling people and webhooks: rows written with what they tell, sent by a worker after the commit."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.accounts.outward import egress
from apps.accounts.sealing import seal
from apps.notices.kinds import KINDS, PING
from apps.notices.models import Delivery, Preference, Webhook
from apps.projects.models import Project
from apps.teams import audit
from apps.teams.models import Membership
from egress import EgressError

TASK = "worker.deliver"
MOST_WEBHOOKS = 20


@dataclass(frozen=True, slots=True)
class Notice:
    """One event: `subject` is one line for people, `text` what stands under it, `path` the page that shows it.

    `data` is what a webhook gets besides; its values are JSON.
    """

    kind: str
    project: Project
    subject: str
    path: str
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def tell(notice: Notice, people: Iterable[User | None] = (), *, actor: User | None = None) -> int:
    """Write what is to be sent: a mail to each member who wants such mail, but never to who did it, and the
    project's webhooks. Returns how many messages that makes."""
    payload = _payload(notice, actor)
    now = timezone.now()
    rows = [
        Delivery(project=notice.project, recipient=user, kind=notice.kind, payload=payload, next_at=now)
        for user in _recipients(notice, people, actor)
    ]
    rows += [
        Delivery(project=notice.project, webhook=webhook, kind=notice.kind, payload=payload, next_at=now)
        for webhook in Webhook.objects.filter(
            project=notice.project, is_active=True, kinds__contains=[notice.kind]
        )
    ]
    Delivery.objects.bulk_create(rows)
    if rows:
        _send_soon()
    return len(rows)


@transaction.atomic
def add_webhook(actor: User, project: Project, url: str, kinds: Sequence[str]) -> tuple[Webhook, str]:
    """A webhook and its secret, which is shown once. Raises RefusedError."""
    _check(url, kinds)
    if Webhook.objects.filter(project=project).count() >= MOST_WEBHOOKS:
        raise RefusedError(f"A project can have {MOST_WEBHOOKS} webhooks. Remove one first.")
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    webhook = Webhook.objects.create(
        project=project, url=url, secret=seal(secret), kinds=sorted(kinds), created_by=actor
    )
    audit.record(project.team, actor, "webhook.add", project.slug, url=url, kinds=sorted(kinds))
    return webhook, secret


@transaction.atomic
def change_webhook(
    actor: User, webhook: Webhook, *, kinds: Sequence[str] | None = None, is_active: bool | None = None
) -> Webhook:
    webhook = (
        Webhook.objects.select_for_update(of=("self",)).select_related("project__team").get(pk=webhook.pk)
    )
    if kinds is not None:
        _check(webhook.url, kinds)
        webhook.kinds = sorted(kinds)
    if is_active is not None:
        webhook.is_active = is_active
    webhook.save()
    changed = {"url": webhook.url, "kinds": webhook.kinds, "is_active": webhook.is_active}
    audit.record(webhook.project.team, actor, "webhook.change", webhook.project.slug, **changed)
    return webhook


@transaction.atomic
def remove_webhook(actor: User, webhook: Webhook) -> None:
    audit.record(webhook.project.team, actor, "webhook.remove", webhook.project.slug, url=webhook.url)
    webhook.delete()


@transaction.atomic
def ping(actor: User, webhook: Webhook) -> Delivery:
    """Send a test message."""
    notice = Notice(PING, webhook.project, "A test of this webhook", webhook.project.get_absolute_url())
    delivery = Delivery.objects.create(
        project=webhook.project,
        webhook=webhook,
        kind=PING,
        payload=_payload(notice, actor),
        next_at=timezone.now(),
    )
    _send_soon()
    return delivery


@transaction.atomic
def send_again(delivery: Delivery) -> None:
    """Put a message that was sent or has failed on its way once more, under the same id."""
    moved = Delivery.objects.filter(pk=delivery.pk).exclude(state=Delivery.State.WAITING)
    if moved.update(state=Delivery.State.WAITING, attempts=0, next_at=timezone.now()):
        _send_soon()


def set_preference(user: User, kinds: Sequence[str]) -> None:
    Preference.objects.update_or_create(user=user, defaults={"mail": sorted(set(kinds) & KINDS.keys())})


def wanted_mail(user: User) -> list[str]:
    found = Preference.objects.filter(user=user).first()
    return list(KINDS) if found is None else found.mail


def forget_old(days: int = 30) -> int:
    """Remove what was sent or given up a month ago."""
    old = timezone.now() - timedelta(days=days)
    gone = Delivery.objects.filter(created_at__lt=old).exclude(state=Delivery.State.WAITING)
    return int(gone.delete()[0])


def _recipients(notice: Notice, people: Iterable[User | None], actor: User | None) -> list[User]:
    ids = {user.pk for user in people if user is not None and user != actor}
    if not ids:
        return []
    members = Membership.objects.filter(team_id=notice.project.team_id, user_id__in=ids, user__is_active=True)
    refused = Preference.objects.filter(user_id__in=ids).exclude(mail__contains=[notice.kind])
    unwanted = set(refused.values_list("user_id", flat=True))
    return [each.user for each in members.select_related("user") if each.user_id not in unwanted]


def _payload(notice: Notice, actor: User | None) -> dict[str, Any]:
    return {
        "type": notice.kind,
        "timestamp": timezone.now().isoformat(),
        "subject": notice.subject,
        "text": notice.text,
        "path": notice.path,
        "actor": actor.name if actor else None,
        "project": f"{notice.project.team.slug}/{notice.project.slug}",
        "data": dict(notice.data),
    }


def _check(url: str, kinds: Sequence[str]) -> None:
    unknown = sorted(set(kinds) - KINDS.keys())
    if unknown:
        raise RefusedError(f"There is no event {unknown[0]}; there are {', '.join(KINDS)}.")
    if not kinds:
        raise RefusedError("Choose at least one event.")
    try:
        egress().check(url)
    except EgressError as error:
        raise RefusedError(str(error)) from None


def _send_soon() -> None:
    """A broker that is away loses nothing: beat asks for what is due."""
    transaction.on_commit(lambda: current_app.send_task(TASK), robust=True)
