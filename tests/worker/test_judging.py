"""From a push to a verdict, in one process: what each kind of commit comes to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.checks import access
from apps.checks.actions import request_verdict
from apps.checks.content.judgements import add_drift
from apps.checks.content.snapshots import load_catalog
from apps.checks.models import Diff, FindingRecord, Judgement, Replay, Snapshot, State, Step, Verdict
from apps.checks.sweep import sweep
from apps.githost.remarks import on_verdicts
from sandbox.new_drift import NewDrift
from worker.judging import judge_push, judge_verdict

CONTENT = (Judgement, Replay, Step, Snapshot, Diff, FindingRecord)


def rules(verdict):
    return [finding.rule for finding in access.findings_of(verdict.judgement)]


def counts():
    return {model.__name__: model.objects.count() for model in CONTENT}


def test_a_first_push_is_judged_against_nothing(main):
    assert main.state == State.PASSED, main.error or main.headline
    assert main.base_commit == ""
    objects = access.object_changes(main.judgement.diff)
    assert [(o.action, o.address) for o in objects] == [("add", "table public.users")]
    assert main.push.updates.get().after == main.commit
    main.push.refresh_from_db()
    assert main.push.settled


def test_a_branch_with_one_migration(workspace, judge, main):
    workspace.switch("feature")
    workspace.commit(
        {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}, "Name users"
    )
    verdict = judge(workspace.push("feature"), "feature")
    assert verdict.state == State.PASSED, verdict.error or verdict.headline
    assert (verdict.author, verdict.subject, verdict.ahead, verdict.behind) == ("Dora", "Name users", 1, 0)
    page = access.branch_page(verdict.project, "feature")
    assert [(o.action, o.address) for o in page.objects] == [("alter", "table public.users")]
    assert [c.address for c in page.objects[0].changes] == ["column public.users.name"]
    assert page.shared == 1
    assert [(m.name, m.is_new) for m in page.migrations] == [("0002_name", True)]
    texts = access.migration_texts(verdict.project, verdict.commit, [page.migrations[0].path])
    assert [text.sql for text in texts.values()] == ["alter table users add column name text;\n"]
    assert page.migrations[0].duration_ms > 0
    assert verdict.job_ms > verdict.server_ms > 0


def test_a_rename_is_a_rename(workspace, judge, main):
    workspace.switch("feature")
    workspace.commit({"migrations/0002_mail.up.sql": "alter table users rename column email to mail;\n"})
    verdict = judge(workspace.push("feature"), "feature")
    assert verdict.judgement.diff.renamed == 1
    assert verdict.judgement.diff.dropped == 0


def test_a_failing_statement_is_shown_with_its_place(workspace, judge, main):
    workspace.switch("feature")
    sql = "create table orders (id int);\n\nalter table ordrs\n  add column total int;\n"
    workspace.commit({"migrations/0002_orders.up.sql": sql})
    verdict = judge(workspace.push("feature"), "feature")
    assert verdict.state == State.FAILED
    assert "0002_orders.up.sql:3" in verdict.headline
    assert '"ordrs" does not exist' in verdict.headline
    page = access.branch_page(verdict.project, "feature")
    assert (page.failure.line, page.failure.sqlstate) == (3, "42P01")
    assert "^" in page.failure.excerpt
    assert page.diff is None
    assert page.migrations[0].failed


def test_an_edited_migration_is_found(workspace, judge, main):
    workspace.switch("feature")
    workspace.commit({"migrations/0001_users.up.sql": "create table users (id int primary key);\n"})
    verdict = judge(workspace.push("feature"), "feature")
    assert verdict.state == State.FAILED
    assert any("edited" in rule or "landed" in rule for rule in rules(verdict)), rules(verdict)
    changes = access.branch_page(verdict.project, "feature").objects
    assert {o.action for o in changes} == {"alter"}, "made apart on both sides is not dropped and made anew"
    assert not [rule for rule in rules(verdict) if rule.startswith("loss.table")]


def test_a_dropped_column_is_a_notice(workspace, judge, main):
    workspace.switch("feature")
    workspace.commit({"migrations/0002_mail.up.sql": "alter table users drop column email;\n"})
    verdict = judge(workspace.push("feature"), "feature")
    assert verdict.state == State.PASSED
    assert "loss.column" in rules(verdict)


def test_a_branch_that_is_behind_says_so(workspace, judge, main):
    workspace.switch("feature")
    workspace.commit({"migrations/0003_name.up.sql": "alter table users add column name text;\n"})
    workspace.git("switch", "--quiet", "main")
    workspace.commit({"migrations/0002_orders.up.sql": "create table orders (id int primary key);\n"})
    verdict = judge(workspace.push("main", "feature"), "feature")
    assert verdict.state == State.PASSED
    assert (verdict.ahead, verdict.behind) == (1, 1)
    assert "history.behind" in rules(verdict)
    assert not [rule for rule in rules(verdict) if rule.startswith("loss.")]


def test_the_default_branch_is_compared_with_its_last_commit_that_passed(workspace, judge, main):
    workspace.commit({"migrations/0002_orders.up.sql": "create table orders (id in);\n"})
    assert judge(workspace.push("main")).state == State.FAILED
    workspace.commit({"migrations/0002_orders.up.sql": "create table orders (id int);\n"})
    mended = judge(workspace.push("main"))
    assert mended.state == State.PASSED, mended.headline
    assert mended.base_commit == main.commit
    assert [o.address for o in access.object_changes(mended.judgement.diff)] == ["table public.orders"]


def test_no_layout_is_unusable_and_the_next_push_works(workspace, judge):
    workspace.commit({"README.md": "no schema yet\n"})
    verdict = judge(workspace.push("main"))
    assert verdict.state == State.UNUSABLE
    assert verdict.headline
    workspace.commit({"migrations/0001_users.up.sql": "create table users (id int);\n"})
    assert judge(workspace.push("main")).state == State.PASSED


def test_a_base_without_a_layout_counts_as_empty(workspace, judge):
    workspace.commit({"README.md": "no schema yet\n"})
    judge(workspace.push("main"))
    workspace.switch("feature")
    workspace.commit({"migrations/0001_users.up.sql": "create table users (id int);\n"})
    verdict = judge(workspace.push("feature"), "feature")
    assert verdict.state == State.PASSED
    assert verdict.judgement.diff.added == 1


def test_judged_twice_there_are_the_same_rows(workspace, judge, main):
    workspace.switch("feature")
    workspace.commit({"migrations/0002_name.up.sql": "alter table users add column name text;\n"})
    first = judge(workspace.push("feature"), "feature")
    before = counts()
    Judgement.objects.update(conclusive=False)
    from apps.checks.actions import request_verdict

    again = request_verdict(first.branch, first.commit, again=True)
    judge_verdict(again.pk)
    again.refresh_from_db()
    assert again.pk != first.pk
    assert again.judgement_id == first.judgement_id
    assert (again.state, again.headline) == (first.state, first.headline)
    assert counts() == before


def test_the_same_input_does_not_run_again(workspace, judge, main):
    workspace.switch("feature")
    workspace.commit({"src/app.py": "print('nothing to do with the schema')\n"})
    verdict = judge(workspace.push("feature"), "feature")
    assert verdict.state == State.PASSED
    before = counts()
    workspace.commit({"src/app.py": "print('again')\n"})
    again = judge(workspace.push("feature"), "feature")
    assert again.judgement_id == verdict.judgement_id
    assert again.server_ms == 0
    assert counts() == before


def test_a_push_stores_only_what_is_new(workspace, judge):
    tables = "".join(
        f"create table t{n} (id int primary key, name text, at timestamptz);\n" for n in range(60)
    )
    workspace.commit({"migrations/0001_all.up.sql": tables})
    judge(workspace.push("main"))
    workspace.switch("feature")
    workspace.commit({"migrations/0002_one.up.sql": "alter table t7 add column more int;\n"})
    verdict = judge(workspace.push("feature"), "feature")
    _, whole, difference = Snapshot.objects.order_by("pk")
    assert difference.parent == whole
    assert len(difference.body) < 600 < 2000 < len(whole.body)
    assert Step.objects.count() == 2
    read = load_catalog(verdict.judgement.head.snapshot_id)
    assert read.hash == verdict.judgement.head.snapshot.hash


def test_a_deleted_branch_is_given_up(workspace, judge, main):
    workspace.switch("feature")
    workspace.commit({"migrations/0002_name.up.sql": "alter table users add column name text;\n"})
    pushed = workspace.push("feature")
    from apps.checks.actions import receive_push

    (asked,) = receive_push(pushed)
    judge_push(workspace.push(":feature").pk)
    judge_verdict(asked.pk)
    assert Verdict.objects.get(pk=asked.pk).state == State.SUPERSEDED


def test_a_force_push_is_judged_like_any_other(workspace, judge, main):
    workspace.switch("feature")
    workspace.commit({"migrations/0002_name.up.sql": "alter table users add column name text;\n"})
    judge(workspace.push("feature"), "feature")
    workspace.git("reset", "--quiet", "--hard", "main")
    workspace.commit({"migrations/0002_age.up.sql": "alter table users add column age int;\n"})
    verdict = judge(workspace.push("feature"), "feature")
    assert verdict.state == State.PASSED
    changed = access.branch_page(verdict.project, "feature").objects[0].changes
    assert [change.address for change in changed] == ["column public.users.age"]


def test_an_unforeseen_error_is_a_state_and_not_a_lost_job(workspace, judge, main, settings, tmp_path):
    workspace.switch("feature")
    workspace.commit({"migrations/0002_name.up.sql": "alter table users add column name text;\n"})
    pushed = workspace.push("feature")
    (workspace.remote / "objects").rename(workspace.remote / "lost")
    (workspace.remote / "objects").mkdir()
    verdict = judge(pushed, "feature")
    assert verdict.state in (State.ERROR, State.UNUSABLE)
    assert verdict.headline


@pytest.mark.parametrize("text", ["", "-- nothing yet\n", "\r\n"])
def test_an_empty_migration_passes(workspace, judge, main, text):
    workspace.switch("feature")
    workspace.commit({"migrations/0002_empty.up.sql": text})
    verdict = judge(workspace.push("feature"), "feature")
    assert verdict.state == State.PASSED, verdict.headline


MODEL = "model users {{\n  id    BigInt @id\n  email String\n{}}}\n"
PRISMA = {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'}


def test_drift_of_the_schema_file_is_part_of_the_verdict(workspace, judge):
    made = "create table users (id bigint not null, email text not null, constraint users_pkey primary key (id));\n"
    first = {"prisma/migrations/1_users/migration.sql": made, "prisma/schema.prisma": MODEL.format("")}
    workspace.commit(PRISMA | first)
    assert judge(workspace.push("main")).judgement.drift == 0
    workspace.switch("feature")
    workspace.commit({"prisma/migrations/2_age/migration.sql": "alter table users add column age integer;\n"})
    forgotten = judge(workspace.push("feature"), "feature")
    assert forgotten.state == State.PASSED
    assert (forgotten.judgement.drift, rules(forgotten)) == (1, ["drift.only-in-database"])
    assert (
        on_verdicts(forgotten.push, set())
        .lines[1]
        .startswith("  warning: prisma/schema.prisma:1: column users.age of type integer is in the database")
    )
    # No migration is another one: only the file tells the two commits apart.
    workspace.commit({"prisma/schema.prisma": MODEL.format("  age   Int?\n")})
    followed = judge(workspace.push("feature"), "feature")
    assert (followed.judgement.drift, rules(followed)) == (0, [])


def test_drift_is_found_out_once_the_verdict_is_told(workspace, judge, monkeypatch):
    """A worker that dies in between leaves a verdict that says so, and the next one finds it out."""
    made = "create table users (id bigint not null, email text not null, constraint users_pkey primary key (id));\n"
    drifted = MODEL.format("  age   Int?\n")
    first = {"prisma/migrations/1_users/migration.sql": made, "prisma/schema.prisma": drifted}
    workspace.commit(PRISMA | first)
    with monkeypatch.context() as dying:
        dying.setattr("worker.judging.compare", lambda *_: None)
        told = judge(workspace.push("main"))
    assert (told.state, told.judgement.drift, told.judgement.awaits_drift) == (State.PASSED, None, True)
    assert on_verdicts(told.push, set()).awaited.startswith("The schema file is still being compared")
    request_verdict(told.branch, told.commit, again=True, push=told.push)
    again = judge(told.push)
    assert again.judgement == told.judgement
    assert (again.judgement.drift, again.judgement.awaits_drift) == (1, False)
    assert (again.judgement.warnings, rules(again)) == (1, ["drift.only-in-schema"])
    assert not add_drift(again.judgement, NewDrift()), "only once"


def test_what_a_dead_worker_was_about_to_find_out_is_not_known(workspace, judge, monkeypatch):
    made = "create table users (id bigint not null, email text not null, constraint users_pkey primary key (id));\n"
    workspace.commit(
        PRISMA | {"prisma/migrations/1_a/migration.sql": made, "prisma/schema.prisma": MODEL.format("")}
    )
    monkeypatch.setattr("worker.judging.compare", lambda *_: None)
    told = judge(workspace.push("main"))
    sweep(timezone.now() + timedelta(hours=1))
    told.judgement.refresh_from_db()
    assert (told.judgement.awaits_drift, told.judgement.drift, told.judgement.conclusive) == (
        False,
        None,
        False,
    )
