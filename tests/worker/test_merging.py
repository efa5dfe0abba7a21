"""From two heads to a saved merge, in one process."""

import pytest

from apps.merges import actions
from apps.merges.content import load_document
from apps.merges.models import Footprint, Meeting, Merge, Outcome, State
from apps.repositories.models import Branch
from worker.merging import merge_meeting
from worker.radar import chart


@pytest.fixture
def meet(workspace, judge, main):
    """Push a branch from main's start, and merge it with main as it stands; returns the meeting."""

    def merged(ours="main", theirs="feature", **asked):
        branches = Branch.objects.select_related("project")
        meeting = actions.request_meeting(branches.get(name=ours), branches.get(name=theirs), **asked)
        merge_meeting(meeting.pk)
        return Meeting.objects.select_related("merge__diff", "resolved__diff").get(pk=meeting.pk)

    return merged


def branch(workspace, name, sql, start="main"):
    workspace.switch(name, start)
    workspace.commit({f"migrations/{name}.up.sql": sql})
    workspace.push(name)


def test_two_branches_that_commute(workspace, main, meet):
    branch(workspace, "0002_a", "alter table users add column a int;\n")
    branch(workspace, "0003_b", "alter table users add column b int;\n")
    meeting = meet("0002_a", "0003_b")
    assert (meeting.state, meeting.error) == (State.DONE, "")
    assert (meeting.merge.outcome, meeting.merge.order_matters) == (Outcome.CLEAN, False)
    assert [m["name"] for m in load_document(meeting.merge)["migrations"]] == ["0003_b"]
    assert meeting.merge.diff.added == 1
    assert meeting.since is None


def test_a_collision_names_its_object_and_a_choice_settles_it(workspace, main, meet):
    branch(workspace, "0002_a", "alter table users alter email type varchar(100);\n")
    branch(workspace, "0003_b", "alter table users alter email type varchar(200);\n")
    meeting = meet("0002_a", "0003_b")
    assert meeting.merge.outcome == Outcome.CONFLICT
    assert meeting.merge.objects_in_conflict == ["column public.users.email (type)"]
    assert meeting.since is not None
    (conflict,) = load_document(meeting.merge)["conflicts"]
    again = meet("0002_a", "0003_b", choices={conflict["id"]: {"choose": "theirs"}})
    assert again.result.outcome == Outcome.CLEAN
    assert again.merge.outcome == Outcome.CONFLICT
    assert again.since is None


def test_what_takes_too_long_alone_is_not_run_with_others(workspace, main, judge, meet, settings):
    """One endless migration would hold the process that merges for a deadline with each branch, and again."""
    settings.CHECK_DEADLINE_S = 2
    branch(workspace, "0002_a", "alter table users add column a int;\n")
    workspace.switch("0003_slow", "main")
    workspace.commit({"migrations/0003_slow.up.sql": "select pg_sleep(60);\n"})
    push = workspace.push("0003_slow")
    meeting = meet("0002_a", "0003_slow")
    assert (meeting.state, meeting.retry_at, "0003_slow" in meeting.error) == (State.ERROR, None, True)
    judge(push, "0003_slow")
    again = meet("main", "0003_slow")
    assert again.state == State.ERROR
    assert again.error.startswith("0003_slow took too long alone: ")
    chart(Branch.objects.get(name="0003_slow").pk)
    assert not Footprint.objects.get(branch__name="0003_slow").everything


def test_the_same_input_never_runs_twice(workspace, main, meet):
    branch(workspace, "0002_a", "alter table users add column a int;\n")
    first = meet("main", "0002_a")
    again = meet("main", "0002_a", again=True)
    assert again.merge_id == first.merge_id
    assert Merge.objects.count() == 1


def test_a_change_keeps_its_hash_when_the_target_moves(workspace, main, meet):
    branch(workspace, "0003_b", "-- Names.\nalter table users add column b int;\nupdate users set b = 1;\n")
    first = meet("main", "0003_b")
    branch(workspace, "0002_a", "create table other (id int);\n")
    moved = meet("0002_a", "0003_b")
    assert first.merge.change_hash == moved.merge.change_hash != ""
    branch(workspace, "0004_c", "alter table users add column b int;\nupdate users set b = 2;\n")
    assert meet("main", "0004_c").merge.change_hash != first.merge.change_hash


def test_a_change_keeps_its_hash_beside_another_one_of_the_same_table(workspace, main, meet):
    mine = "alter table users add column b int;\nalter table users alter email drop not null;\n"
    branch(workspace, "0003_b", mine)
    first = meet("main", "0003_b")
    branch(workspace, "0002_a", "alter table users add column a int, alter email set default '';\n")
    assert first.merge.change_hash == meet("0002_a", "0003_b").merge.change_hash


def test_a_side_without_a_layout_is_unusable(workspace, main, meet):
    workspace.switch("empty", "main")
    workspace.commit({"migrations/0001_users.up.sql": None, "migrations/0001_users.down.sql": None})
    workspace.push("empty")
    meeting = meet("main", "empty")
    assert meeting.merge.outcome == Outcome.UNUSABLE
    assert load_document(meeting.merge)["side"] == "theirs"
