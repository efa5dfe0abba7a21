"""Pages of large schemas: what a person waits for stays bounded, in the server and in the browser."""

import pytest

from apps.checks.models import Verdict
from tests.costs import calls_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
# Of functions a page, as time depends on the machine (`bench/pages.py` takes it). Measured: less than half of these.
CALLS = 500_000
BYTES = 900_000


def tables(count):
    columns = ",\n".join(f"  c{n} text not null default 'x'" for n in range(10))
    made = [f"create table t{n} (\n  id bigint primary key,\n{columns}\n);" for n in range(count)]
    return "\n".join(made) + "\n"


def widened(count):
    return "\n".join(f"alter table t{n} alter column c1 type varchar(40);" for n in range(count)) + "\n"


@pytest.fixture
def judged(workspace, transactional_db):
    """`judged(tables)`: main makes so many tables, the branch `wide` alters every one of them."""
    from worker.judging import judge_push, judge_verdict

    def judge(count):
        workspace.commit({"migrations/0001_init.up.sql": tables(count)})
        judge_push(workspace.push("main").pk)
        workspace.switch("wide")
        workspace.commit({"migrations/0002_wide.up.sql": widened(count)})
        judge_push(workspace.push("wide").pk)
        for waiting in Verdict.objects.filter(state="waiting").values_list("pk", flat=True):
            judge_verdict(waiting)
        assert set(Verdict.objects.values_list("state", flat=True)) == {"passed"}

    return judge


def cost(browser, path):
    """Calls and bytes of the second request, as caches are warm in a server that runs."""
    answer = browser.get(path)
    assert answer.status_code == 200
    return calls_of(lambda: browser.get(path)), len(answer.content)


def test_a_thousand_tables(judged, signed_in, viewer):
    judged(1000)
    browser = signed_in(viewer)
    base = "/acme/shop"
    costs = {
        path: cost(browser, base + path)
        for path in (
            "/",
            "/branch/main/",
            "/branch/wide/",
            "/branch/wide/?page=25",
            "/catalog/main/",
            "/catalog/main/?q=t99",
            "/catalog/main/?schema=public&table=t500",
        )
    }
    assert all(size < BYTES for _, size in costs.values()), costs
    assert all(calls < CALLS for calls, _ in costs.values()), costs


def test_eighty_tables(judged, signed_in, viewer):
    judged(80)
    browser = signed_in(viewer)
    costs = {
        path: cost(browser, path)
        for path in ("/", "/acme/shop/", "/acme/shop/branch/wide/", "/acme/shop/branch/main/")
    }
    assert all(calls < CALLS for calls, _ in costs.values()), costs
