"""Opening, changing and ending proposals, and what becomes of them when branches move."""

import pytest

from apps.accounts.errors import RefusedError
from apps.merges.models import Meeting
from apps.proposals.access import find_proposal, meeting_of
from apps.proposals.actions import lifecycle
from apps.proposals.actions.following import meet_proposals
from apps.proposals.models import Proposal
from apps.repositories.models import Branch


def kinds(proposal):
    return [event.kind for event in proposal.events.all()]


def fresh(proposal):
    return find_proposal(proposal.project, proposal.number)


def test_a_proposal_is_numbered_noted_and_merged(proposal, developer):
    assert (proposal.number, proposal.state, proposal.title) == (1, "open", "Add 0002_name")
    assert kinds(proposal) == ["opened"]
    assert [s.user for s in proposal.subscriptions.all()] == [developer]
    meeting = meeting_of(proposal)
    assert (meeting.ours.name, meeting.theirs.name, meeting.state) == ("main", "0002_name", "waiting")
    assert proposal.base == meeting.ours_commit


def test_what_can_not_be_proposed_is_refused_by_name(proposal, shop, developer):
    main = Branch.objects.get(name="main")
    with pytest.raises(RefusedError, match="main is the default branch"):
        lifecycle.open_proposal(developer, main, "x")
    with pytest.raises(RefusedError, match="proposed already, as #1"):
        lifecycle.open_proposal(developer, proposal.branch, "x")
    shop.push("main:refs/heads/same")
    with pytest.raises(RefusedError, match="Everything of same is on main already"):
        lifecycle.open_proposal(developer, Branch.objects.get(name="same"), "x")
    shop.push(":refs/heads/same")
    with pytest.raises(RefusedError, match="The branch same is deleted"):
        lifecycle.open_proposal(developer, Branch.objects.get(name="same"), "x")
    assert Proposal.objects.count() == 1


def test_pushes_move_it_and_force_pushes_are_shown(proposal, shop, developer):
    first = proposal.head
    shop.commit({"README.md": "More.\n"}, "Say more")
    shop.push("0002_name", by=developer)
    shop.git("commit", "--quiet", "--amend", "--message", "Say it better")
    shop.push("0002_name", by=developer)
    now = fresh(proposal)
    assert kinds(now) == ["opened", "pushed", "pushed"]
    plain, forced = [event.data for event in now.events.filter(kind="pushed")]
    assert (plain["before"], plain["forced"], plain["count"]) == (first, False, 1)
    assert [c["subject"] for c in plain["commits"]] == ["Say more"]
    assert (forced["forced"], forced["after"]) == (True, now.head)
    assert meeting_of(now).theirs_commit == now.head == now.branch.head


def test_closed_with_its_branch_and_opened_again(proposal, shop, developer):
    shop.push(":refs/heads/0002_name", by=developer)
    assert (fresh(proposal).state, kinds(proposal)) == ("closed", ["opened", "closed"])
    with pytest.raises(RefusedError, match="is closed already"):
        lifecycle.close(developer, proposal)
    with pytest.raises(RefusedError, match="is deleted"):
        lifecycle.reopen(developer, proposal)
    shop.push("0002_name", by=developer)
    assert lifecycle.reopen(developer, proposal).state == "open"
    with pytest.raises(RefusedError, match="only a closed proposal"):
        lifecycle.reopen(developer, proposal)
    assert kinds(proposal) == ["opened", "closed", "reopened"]


def test_one_that_came_to_main_by_a_plain_push_is_merged(proposal, shop, owner):
    shop.push("0002_name:refs/heads/main", by=owner)
    now = fresh(proposal)
    assert (now.state, now.merged_commit) == ("merged", now.head)
    assert now.events.last().data == {"commit": now.head, "by_push": True}
    assert now.events.last().actor == owner


def test_one_that_was_emptied_is_not_taken_for_merged(proposal, shop, owner):
    shop.push("main:refs/heads/0002_name")
    shop.git("switch", "--quiet", "main")
    shop.commit({"README": "x"})
    shop.push("main", by=owner)
    assert fresh(proposal).state == "open"


def test_it_meets_a_default_branch_that_has_moved(proposal, shop, owner):
    shop.git("switch", "--quiet", "main")
    head = shop.commit({"migrations/0003_other.up.sql": "create table other (id int);\n"})
    shop.push("main", by=owner)
    assert meet_proposals(proposal.project) == 1
    assert meet_proposals(proposal.project) == 0
    assert fresh(proposal).base == meeting_of(proposal).ours_commit == head
    assert Meeting.objects.count() == 1


def test_edits_leave_lines_only_where_something_changed(proposal, developer):
    lifecycle.edit(developer, proposal, title="Names", description="Why")
    lifecycle.edit(developer, proposal, title="Names", description="Why")
    lifecycle.set_draft(developer, proposal, True)
    lifecycle.set_draft(developer, proposal, True)
    lifecycle.set_draft(developer, proposal, False)
    assert kinds(proposal) == ["opened", "renamed", "described", "drafted", "readied"]
    assert proposal.events.get(kind="renamed").data == {"before": "Add 0002_name", "after": "Names"}


def test_numbers_count_within_the_project(proposal, propose):
    assert propose("0003_more", "create table more (id int);\n").number == 2
