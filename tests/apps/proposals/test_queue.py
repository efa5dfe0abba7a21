"""The queue: in order, ahead of time, and never without an approval of what lands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.jobs import claims
from apps.proposals.actions import line
from apps.proposals.actions.following import meet_proposals, meet_stale
from apps.proposals.actions.lifecycle import close, open_proposal
from apps.proposals.actions.queueing import withdraw
from apps.proposals.actions.reviewing import dismiss
from apps.proposals.landing import land
from apps.proposals.models import Event, QueueEntry, Stage, State
from apps.repositories.commits import branch_head, find_commit
from apps.repositories.landing import move_branch
from apps.repositories.models import Branch, Push
from apps.repositories.storage import open_repository
from schemata.layouts import read_project
from tests.apps.proposals.queues import approve, ask_for, entry_of, queue, run, state_of
from worker.queueing import run_queue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ready(propose, run_meetings, maintainer, project):
    """`ready("0002_a", sql)`: proposals that are merged and approved, in the order of their names."""

    def make(**proposed):
        ask_for(project)
        made = [propose(name, sql) for name, sql in proposed.items()]
        run_meetings()
        for each in made:
            approve(maintainer, each)
        return made

    return make


def adds(column):
    return f"alter table users add column {column} int;\n"


def names(project):
    """The migrations of the default branch, as anybody reads them."""
    from apps.repositories.trees import CommitTree

    repository = open_repository(project)
    history = read_project(CommitTree(repository, branch_head(repository, "main")))
    return [each.name for each in history.migrations]


def test_what_is_approved_lands_as_one_commit(ready, developer, maintainer, project):
    (one,) = ready(**{"0002_a": adds("a")})
    queue(developer, one, deletes_branch=True)
    assert state_of(one) == State.QUEUED
    run(project, 1)
    entry = entry_of(one)
    assert (entry.stage, state_of(one)) == (Stage.LANDED, State.MERGED)
    head = branch_head(open_repository(project), "main")
    commit = find_commit(open_repository(project), head)
    one.refresh_from_db()
    assert one.merged_commit == head == entry.candidate == Branch.objects.get(name="main").head
    assert commit.subject == "Merge #1: Add 0002_a"
    assert f"/acme/shop/proposals/{one.number}/" in commit.body
    assert f"Approved-by: {maintainer.name} <{maintainer.email}>" in commit.body
    assert Branch.objects.get(name="0002_a").deleted_at is not None
    push = Push.objects.latest("id")
    assert push.pusher == developer
    assert [(each.ref, each.kind) for each in push.updates.all()] == [
        ("refs/heads/main", "updated"),
        ("refs/heads/0002_a", "deleted"),
    ]
    kinds = list(Event.objects.filter(proposal=one).order_by("id").values_list("kind", flat=True))
    assert kinds[-2:] == ["queued", "merged"]
    assert names(project) == ["0001_users", "0002_a"]


def test_only_what_is_ready_is_queued(ready, propose, developer, project):
    ask_for(project)
    one = propose("0002_a", adds("a"))
    with pytest.raises(RefusedError, match="not ready to land"):
        queue(developer, one)
    assert state_of(one) == State.OPEN
    with pytest.raises(RefusedError, match="not in the queue"):
        withdraw(developer, one)


def test_it_can_be_queued_while_the_default_branch_has_just_moved(ready, developer, project):
    first, second = ready(**{"0002_a": adds("a"), "0002_b": adds("b")})
    queue(developer, first)
    run(project, 1)
    meet_proposals(project)
    queue(developer, second)
    run(project, 1)
    assert state_of(second) == State.MERGED


def test_those_behind_are_tested_on_the_candidate_ahead(ready, developer, project):
    first, second = ready(**{"0002_a": adds("a"), "0002_b": adds("b")})
    for each in (first, second):
        queue(developer, each)
    claimed = line.claim(line.arrange(project.pk).tests[0], "elsewhere")
    assert line.arrange(project.pk).tests == ()
    head = branch_head(open_repository(project), "main")
    QueueEntry.objects.filter(pk=claimed.pk).update(candidate=head)
    put_right = line.arrange(project.pk)
    # A candidate that is on the branch has landed.
    assert put_right.landing is None
    assert entry_of(first).stage == Stage.LANDED


def test_several_land_in_their_order_each_restamped_after_the_one_before(ready, developer, project):
    made = ready(**{"0002_a": adds("a"), "0002_b": adds("b"), "0002_c": adds("c")})
    for each in reversed(made):
        queue(developer, each)
    run(project, 3)
    assert [state_of(each) for each in made] == [State.MERGED] * 3, [entry_of(e).reason for e in made]
    assert names(project) == ["0001_users", "0002_c", "0003_b", "0004_a"]
    third = entry_of(made[0])
    assert [(each["was"], each["name"]) for each in third.proof["migrations"]] == [("0002_a", "0004_a")]
    assert third.tested_on == entry_of(made[1]).candidate
    assert third.proof["mending"]["steps"][-1]["text"].startswith("UPDATE schema_migrations SET version = 4")


def test_one_that_fails_leaves_and_those_behind_it_go_on(ready, developer, project):
    made = ready(
        **{"0002_a": adds("a"), "0002_b": "alter table users add column a text;\n", "0002_c": adds("c")}
    )
    for each in made:
        queue(developer, each)
    run(project, 4)
    assert [state_of(each) for each in made] == [State.MERGED, State.OPEN, State.MERGED]
    entry = entry_of(made[1])
    assert entry.stage == Stage.REFUSED
    assert "collides on column public.users.a" in entry.reason
    event = Event.objects.filter(proposal=made[1], kind="refused").get()
    assert event.data["reason"] == entry.reason
    assert names(project) == ["0001_users", "0002_a", "0003_c"]


def test_a_branch_that_goes_on_after_it_landed_lands_again(
    ready, developer, maintainer, project, shop, run_meetings
):
    """It has its migration under the old name, main under the new one."""
    made = ready(**{"0002_a": adds("a"), "0002_b": adds("b")})
    for each in made:
        queue(developer, each)
    run(project, 2)
    shop.git("switch", "--quiet", "0002_b")
    shop.commit({"migrations/0003_more.up.sql": adds("more")})
    shop.push("0002_b")
    again = open_proposal(developer, Branch.objects.get(name="0002_b"), "More")
    run_meetings()
    approve(maintainer, again)
    queue(developer, again)
    run(project, 2)
    assert state_of(again) == State.MERGED, entry_of(again).reason
    assert names(project) == ["0001_users", "0002_a", "0003_b", "0004_more"]


def test_a_target_that_moves_is_tested_on_again(ready, developer, project, shop):
    (one,) = ready(**{"0002_a": adds("a")})
    queue(developer, one)
    test = line.arrange(project.pk).tests[0]
    run_queue_until_proved(project, test)
    entry = entry_of(one)
    shop.git("switch", "--quiet", "main")
    shop.commit({"README": "More.\n"})
    shop.push("main")
    assert not land(entry)
    assert entry_of(one).stage == Stage.WAITING
    run(project, 1)
    assert state_of(one) == State.MERGED
    assert entry_of(one).candidate != entry.candidate


def run_queue_until_proved(project, test):
    """Test without landing."""
    from worker import queueing

    assert queueing._test(test)
    assert QueueEntry.objects.get(pk=test.entry.pk).stage == Stage.PROVED


def test_a_push_takes_it_out(ready, developer, project, shop):
    (one,) = ready(**{"0002_a": adds("a")})
    queue(developer, one)
    shop.git("switch", "--quiet", "0002_a")
    shop.commit({"README": "More.\n"})
    shop.push("0002_a")
    assert (entry_of(one).stage, state_of(one)) == (Stage.WITHDRAWN, State.OPEN)
    assert "pushed to" in entry_of(one).reason
    run(project, 1)
    assert state_of(one) == State.OPEN


def test_a_push_whose_rows_are_not_there_yet_lets_nothing_land(ready, developer, project, shop):
    (one,) = ready(**{"0002_a": adds("a")})
    queue(developer, one)
    run_queue_until_proved(project, line.arrange(project.pk).tests[0])
    shop.git("switch", "--quiet", "0002_a")
    head = shop.commit({"README": "More.\n"})
    shop.git("push", "--quiet", str(shop.remote), f"{head}:refs/heads/elsewhere")
    assert move_branch(project, "0002_a", one.head, head)
    assert not land(entry_of(one))
    assert entry_of(one).stage == Stage.WITHDRAWN


def test_without_its_approval_it_does_not_land(ready, developer, maintainer, project):
    (one,) = ready(**{"0002_a": adds("a")})
    queue(developer, one)
    run_queue_until_proved(project, line.arrange(project.pk).tests[0])
    dismiss(maintainer, one.reviews.get(), "On second thoughts.")
    before = branch_head(open_repository(project), "main")
    assert not land(entry_of(one))
    assert (entry_of(one).stage, state_of(one)) == (Stage.WITHDRAWN, State.OPEN)
    assert "not ready any more" in entry_of(one).reason
    assert branch_head(open_repository(project), "main") == before


def test_closing_and_withdrawing_take_it_out(ready, developer, project):
    first, second = ready(**{"0002_a": adds("a"), "0002_b": adds("b")})
    for each in (first, second):
        queue(developer, each)
    close(developer, first)
    assert (entry_of(first).stage, state_of(first)) == (Stage.WITHDRAWN, State.CLOSED)
    assert withdraw(developer, second)
    assert (entry_of(second).stage, state_of(second)) == (Stage.WITHDRAWN, State.OPEN)
    with pytest.raises(RefusedError, match="not in the queue"):
        withdraw(developer, second)


def test_a_crash_between_ref_and_rows_is_mended(ready, developer, project):
    """As if the process had died right after the compare-and-swap."""
    first, second = ready(**{"0002_a": adds("a"), "0002_b": adds("b")})
    for each in (first, second):
        queue(developer, each)
    run_queue_until_proved(project, line.arrange(project.pk).tests[0])
    entry = entry_of(first)
    assert move_branch(project, "main", entry.tested_on, entry.candidate)
    assert state_of(first) == State.QUEUED
    run_queue(project.pk)
    assert (entry_of(first).stage, state_of(first)) == (Stage.LANDED, State.MERGED)
    assert (
        Branch.objects.get(name="main").head == entry_of(second).candidate or state_of(second) != State.MERGED
    )
    run(project, 2)
    assert names(project) == ["0001_users", "0002_a", "0003_b"]
    landed = Event.objects.filter(proposal=first, kind="merged")
    assert landed.count() == 1


def test_a_crash_that_reconcile_noted_first_is_mended_too(ready, developer, project):
    from apps.repositories.actions import reconcile

    (one,) = ready(**{"0002_a": adds("a")})
    queue(developer, one)
    run_queue_until_proved(project, line.arrange(project.pk).tests[0])
    entry = entry_of(one)
    move_branch(project, "main", entry.tested_on, entry.candidate)
    pushes = Push.objects.count()
    assert reconcile(project, settle_s=0) is not None
    assert state_of(one) == State.QUEUED
    assert not withdraw(developer, one)
    assert state_of(one) == State.MERGED
    assert Push.objects.count() == pushes + 1


def test_a_worker_that_falls_silent_loses_its_test(ready, developer, project):
    (one,) = ready(**{"0002_a": adds("a")})
    queue(developer, one)
    for attempt in range(1, claims.MAX_ATTEMPTS + 1):
        claimed = line.claim(line.arrange(project.pk).tests[0], f"worker {attempt}")
        assert claimed.attempts == attempt
        assert line.sweep(timezone.now() + timedelta(seconds=claims.SILENCE_S + 1)) == (attempt < 3)
        assert not claims.heartbeat(claimed)
    assert entry_of(one).stage == Stage.REFUSED
    assert "the worker died each time" in entry_of(one).reason


def test_sandboxes_that_are_down_are_no_death_of_a_worker(ready, developer, project):
    (one,) = ready(**{"0002_a": adds("a")})
    queue(developer, one)
    for setback in range(claims.MAX_ATTEMPTS):
        claimed = line.claim(line.arrange(project.pk).tests[0], f"worker {setback}")
        assert line.postpone(claimed, "no sandbox answers")
        assert entry_of(one).reason == "waiting for a sandbox: no sandbox answers"
        assert not line.arrange(project.pk).tests
        QueueEntry.objects.update(retry_at=None)
    claimed = line.claim(line.arrange(project.pk).tests[0], "worker that dies")
    assert (claimed.attempts, claimed.setbacks) == (1, 3)
    assert line.sweep(timezone.now() + timedelta(seconds=claims.SILENCE_S + 1)) == 1
    assert entry_of(one).stage == Stage.WAITING


def test_another_default_branch_wedges_nothing(ready, developer, project):
    one, two = ready(**{"0002_a": adds("a"), "0003_b": adds("b")})
    queue(developer, one)
    project.default_branch = "nowhere"
    project.save()
    run(project, 1)
    assert (entry_of(one).stage, state_of(one)) == (Stage.WITHDRAWN, State.OPEN)
    assert entry_of(one).reason == "There is no branch nowhere to land on."
    project.default_branch = "main"
    project.save()
    queue(developer, one)
    project.default_branch = one.branch.name
    project.save()
    run(project, 1)
    assert entry_of(one).reason == "0002_a is the default branch now."
    assert meet_stale() == 2
    assert (state_of(one), state_of(two)) == (State.CLOSED, State.OPEN)


POLICY = "[policy]\napprovals = {}\n\n# Who\n# may\n# what\n\nself_approval = {}\n"


def test_two_policies_make_no_third_that_nobody_saw(
    shop, propose, run_meetings, developer, maintainer, project
):
    ask_for(project)
    shop.commit({"braid.toml": POLICY.format(1, "false")})
    shop.push("main")
    one = propose("0002_a", adds("a"))
    shop.commit({"braid.toml": POLICY.format(1, "true")})
    shop.push(one.branch.name, by=developer)
    shop.git("switch", "--quiet", "main")
    shop.commit({"braid.toml": POLICY.format(0, "false")})
    shop.push("main")
    meet_proposals(project)
    run_meetings()
    one.refresh_from_db()
    approve(maintainer, one)
    queue(developer, one)
    run(project, 1)
    entry = entry_of(one)
    assert (entry.stage, state_of(one)) == (Stage.REFUSED, State.OPEN)
    assert entry.reason.startswith("Both sides changed [policy]")
