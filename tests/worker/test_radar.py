"""From pushed branches to the pairs that are merged."""

import pytest

from apps.merges import radar
from apps.merges.models import Footprint, Meeting, Outcome
from apps.notices.models import Delivery
from apps.proposals.actions.lifecycle import open_proposal
from apps.repositories.models import Branch
from worker import radar as worker_radar
from worker.merging import merge_meeting


@pytest.fixture
def push(workspace, judge, main):
    """Push a branch with one migration from main's start and judge it, which charts it."""

    def pushed(name, sql, start="main", by=None):
        workspace.switch(name, start)
        workspace.commit({f"migrations/{name}.up.sql": sql})
        judge(workspace.push(name, by=by), name)
        return Branch.objects.get(name=name)

    return pushed


def pairs():
    found = Meeting.objects.select_related("ours", "theirs")
    return {(meeting.ours.name, meeting.theirs.name) for meeting in found}


def test_only_branches_that_touch_the_same_meet(push):
    push("0002_a", "alter table users add column a int;\n")
    push("0003_b", "alter table users add column b int;\n")
    push("0004_c", "create table other (id int);\n")
    assert pairs() == {("main", "0002_a"), ("main", "0003_b"), ("main", "0004_c"), ("0002_a", "0003_b")}
    kept = Footprint.objects.get(branch__name="0004_c")
    assert (kept.everything, "+other" in kept.objects_touched) == (False, True)


def test_a_branch_of_which_nothing_can_be_told_meets_all(push):
    push("0002_a", "create table a (id int);\n")
    push("0003_b", "do $$ begin execute 'select 1'; end $$;\n")
    push("0004_c", "create table c (id int);\n")
    assert {("0002_a", "0003_b"), ("0003_b", "0004_c")} <= pairs()
    assert ("0002_a", "0004_c") not in pairs()
    assert Footprint.objects.get(branch__name="0003_b").reason == "it has a DO block"


def test_a_push_that_touches_something_else_lets_go(push, workspace, judge):
    push("0002_a", "alter table users add column a int;\n")
    push("0003_b", "alter table users add column b int;\n")
    workspace.commit({"migrations/0003_b.up.sql": "create table b (id int);\n"})
    judge(workspace.push("0003_b"), "0003_b")
    assert ("0002_a", "0003_b") not in pairs()


@pytest.fixture
def collide(push, developer, owner):
    """Two branches, by `developer` and by `owner`, that collide on the type of users.email."""
    for name, length, by in (("0002_a", 10, developer), ("0003_b", 20, owner)):
        push(name, f"alter table users alter email type varchar({length});\n", by=by)
    for meeting in Meeting.objects.order_by("pk"):
        merge_meeting(meeting.pk)
    assert told("collision") == [
        "0003_b collides with 0002_a on column public.users.email (type)" for _ in range(2)
    ]


def told(kind):
    return [each.payload["subject"] for each in Delivery.objects.filter(kind=kind).order_by("pk")]


def test_who_collided_hears_that_it_is_over_when_one_lets_go(collide, workspace, judge, developer, owner):
    workspace.commit({"migrations/0003_b.up.sql": "create table b (id int);\n"})
    judge(workspace.push("0003_b", by=owner), "0003_b")
    assert ("0002_a", "0003_b") not in pairs()
    ended = Delivery.objects.filter(kind="collision.ended")
    assert {each.recipient for each in ended} == {developer, owner}
    assert set(told("collision.ended")) == {"0003_b and 0002_a no longer collide"}


def test_nobody_hears_of_an_end_when_a_branch_only_breaks(collide, workspace, judge):
    workspace.commit({"migrations/0003_b.up.sql": "create table;\n"})
    judge(workspace.push("0003_b"), "0003_b")
    assert ("0002_a", "0003_b") not in pairs()
    assert told("collision.ended") == []


def test_a_deleted_branch_ends_its_collisions_unless_it_was_merged(collide, workspace, judge, developer):
    workspace.git("switch", "--quiet", "main")
    workspace.git("merge", "--quiet", "--no-ff", "--no-edit", "0003_b")
    workspace.push("main")
    workspace.push(":0003_b")
    assert told("collision.ended") == []


def test_a_deleted_branch_ends_its_collisions(collide, workspace, developer):
    workspace.push(":0003_b")
    (mail,) = Delivery.objects.filter(kind="collision.ended", recipient=developer)
    assert mail.payload["path"].endswith("/branch/0002_a/")


def test_a_branch_that_does_not_replay_meets_the_default_branch_only(push):
    push("0002_a", "alter table users add column a int;\n")
    push("0003_b", "alter table users add column;\n")
    assert {pair for pair in pairs() if "0003_b" in pair} == {("main", "0003_b")}


def test_deleted_branches_meet_nobody(push, workspace):
    push("0002_a", "alter table users add column a int;\n")
    push("0003_b", "alter table users add column b int;\n")
    workspace.push(":0002_a")
    assert pairs() == {("main", "0003_b")}
    assert not Footprint.objects.filter(branch__name="0002_a").exists()


def test_the_default_branch_moves_all_its_meetings_and_holds_what_was_merged(push, workspace, judge):
    push("0002_a", "alter table users add column a int;\n")
    push("0003_b", "alter table users add column b int;\n")
    workspace.git("switch", "--quiet", "main")
    workspace.git("merge", "--quiet", "--no-ff", "--no-edit", "0002_a")
    judge(workspace.push("main"), "main")
    default = Branch.objects.get(name="main")
    assert pairs() == {("main", "0002_a"), ("main", "0003_b")}
    meeting = Meeting.objects.get(ours=default, theirs__name="0003_b")
    assert meeting.ours_commit == default.head
    merge_meeting(meeting.pk)
    meeting.refresh_from_db()
    assert meeting.merge.outcome == Outcome.CLEAN


def test_a_name_that_the_default_branch_gave_since_is_known(push, workspace, judge):
    push("0003_b", "alter table users alter email type varchar(20);\n")
    workspace.git("switch", "--quiet", "main")
    workspace.commit({"migrations/0002_people.up.sql": "alter table users rename to people;\n"})
    judge(workspace.push("main"), "main")
    worker_radar.chart(Branch.objects.get(name="0003_b").pk)
    push("0004_c", "alter table people alter email type varchar(30);\n", start="main")
    assert ("0003_b", "0004_c") in pairs()


def test_a_branch_that_edits_what_had_landed_meets_all(push, workspace, judge):
    push("0002_a", "create table a (id int);\n")
    workspace.switch("0003_b", "main")
    workspace.commit({"migrations/0001_users.up.sql": "create table users (id bigint primary key);\n"})
    judge(workspace.push("0003_b"), "0003_b")
    assert ("0002_a", "0003_b") in pairs()


def test_a_chart_that_comes_late_changes_nothing(push):
    branch = push("0002_a", "create table a (id int);\n")
    kept = Footprint.objects.get(branch=branch)
    branch.head = "0" * 40
    assert radar.chart(branch, "", worker_radar.Footprint(everything="late")) == []
    kept.refresh_from_db()
    assert not kept.everything


def test_a_proposal_says_with_whom_else_its_branch_collides(collide, signed_in, viewer, developer):
    open_proposal(developer, Branch.objects.get(name="0002_a"), "Short")
    page = signed_in(viewer).get("/acme/shop/proposals/1/checks/").content.decode()
    assert "Collides with <a" in page
    assert "0003_b" in page
