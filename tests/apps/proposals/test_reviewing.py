"""Reviews from a push to the answer whether it may land, with real merges."""

import pytest
from django.db import transaction

from apps.accounts.errors import RefusedError
from apps.checks.actions import request_verdict
from apps.checks.models import Verdict
from apps.merges.models import Meeting
from apps.projects.actions import change_project
from apps.proposals.access import meeting_of
from apps.proposals.actions import policing, reviewing
from apps.proposals.actions.following import meet_proposals
from apps.proposals.actions.lifecycle import close, open_proposal, reopen, set_draft
from apps.proposals.models import Answer, Event, Review, ReviewRequest
from apps.repositories.models import Push
from apps.teams.models import AuditEntry, Membership, Role
from sandbox.binaries import versions
from worker.judging import judge_push, judge_verdict

OWNERS = "table public.users -> @mark\ntable public.billing* -> olga@example.com\n"
ADD_NAME = "alter table users add column name text;\n"


@pytest.fixture(autouse=True)
def _real(transactional_db):
    """A worker's transaction is one of its own."""


@pytest.fixture
def cast(owner, maintainer, developer, viewer):
    """The whole team."""


@pytest.fixture
def merged(cast, propose, run_meetings, project):
    """A proposal by `developer` that was merged, in a project whose policy asks for one approval and no verdict."""
    policing.change_policy(Membership.objects.get(role=Role.OWNER).user, project, required_checks=[])
    found = propose("0002_name", ADD_NAME)
    run_meetings()
    return found


def change(proposal):
    return meeting_of(proposal).result.change_hash


def approve(user, proposal):
    return reviewing.review(user, proposal, Answer.APPROVE, change_hash=change(proposal))


def ready(proposal):
    with transaction.atomic():
        return reviewing.is_ready(proposal)


def push(shop, proposal, sql, run_meetings, by=None, name="0002_name"):
    shop.git("switch", "--quiet", proposal.branch.name)
    shop.commit({f"migrations/{name}.up.sql": sql})
    shop.push(proposal.branch.name, by=by)
    proposal.refresh_from_db()
    run_meetings()


def test_an_approval_makes_it_ready_and_is_bound_to_the_change(
    merged, shop, run_meetings, owner, maintainer, developer
):
    assert ready(merged).missing == ("Approvals: 0 of 1",)
    with pytest.raises(RefusedError, match="lets nobody approve their own work"):
        approve(developer, merged)
    with pytest.raises(RefusedError, match="another one since you looked"):
        reviewing.review(owner, merged, Answer.APPROVE, change_hash="0" * 64)
    given = approve(maintainer, merged)
    assert ready(merged).ready

    push(shop, merged, "-- The name.\n" + ADD_NAME, run_meetings, by=developer)
    assert ready(merged).ready
    assert Event.objects.get(kind="approvals_kept").data["names"] == ["Mark"]

    push(shop, merged, ADD_NAME + "alter table users add column age int;\n", run_meetings, by=developer)
    assert ready(merged).missing == ("Approvals: 0 of 1",)
    given.refresh_from_db()
    assert given.dismissed_because == "the change is another one now: new: column users.age added"
    asked = ReviewRequest.objects.get()
    assert (asked.user, asked.by, asked.answered_at) == (maintainer, None, None)
    told = Event.objects.get(kind="dismissed").data
    assert (told["reviewer"], len(told["changes"])) == ("Mark", 1)


def test_what_writes_rows_is_part_of_what_was_approved(merged, shop, run_meetings, maintainer):
    given = approve(maintainer, merged)
    push(shop, merged, ADD_NAME + "update users set name = 'x';\n", run_meetings)
    given.refresh_from_db()
    assert "new statement that may write rows: `update users set name = 'x'`" in given.dismissed_because


def test_owners_are_asked_and_must_agree(merged, shop, run_meetings, project, owner, maintainer):
    policing.change_policy(owner, project, owners=OWNERS)
    (missing,) = [each for each in ready(merged).unmet if each.key.startswith("owners")]
    assert [str(person) for person in missing.waits_for] == ["Mark"]
    push(shop, merged, ADD_NAME + "create table billing (id int);\n", run_meetings)
    asked = {request.user.name: request.because for request in ReviewRequest.objects.all()}
    assert asked == {"Mark": "Owners of table public.users", "Olga": "Owners of table public.billing*"}
    approve(owner, merged)
    assert [each.key for each in ready(merged).unmet] == ["owners:the project's settings:1"]
    approve(maintainer, merged)
    assert ready(merged).ready
    assert not ReviewRequest.objects.filter(answered_at=None).exists()
    push(shop, merged, ADD_NAME, run_meetings)
    again = {each.user.name: each.because for each in ReviewRequest.objects.filter(answered_at=None)}
    assert again == {
        "Mark": "Owners of table public.users",
        "Olga": "The change is another one since they approved it",
    }


def test_risk_asks_for_more(cast, propose, run_meetings, project, owner, maintainer):
    policing.change_policy(owner, project, required_checks=[], risky_approvals=2)
    proposal = propose("0002_drop", "alter table users drop column email;\n")
    run_meetings()
    approve(maintainer, proposal)
    assert ready(proposal).missing == (
        "Approvals: 1 of 2, more than 1 because of the risk (data loss, irreversible)",
    )
    approve(owner, proposal)
    assert ready(proposal).ready


def test_requested_changes_stand_until_answered_or_dismissed(merged, owner, maintainer):
    approve(owner, merged)
    asked = reviewing.review(maintainer, merged, Answer.REQUEST_CHANGES, body="Why?")
    assert ready(merged).missing == ("No changes requested: requested by Mark",)
    reviewing.dismiss(owner, asked, "Answered in the discussion.")
    assert ready(merged).ready
    with pytest.raises(RefusedError):
        reviewing.dismiss(owner, asked, "Twice.")


def test_who_left_or_may_not_review_does_not_count(merged, maintainer):
    approve(maintainer, merged)
    Membership.objects.filter(user=maintainer).update(role=Role.VIEWER)
    assert not ready(merged).ready
    Membership.objects.filter(user=maintainer).delete()
    assert not ready(merged).ready


def test_who_pushed_to_the_branch_approves_their_own_work(merged, shop, run_meetings, maintainer, owner):
    push(shop, merged, ADD_NAME + "create table x ();\n", run_meetings, by=maintainer)
    with pytest.raises(RefusedError, match="own work"):
        approve(maintainer, merged)
    approve(owner, merged)
    push(shop, merged, "-- x\n" + ADD_NAME + "create table x ();\n", run_meetings, by=owner)
    assert ready(merged).ready


def test_a_bypass_is_for_one_change_and_recorded(merged, shop, run_meetings, owner, maintainer):
    with pytest.raises(RefusedError, match="you are not among them"):
        reviewing.bypass(maintainer, merged, "Fire", change_hash=change(merged))
    reviewing.bypass(owner, merged, "Fire", change_hash=change(merged))
    found = ready(merged)
    assert found.ready
    assert (found.bypass.reason, found.bypass.missing) == ("Fire", ["Approvals: 0 of 1"])
    assert AuditEntry.objects.get(action="policy.bypass").data["reason"] == "Fire"
    set_draft(owner, merged, True)
    assert ready(merged).missing == ("Ready for review: it is a draft",)
    set_draft(owner, merged, False)
    push(shop, merged, ADD_NAME + "create table x ();\n", run_meetings)
    assert ready(merged).bypass is None


def test_braid_toml_asks_for_more_and_its_change_wants_a_maintainer(
    shop, cast, project, propose, run_meetings, developer, owner, maintainer
):
    policing.change_policy(owner, project, required_checks=[], approvals=0)
    shop.commit({"braid.toml": "[policy]\napprovals = 1\n"})
    shop.push("main")
    proposal = propose("0002_name", ADD_NAME)
    run_meetings()
    assert ready(proposal).missing == ("Approvals: 0 of 1",)
    approve(owner, proposal)
    assert ready(proposal).ready
    shop.git("switch", "--quiet", "0002_name")
    shop.commit({"braid.toml": "[policy]\napprovals = 0\n"})
    shop.push("0002_name")
    run_meetings()
    proposal.refresh_from_db()
    assert [each.key for each in ready(proposal).unmet] == ["policy-change"]
    approve(maintainer, proposal)
    assert ready(proposal).ready
    shop.commit({"braid.toml": "[policy]\napprovals = oops\n"})
    shop.push("0002_name")
    run_meetings()
    proposal.refresh_from_db()
    assert "policy-proposed" in [each.key for each in ready(proposal).unmet]


def test_a_conflict_dismisses_nothing_and_is_not_ready(merged, shop, run_meetings, maintainer):
    given = approve(maintainer, merged)
    shop.git("switch", "--quiet", "main")
    shop.commit({"migrations/0003_name.up.sql": "alter table users add column name int;\n"})
    shop.push("main")
    meet_proposals(merged.project)
    run_meetings()
    merged.refresh_from_db()
    assert ready(merged).missing == ("Merges: collides on column public.users.name (type)",)
    given.refresh_from_db()
    assert given.dismissed_at is None
    with pytest.raises(RefusedError, match="once it merges"):
        approve(maintainer, merged)


def test_settings_do_not_overwrite_each_other(project, owner):
    first = policing.change_policy(owner, project, approvals=2)
    policing.change_policy(owner, project, version=first.version, approvals=3)
    with pytest.raises(RefusedError, match="Somebody else"):
        policing.change_policy(owner, project, version=first.version, approvals=0)
    with pytest.raises(RefusedError, match="owners can't be read: line 1"):
        policing.change_policy(owner, project, owners="table x")
    changes = AuditEntry.objects.filter(action="policy.change").order_by("id")
    assert [each.data["after"] for each in changes] == [{"approvals": 2}, {"approvals": 3}]


def test_a_branch_that_was_merged_before_asks_its_owners_at_once(
    cast, push_branch, run_meetings, project, owner, developer
):
    policing.change_policy(owner, project, owners=OWNERS)
    first = open_proposal(developer, push_branch("0002_name", ADD_NAME), "First")
    run_meetings()
    ReviewRequest.objects.all().delete()
    reopen(developer, close(developer, first))
    assert ReviewRequest.objects.get().user.name == "Mark"
    assert Meeting.objects.count() == 1
    assert not Review.objects.exists()


def test_both_names_of_what_is_renamed_and_rows_ask_their_owners(
    cast, project, propose, run_meetings, owner, shop
):
    shop.commit(
        {"migrations/0002_x.up.sql": "create table billing (id int);\ncreate table notes (id int);\n"}
    )
    shop.push("main")
    policing.change_policy(
        owner,
        project,
        owners="table public.billing -> @mark\ntable public.paid -> @olga\ntable public.notes -> @mark\n",
    )
    proposal = propose("0003_paid", "alter table billing rename to paid;\nupdate notes set id = 1;\n")
    run_meetings()
    asked = [each.title for each in ready(proposal).unmet if each.key.startswith("owners:")]
    assert asked == [
        "Owners of table public.billing",
        "Owners of table public.paid",
        "Owners of table public.notes",
    ]


def test_required_checks(cast, project, propose, run_meetings, owner):
    policing.change_policy(owner, project, approvals=0, required_checks=["replay", "warnings", "order"])
    proposal = propose("0002_name", ADD_NAME)
    run_meetings()
    assert [each.key for each in ready(proposal).unmet] == ["replay", "warnings"]
    assert ready(proposal).missing[0] == "Verdict: the branch's newest commit is being judged"
    for push in Push.objects.order_by("id"):
        judge_push(push.pk)
    for waiting in Verdict.objects.filter(state="waiting").order_by("id"):
        judge_verdict(waiting.pk)
    assert ready(proposal).ready
    request_verdict(proposal.branch, proposal.head, again=True)
    assert ready(proposal).ready


def test_braid_toml_counts_where_the_change_lands(merged, shop, maintainer):
    """The row of the default branch may be behind the commit that a proved proposal lands on."""
    approve(maintainer, merged)
    shop.git("switch", "--quiet", "main")
    stricter = shop.commit({"braid.toml": "[policy]\napprovals = 2\n"})
    shop.git("push", "--quiet", str(shop.remote), "main")
    with transaction.atomic():
        merge = meeting_of(merged).result
        assert reviewing.is_ready(merged, merge=merge).ready
        assert reviewing.is_ready(merged, merge=merge, on=stricter).missing == ("Approvals: 1 of 2",)


FIX = """\
create function fix() returns void language sql as $$ update users set email = {} $$;
select fix();
drop function fix();
"""


def test_code_that_is_called_and_dropped_is_part_of_what_was_approved(merged, shop, run_meetings, maintainer):
    push(shop, merged, FIX.format("lower(email)"), run_meetings)
    given = approve(maintainer, merged)
    push(shop, merged, FIX.format("''"), run_meetings)
    given.refresh_from_db()
    assert "new statement that may write rows: `create function fix()" in given.dismissed_because
    assert not ready(merged).ready


CUT = "alter table users alter email type varchar(1);\nalter table users alter email type text;\n"


def test_what_rows_go_through_is_part_of_what_was_approved(merged, shop, run_meetings, maintainer):
    given = approve(maintainer, merged)
    push(shop, merged, ADD_NAME + CUT, run_meetings)
    merge = meeting_of(merged).result
    assert [cost["kind"] for cost in merge.risk["costs"]] == ["untold"]
    given.refresh_from_db()
    assert "alter table users alter email type varchar(1)" in given.dismissed_because
    assert not ready(merged).ready


def test_an_approval_is_for_the_postgres_that_it_saw(
    merged, shop, run_meetings, maintainer, developer, owner
):
    """Whether the branch's own braid.toml asks for another one, or the project's settings do."""
    older, newer = versions()[0], versions()[-1]
    assert older != newer
    approve(maintainer, merged)
    shop.git("switch", "--quiet", merged.branch.name)
    shop.commit({"braid.toml": f"[schema]\npostgres = {older}\n"})
    shop.push(merged.branch.name, by=developer)
    merged.refresh_from_db()
    run_meetings()
    (line,) = Event.objects.filter(proposal=merged, kind="dismissed")
    assert line.data["changes"] == [f"it is for Postgres {older}; it was for whichever Postgres Braid has"]
    assert not ready(merged).ready
    approve(maintainer, merged)
    change_project(owner, shop.project, postgres=newer)
    run_meetings()
    # What the branch asks for itself goes before the settings.
    assert ready(merged).ready
    shop.commit({"braid.toml": "# Nothing.\n"})
    shop.push(merged.branch.name, by=developer)
    run_meetings()
    again = Event.objects.filter(proposal=merged, kind="dismissed").last()
    assert again.data["changes"] == [f"it is for Postgres {newer}; it was for Postgres {older}"]
