"""The laws of plans on some dozens of drawn schemas; `laws` runs thousands."""

from collections import Counter

import psycopg
import pytest

from tests.schemata.catalog.conftest import server, shared_database
from tests.schemata.plan.laws import drawn, hold

__all__ = ["server", "shared_database"]
PAIRS = 12  # On each version of Postgres, others on each.


@pytest.mark.parametrize("first", range(0, PAIRS, 6))
def test_plans_lead_there_and_back(shared_database: psycopg.Connection, first: int) -> None:
    told: Counter[str] = Counter()
    version = shared_database.info.server_version // 10000
    for number in range(first, first + 6):
        hold(shared_database, drawn(100 * version + number), told)
    assert told["byte for byte"] > 6
