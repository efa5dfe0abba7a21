"""Judging in this process: the task's own functions, on real sandboxes that the tests share."""

import pytest

from worker import process

INIT = "create table users (id bigint primary key, email text not null);\n"


@pytest.fixture(scope="session", autouse=True)
def _closed_sandboxes():
    yield
    process.close_sandboxes()


@pytest.fixture
def judge(transactional_db, memory_queue):
    """Record what was pushed, judge all of it, and return the branch's newest verdict."""
    from apps.checks.models import Verdict
    from worker.judging import judge_push, judge_verdict

    def judge_all(push, branch="main"):
        judge_push(push.pk)
        for waiting in Verdict.objects.filter(state="waiting").values_list("pk", flat=True):
            judge_verdict(waiting)
        return Verdict.objects.filter(branch__name=branch).order_by("-id").first()

    return judge_all


@pytest.fixture
def main(workspace, judge):
    """`main` with one migration in golang-migrate's layout, judged."""
    workspace.commit(
        {"migrations/0001_users.up.sql": INIT, "migrations/0001_users.down.sql": "drop table users;\n"}
    )
    return judge(workspace.push("main"))


@pytest.fixture
def build_on(workspace):
    """`build_on("main", "feature")`: the candidate of two branches, and its files."""

    def built(target="main", head="feature", choices=None):
        from apps.repositories.commits import branch_head
        from apps.repositories.storage import open_repository
        from apps.repositories.trees import CommitTree
        from tests.worker.landings import LETTER
        from worker.landing import build

        repository = open_repository(workspace.project)
        sides = (branch_head(repository, target), branch_head(repository, head))
        candidate = build(workspace.project, *sides, choices or {}, LETTER)
        return candidate, CommitTree(open_repository(workspace.project), candidate.commit)

    return built
