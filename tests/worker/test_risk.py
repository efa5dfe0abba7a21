"""What is kept of a merge's cost."""

from apps.merges import actions
from apps.merges.models import Meeting
from apps.repositories.models import Branch
from worker.merging import merge_meeting

COSTLY = """\
alter table users drop column email;
alter table users alter id type int;
delete from users where id > 10;
update users set id = id + 1;
do $$ begin execute 'delete from users'; end $$;
"""
HARMLESS = """\
alter table users add column a int;
update users set a = 1;
create table other (id int);
insert into other values (1);
"""


def risk_of(workspace, branch, sql):
    workspace.switch(branch, "main")
    workspace.commit({f"migrations/0002_{branch}.up.sql": sql})
    workspace.push(branch)
    branches = Branch.objects.select_related("project")
    meeting = actions.request_meeting(branches.get(name="main"), branches.get(name=branch))
    merge_meeting(meeting.pk)
    risk = Meeting.objects.get(pk=meeting.pk).merge.risk
    return [(cost["kind"], cost["object"]) for cost in risk["costs"]], risk["written"]


def test_what_landing_costs(workspace, main):
    assert risk_of(workspace, "harmless", HARMLESS) == ([], ["table public.users"])
    assert risk_of(workspace, "costly", COSTLY) == (
        [
            ("data-loss", "column public.users.email"),
            ("data-loss", "table public.users"),
            ("irreversible", "column public.users.email"),
            ("irreversible", "column public.users.id"),
            ("irreversible", "table public.users"),
            ("may-fail", "column public.users.id"),
            ("rewrite", "column public.users.id"),
            ("untold", ""),
        ],
        ["table public.users"],
    )
