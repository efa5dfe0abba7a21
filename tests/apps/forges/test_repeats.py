"""A delivery that comes several times at once is one, and workers that look at once propose once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection as database

from apps.forges.models import Arrival, Connection
from apps.proposals.models import Proposal
from tests.rounds import rounds
from worker.following import follow

pytestmark = pytest.mark.timeout(7200)
ROUNDS = rounds(3)
PATIENCE_S = 60


def at_once(count: int, function: Callable[[], Any]) -> list[Any]:
    """What each of `count` threads got, all of which began together."""
    gate = threading.Barrier(count)

    def alone(_: int) -> Any:
        try:
            gate.wait(PATIENCE_S)
            return function()
        finally:
            database.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


def test_the_same_delivery_at_once(connection, forge, dora, deliver, work):
    work()
    for number in range(ROUNDS):
        branch = f"branch-{number}"
        dora.push(branch, {f"migrations/0002_{number}.up.sql": f"create table t{number} (id int);\n"})
        pull = forge.open_pull(branch, f"Number {number}")
        body, headers = forge.pull_delivery(pull, "opened")
        wanted = Connection.objects.get(pk=connection.pk).wanted
        answers = at_once(4, lambda body=body, headers=headers: deliver((body, headers)))
        assert sorted(answers) == [200, 200, 200, 202]
        arrival = Arrival.objects.get(identity=headers["X-Gitea-Delivery"])
        assert arrival.repeats == 3
        assert Connection.objects.get(pk=connection.pk).wanted == wanted + 1
        at_once(2, lambda: follow(connection.pk))
        assert Proposal.objects.filter(branch__name=branch).count() == 1
    assert Proposal.objects.count() == ROUNDS
