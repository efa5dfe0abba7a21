"""Receivers beside each other: all messages for one host, or all mail, are a lane, and each lane is sent by itself.

So a slow receiver delays nobody else's messages. Within a lane they go out one by one, the one that is due first
before the others, and only one worker sends in a lane at a time.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from apps.notices.models import Delivery
from apps.notices.outbox import send_next

# How many lanes are sent at once, and how long one may go on before the next run takes it up again.
AT_ONCE = 8
LANE_S = 20.0
MOST = 100
# The first key of advisory locks; the second is a hash of the lane's name.
LOCKS = 7_310_001


@dataclass(frozen=True, slots=True)
class Lane:
    """The webhooks of one host; mail has none."""

    name: str
    webhooks: tuple[int, ...] = ()


def deliver_due() -> int:
    """Send what is due, in all lanes at once; returns how many messages were tried.

    Where a lane has more than one run's worth, or another worker is in it, the rest is for the next run.
    """
    lanes = due_lanes()
    if len(lanes) < 2:
        return sum(map(_run, lanes))
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver") as pool:
        return sum(pool.map(_run_apart, lanes))


def due_lanes() -> list[Lane]:
    """Those with something due, the one that has waited longest first."""
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=timezone.now())
    waiting = due.values_list("webhook", "webhook__url").annotate(first=Min("next_at")).order_by("first")
    hosts: dict[str, list[int]] = {}
    for webhook, url, _first in waiting:
        known = hosts.setdefault(urlsplit(url).netloc.lower() if url else "", [])
        if webhook is not None:
            known.append(webhook)
    return [Lane(name, tuple(webhooks)) for name, webhooks in hosts.items()]


def _run_apart(lane: Lane) -> int:
    """In a thread, whose connection is its own."""
    try:
        return _run(lane)
    finally:
        connection.close()


def _run(lane: Lane) -> int:
    deadline, sent = time.monotonic() + LANE_S, 0
    with _alone_in(lane) as is_free:
        while is_free and sent < MOST and time.monotonic() < deadline and send_next(lane.webhooks):
            sent += 1
    return sent


@contextmanager
def _alone_in(lane: Lane) -> Iterator[bool]:
    """Whether no other worker sends there; the lock ends with the connection too (manual: explicit-locking)."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, hashtext(%s))", [LOCKS, lane.name])
        (is_free,) = cursor.fetchone() or (False,)
    try:
        yield is_free
    finally:
        if is_free:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, hashtext(%s))", [LOCKS, lane.name])
