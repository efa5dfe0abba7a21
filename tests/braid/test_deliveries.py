"""Deliveries of forges on the ASGI application as it is served: past Django's middleware, and no less safe for that."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.asgi import get_asgi_application
from django.db import connection
from django.db.backends.signals import connection_created
from psycopg import sql

from apps.accounts.sealing import seal
from apps.forges.models import Arrival, Connection
from apps.projects.models import Project
from braid.deliveries import THREADS, Deliveries
from forges import Kind
from tests.braid.asking import Said, ask

SECRET = "sixteen-letters-or-more"


@pytest.fixture
def address(served: None, project: Project) -> str:
    made = Connection.objects.create(
        project=project,
        kind=Kind.GITEA,
        base_url="https://forge.example.com",
        name="acme/shop",
        number="7",
        clone_url="https://forge.example.com/acme/shop.git",
        web_url="https://forge.example.com/acme/shop",
        token=seal("token"),
        secret=seal(SECRET),
    )
    return f"/hooks/gitea/{made.key}/"


@pytest.fixture
def connected() -> Iterator[list[Any]]:
    """A row for each time that the process connects to the database."""
    made: list[Any] = []

    def note(**told: Any) -> None:
        made.append(told["connection"])

    connection_created.connect(note)
    yield made
    connection_created.disconnect(note)


def deliver(address: str, number: int, **request: Any) -> Said:
    body = json.dumps({"ref": "refs/heads/main", "after": "1" * 40}).encode()
    headers = {
        "X-Gitea-Event": "push",
        "X-Gitea-Delivery": f"delivery-{number}",
        "X-Gitea-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
    }
    return ask(address, body[:10], body[10:], headers=headers, **request)


def test_deliveries_share_what_costs_time(address: str, connected: list[Any]) -> None:
    numbers = [*range(3 * THREADS), 0]
    answers = [deliver(address, number) for number in numbers]
    assert [each.status for each in answers] == [*[202] * (3 * THREADS), 200]
    assert len(connected) <= THREADS, "connecting takes longer than keeping a delivery"
    assert Arrival.objects.count() == 3 * THREADS
    assert Arrival.objects.get(repeats=1).identity == "delivery-0"
    assert "default-src 'none'" in answers[0].headers["content-security-policy"]


def test_what_is_no_delivery_is_djangos(address: str, settings: Any) -> None:
    assert deliver(address, 1, method="GET").status == 405
    assert deliver("/hooks/gitea/nobody/", 1).status == 404
    settings.SECURE_SSL_REDIRECT = True
    plain = deliver(address, 1, scheme="http", asked=Deliveries(get_asgi_application()))
    assert (plain.status, plain.headers["location"]) == (301, f"https://testserver{address}")
    assert not Arrival.objects.exists()


def test_a_failure_of_braids_own_is_said_and_over(address: str, caplog: pytest.LogCaptureFixture) -> None:
    rename("forges_arrival", "forges_elsewhere")
    try:
        failed = deliver(address, 1)
    finally:
        rename("forges_elsewhere", "forges_arrival")
    assert (failed.status, json.loads(failed.body)) == (500, {"detail": "Braid failed here."})
    assert "delivery to /hooks/gitea/" in caplog.text
    assert deliver(address, 1).status == 202


def rename(before: str, after: str) -> None:
    with connection.cursor() as cursor:
        names = sql.Identifier(before), sql.Identifier(after)
        cursor.execute(sql.SQL("alter table {} rename to {}").format(*names))


def test_a_database_that_was_away_costs_a_thread_one_delivery(address: str) -> None:
    before = [deliver(address, number).status for number in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    after = [deliver(address, number).status for number in range(3, 3 + 5 * THREADS)]
    assert before == [202] * 3
    assert after.count(500) <= THREADS
    assert {*after} - {500} == {202}
