"""The laws of plans on some dozens of drawn schemas; `laws` runs thousands."""

from collections import Counter

import psycopg
import pytest

from tests.schemata.catalog.conftest import server, shared_database
from tests.schemata.plan.laws import drawn, hold

__all__ = ["server", "shared_database"]
PAIRS = 48


@pytest.mark.parametrize("first", range(0, PAIRS, 12))
def test_plans_lead_there_and_back(shared_database: psycopg.Connection, first: int) -> None:
    told: Counter[str] = Counter()
    for number in range(first, first + 12):
        hold(shared_database, drawn(number), told)
    assert told["byte for byte"] > 12
