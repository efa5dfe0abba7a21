"""What a proposal's pages cost on a large schema: as little as on a small one."""

import time

import pytest

from apps.proposals.access import diagram_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
# CPU seconds of this process, so that a busy machine does not fail the test. Measured: a third of these.
CPU_S = 0.06
# The first drawing of a change reads its catalog, of which it wants little.
FIRST_CPU_S = 0.15
TABLES, CHANGED = 1000, 300


def schema(count):
    columns = ",\n".join(f"  c{n} text not null default 'x'" for n in range(8))
    made = [
        f"create table t{n} (id bigint primary key, other bigint references t{n // 2},\n{columns});"
        for n in range(1, count)
    ]
    return "\n".join(["create table t0 (id bigint primary key);", *made]) + "\n"


def cost(browser, path):
    """CPU seconds of the second request, as caches are warm in a server that runs."""
    browser.get(path)
    started = time.process_time()
    assert browser.get(path).status_code == 200, path
    return time.process_time() - started


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
    assert max(costs.values()) < CPU_S, costs
    diagram_of.cache_clear()
    started = time.process_time()
    diagram_of(meeting.merge.diff)
    assert time.process_time() - started < FIRST_CPU_S
