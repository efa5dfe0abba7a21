"""What a proposal's pages cost on a large schema: as little as on a small one."""

import pytest

from apps.proposals.access import diagram_of
from tests.costs import calls_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
# Of functions a page, as time depends on the machine (`bench/pages.py` takes it). Measured: less than half of these.
CALLS = 400_000
# The first drawing of a change reads its catalog, of which it wants little.
FIRST_CALLS = 300_000
TABLES, CHANGED = 1000, 300


def schema(count):
    columns = ",\n".join(f"  c{n} text not null default 'x'" for n in range(8))
    made = [
        f"create table t{n} (id bigint primary key, other bigint references t{n // 2},\n{columns});"
        for n in range(1, count)
    ]
    return "\n".join(["create table t0 (id bigint primary key);", *made]) + "\n"


def cost(browser, path):
    """Calls of the second request, as caches are warm in a server that runs."""
    assert browser.get(path).status_code == 200, path
    return calls_of(lambda: browser.get(path))


def test_pages_of_a_large_schema(shop, propose, run_meetings, signed_in, viewer):
    shop.commit({"migrations/0001_users.up.sql": schema(TABLES)})
    shop.push("main")
    numbers = range(1, CHANGED + 1)
    propose("0002_wide", "\n".join(f"alter table t{n} add column more int;" for n in numbers))
    (meeting,) = run_meetings()
    assert meeting.merge.diff.added == CHANGED
    browser = signed_in(viewer)
    base = "/acme/shop/proposals/"
    tabs = ("", "1/", "1/diagram/", "1/conflicts/", "1/checks/", "1/discussion/")
    costs = {path: cost(browser, path) for path in ("/", *(base + tab for tab in tabs))}
    assert max(costs.values()) < CALLS, costs
    diagram_of.cache_clear()
    assert calls_of(lambda: diagram_of(meeting.merge.diff)) < FIRST_CALLS
