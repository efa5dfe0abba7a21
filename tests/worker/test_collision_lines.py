"""The lines on collisions that a pusher reads, once workers have merged."""

import pytest

from apps.githost.remarks import on_verdicts
from apps.merges.models import Meeting
from worker.merging import merge_meeting


@pytest.fixture
def push_branch(workspace, main, judge, developer):
    def pushed(name, sql):
        workspace.switch(name, "main")
        workspace.commit({f"migrations/{name}.up.sql": sql})
        push = workspace.push(name, by=developer)
        judge(push, name)
        return push

    return pushed


def test_a_pusher_hears_with_whom_the_branch_collides(push_branch):
    push_branch("0002_a", "alter table users alter email type varchar(100);\n")
    push = push_branch("0003_b", "alter table users alter email type varchar(200);\n")
    first = on_verdicts(push, set())
    assert first.lines[0].startswith("0003_b: replay ok")
    assert first.awaited == "Merges with other branches are still running."
    for meeting in Meeting.objects.all():
        merge_meeting(meeting.pk)
    second = on_verdicts(push, set(first.told))
    assert second.lines == ("0003_b: collides with 0002_a (Dora) on column public.users.email (type)",)
    assert second.awaited == ""
    assert on_verdicts(push, set(first.told | second.told)).lines == ()


def test_what_only_the_default_branch_did_is_told_once(workspace, push_branch, judge):
    push_branch("0002_a", "alter table users alter email type varchar(100);\n")
    workspace.git("switch", "--quiet", "main")
    workspace.commit({"migrations/0004_m.up.sql": "alter table users alter email type varchar(300);\n"})
    judge(workspace.push("main"))
    push = push_branch("0005_b", "alter table users add column more int;\n")
    for meeting in Meeting.objects.all():
        merge_meeting(meeting.pk)
    assert Meeting.objects.filter(ours__name="0002_a", merge__outcome="conflict").count() == 1
    assert [line for line in on_verdicts(push, set()).lines if "collides" in line] == []
