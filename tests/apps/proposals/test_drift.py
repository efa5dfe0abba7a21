"""Drift of the schema file as a check that a policy requires: of a branch, and of the commit that would land."""

import pytest
from django.db import transaction

from apps.checks.models import Verdict
from apps.proposals.actions import line, policing
from apps.proposals.actions.lifecycle import open_proposal
from apps.proposals.actions.reviewing import is_ready
from apps.proposals.models import Stage, State
from apps.repositories.models import Branch, Push
from tests.apps.proposals.queues import entry_of, queue, run, state_of
from worker import queueing
from worker.judging import judge_push, judge_verdict

pytestmark = pytest.mark.django_db(transaction=True)

LOCK = {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n'}
USERS = "create table users (id bigint not null, email text, constraint users_pkey primary key (id));\n"
AGE = "alter table users add column age integer;\n"
MODEL = "model users {{\n  id    BigInt @id\n  email String?\n{}}}\n"
REQUIRED = {"braid.toml": '[policy]\nrequired_checks = ["drift"]\n'}


def prisma(name, sql, model=""):
    return {f"prisma/migrations/{name}/migration.sql": sql, "prisma/schema.prisma": MODEL.format(model)}


def judge_all():
    for each in Push.objects.filter(settled=False).order_by("id"):
        judge_push(each.pk)
    for waiting in Verdict.objects.filter(state="waiting").order_by("id"):
        judge_verdict(waiting.pk)


def missing(proposal, **asked):
    with transaction.atomic():
        return is_ready(proposal, **asked).missing


@pytest.fixture
def forgotten(project, workspace, run_meetings, owner, developer):
    """`forgotten(more)`: a proposal whose migration the schema file does not follow; `more` files on main."""

    def make(more=()):
        policing.change_policy(owner, project, approvals=0, required_checks=[])
        workspace.commit(LOCK | dict(more) | prisma("1_users", USERS))
        workspace.push("main")
        workspace.switch("feature", "main")
        workspace.commit(prisma("2_age", AGE))
        workspace.push("feature", by=developer)
        proposal = open_proposal(developer, Branch.objects.get(name="feature"), "Age")
        run_meetings()
        return proposal

    return make


def test_what_a_branch_adds_is_missing_until_it_is_mended(forgotten, workspace, run_meetings, developer):
    proposal = forgotten(REQUIRED)
    title = "No drift of the schema file"
    assert missing(proposal) == (f"{title}: the branch's newest commit is being judged",)
    judge_all()
    assert missing(proposal) == (f"{title}: the branch adds 1 difference; see the verdict",)
    workspace.commit({"prisma/schema.prisma": MODEL.format("  age   Int?\n")})
    workspace.push("feature", by=developer)
    judge_all()
    run_meetings()
    assert missing(proposal) == ()
    assert missing(proposal, landing_drift=["x"]) == (f"{title}: x",)


def test_a_verdict_that_knows_nothing_of_drift_is_none(forgotten, workspace):
    proposal = forgotten(REQUIRED)
    judge_all()
    judgement = Verdict.objects.get(branch=proposal.branch).judgement
    judgement.drift, judgement.awaits_drift = None, True
    judgement.save()
    assert missing(proposal)[0].endswith("the schema file is being compared with the migrations")
    judgement.awaits_drift = False
    judgement.save()
    assert missing(proposal)[0].endswith("it was not compared with the migrations; see the verdict")


def test_it_lands_where_nobody_asks_for_it(forgotten, developer, project):
    proposal = forgotten()
    queue(developer, proposal)
    run(project, 1)
    assert state_of(proposal) == State.MERGED
    assert entry_of(proposal).proof["drift"] == [
        "prisma/schema.prisma:1: column users.age of type integer is in the database, but not in the file"
    ]


def test_what_would_land_is_held_to_the_rules_as_they_are_then(forgotten, owner, developer, project):
    """Asked for after it was proved: what the proof found of the commit itself counts, no other run is needed."""
    proposal = forgotten()
    queue(developer, proposal)
    assert queueing._test(line.arrange(project.pk).tests[0])
    assert entry_of(proposal).stage == Stage.PROVED
    policing.change_policy(owner, project, required_checks=["drift"])
    queueing.land_all(project.pk)
    entry = entry_of(proposal)
    assert (entry.stage, state_of(proposal)) == (Stage.WITHDRAWN, State.OPEN)
    assert "No drift of the schema file: prisma/schema.prisma:1: column users.age" in entry.reason
