"""Messages that are due: leased one by one, sent, and tried again with growing patience (`lanes` says in which order).

A lease is a `next_at` in the future: a worker that dies while it sends loses
nothing, and its message goes out a second time rather than not at all. Receivers
tell the two by the message's id, which stays.
"""

import base64
import hashlib
import hmac
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.outward import egress
from apps.accounts.sealing import SealBroken, unseal
from apps.notices.models import Delivery
from apps.teams.models import Membership
from egress import EgressError, request

logger = logging.getLogger(__name__)

LEASE_S = 120
WAITS_S = (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)
GONE = 410


def send_next(webhooks: Sequence[int]) -> bool:
    """Send what is due first of these webhooks, of mail where there are none; False where nothing is due."""
    delivery = _lease(webhooks)
    if delivery is not None:
        _send(delivery)
    return delivery is not None


@transaction.atomic
def _lease(webhooks: Sequence[int]) -> Delivery | None:
    now = timezone.now()
    whose = Q(webhook__in=webhooks) if webhooks else Q(webhook=None)
    due = Delivery.objects.filter(whose, state=Delivery.State.WAITING, next_at__lte=now).order_by("next_at")
    delivery = due.select_for_update(skip_locked=True, of=("self",)).first()
    if delivery is None:
        return None
    delivery.attempts += 1
    delivery.next_at = now + timedelta(seconds=LEASE_S)
    delivery.save(update_fields=["attempts", "next_at"])
    related = ("webhook", "recipient", "project__team")
    return Delivery.objects.select_related(*related).get(pk=delivery.pk)


def _send(delivery: Delivery) -> None:
    try:
        status, answer = _mail(delivery) if delivery.webhook is None else _post(delivery)
    except (EgressError, SealBroken, OSError) as error:
        _settle(delivery, None, str(error))
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        # Of one message that can't be sent those behind it must not hear.
        logger.exception("delivery %s", delivery.pk)
        _settle(delivery, None, "It could not be sent; the worker's log has the reason.")
    else:
        _settle(delivery, status, answer)


def _post(delivery: Delivery) -> tuple[int, str]:
    webhook = delivery.webhook
    assert webhook is not None
    if not webhook.is_active:
        return GONE, "The webhook is switched off."
    body = orjson.dumps(_with_url(delivery))
    headers = signed_headers(delivery, body, unseal(webhook.secret), timezone.now())
    answer = request(egress(), "POST", webhook.url, body=body, headers=headers)
    return answer.status, answer.text


def signed_headers(delivery: Delivery, body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The headers of https://www.standardwebhooks.com: HMAC-SHA256 over id, time and body."""
    moment = str(int(now.timestamp()))
    signed = f"{delivery.pk}.{moment}.".encode() + body
    digest = hmac.new(signing_key(secret), signed, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Braid-Webhook",
        "webhook-id": str(delivery.pk),
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def signing_key(secret: str) -> bytes:
    """The bytes behind `whsec_`, which are base64 there (its URL alphabet is read alike)."""
    text = secret.removeprefix("whsec_").replace("-", "+").replace("_", "/")
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _mail(delivery: Delivery) -> tuple[int, str]:
    person = delivery.recipient
    assert person is not None
    team = delivery.project.team_id
    if not Membership.objects.filter(team_id=team, user=person, user__is_active=True).exists():
        return GONE, "No longer a member of the team."
    told = _with_url(delivery)
    subject = f"[{told['project']}] {told['subject']}".replace("\n", " ").replace("\r", " ")
    lines = [told["subject"], "", *([told["text"], ""] if told["text"] else []), told["url"], "", _footer()]
    EmailMessage(subject[:200], "\n".join(lines), to=[person.email], headers=_threading(delivery)).send()
    return 250, ""


def _footer() -> str:
    return f"You choose what you get mail about: {settings.BASE_URL}/accounts/notices/"


def _threading(delivery: Delivery) -> dict[str, str]:
    """All mail about one page is one thread in the mail program."""
    page = hashlib.sha256(f"{delivery.project_id}{delivery.payload['path']}".encode()).hexdigest()[:24]
    return {"References": f"<{page}@braid>", "Auto-Submitted": "auto-generated"}


def _with_url(delivery: Delivery) -> dict[str, str]:
    told = dict(delivery.payload)
    return {**told, "id": str(delivery.pk), "url": f"{settings.BASE_URL}{told['path']}"}


def _settle(delivery: Delivery, status: int | None, answer: str) -> None:
    now = timezone.now()
    kept = "".join(c for c in answer if c.isprintable() or c == "\n")[:2000]
    leased = Delivery.objects.filter(Q(pk=delivery.pk), attempts=delivery.attempts)
    if status is not None and 200 <= status < 300:
        leased.update(state=Delivery.State.SENT, status=status, answer=kept, sent_at=now)
    elif status == GONE or delivery.attempts > len(WAITS_S):
        leased.update(state=Delivery.State.FAILED, status=status, answer=kept)
    else:
        wait = timedelta(seconds=WAITS_S[delivery.attempts - 1])
        leased.update(status=status, answer=kept, next_at=now + wait)
