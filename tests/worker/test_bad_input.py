"""What §8 of the first road asks: whatever comes in, a clear state, nothing lost, and the next push works."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.checks import access
from apps.checks.models import State, Step, Verdict
from apps.checks.sweep import sweep
from sandbox import Sandboxes, SandboxSettings
from worker import process
from worker.judging import judge_verdict

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def sandbox_down():
    """Sandboxes whose only server is one that nobody listens for; `end()` brings the real ones back."""
    process.close_sandboxes()
    settings = SandboxSettings(urls=("postgresql://nobody@127.0.0.1:9/postgres?connect_timeout=2",))
    process._sandboxes = process._open.enter_context(Sandboxes(settings))
    yield process.close_sandboxes
    process.close_sandboxes()


def test_a_sandbox_that_is_down_is_said_and_waited_for(workspace, judge, sandbox_down):
    workspace.commit({"migrations/0001_init.up.sql": "create table a (id int);\n"})
    verdict = judge(workspace.push("main"))
    assert verdict.state == State.WAITING
    assert verdict.headline.startswith("waiting for a sandbox")
    assert verdict.setbacks >= 1
    sandbox_down()
    assert sweep(timezone.now() + timedelta(minutes=2)).enqueued == 1
    judge_verdict(verdict.pk)
    verdict.refresh_from_db()
    assert verdict.state == State.PASSED, verdict.error or verdict.headline


@pytest.mark.slow
def test_a_migration_of_50_mb(workspace, judge, main):
    row = "insert into users (id, email) values ({}, '" + "x" * 90 + "');\n"
    text = "".join(row.format(number) for number in range(400_000))
    assert len(text) > 50_000_000
    workspace.switch("large")
    workspace.commit({"migrations/0002_rows.up.sql": text})
    verdict = judge(workspace.push("large"), "large")
    assert verdict.state in (State.PASSED, State.FAILED), verdict.error
    if verdict.state == State.FAILED:
        assert any("0002_rows" in f"{f.path} {f.message}" for f in access.findings_of(verdict.judgement))
    page = access.branch_page(verdict.project, "large")
    assert all(len(migration.sql) <= 200_000 for migration in page.migrations)
    workspace.switch("next", "main")
    workspace.commit({"migrations/0002_b.up.sql": "create table b (id int);\n"})
    assert judge(workspace.push("next"), "next").state == State.PASSED


@pytest.mark.slow
def test_five_thousand_migrations(workspace, judge):
    files = {f"migrations/{n:06}_t.up.sql": f"create table t{n % 500}_{n} (id int);\n" for n in range(4_999)}
    workspace.commit(files)
    verdict = judge(workspace.push("main"))
    assert verdict.state in (State.PASSED, State.FAILED), verdict.error
    assert Step.objects.count() == 4_999
    workspace.switch("one")
    workspace.commit({"migrations/999999_one.up.sql": "create table one (id int);\n"})
    verdict = judge(workspace.push("one"), "one")
    assert verdict.state == State.PASSED, verdict.error or verdict.headline
    assert Step.objects.count() == 5_000
    assert len(access.branch_page(verdict.project, "one").migrations) == 1
    assert verdict.job_ms < 60_000


def test_a_deadline_is_a_finding_with_the_migrations_name(workspace, judge, main, settings):
    settings.CHECK_DEADLINE_S = 2
    workspace.switch("slow")
    workspace.commit({"migrations/0002_slow.up.sql": "select pg_sleep(60);\n"})
    verdict = judge(workspace.push("slow"), "slow")
    assert verdict.state == State.FAILED
    assert "0002_slow" in verdict.headline
    assert not verdict.judgement.conclusive
    assert Verdict.objects.filter(state=State.RUNNING).count() == 0


def test_an_extension_that_is_missing_is_named_with_the_way_to_get_it(workspace, judge, main):
    workspace.switch("extension")
    workspace.commit({"migrations/0002_ext.up.sql": "create extension no_such_extension;\n"})
    verdict = judge(workspace.push("extension"), "extension")
    assert verdict.state == State.FAILED
    assert "no_such_extension" in verdict.headline


def test_two_layouts_are_said_and_a_setting_settles_it(workspace, judge):
    workspace.commit(
        {
            "a/migrations/0001_a.up.sql": "create table a (id int);\n",
            "b/migrations/0001_b.up.sql": "create table b (id int);\n",
        }
    )
    verdict = judge(workspace.push("main"))
    assert verdict.state == State.UNUSABLE
    project = verdict.project
    project.root = "b/migrations"
    project.save()
    assert sweep().refreshed == 1
    again = Verdict.objects.latest("id")
    judge_verdict(again.pk)
    again.refresh_from_db()
    assert again.state == State.PASSED, again.headline
    assert [o.address for o in access.object_changes(again.judgement.diff)] == ["table public.b"]
