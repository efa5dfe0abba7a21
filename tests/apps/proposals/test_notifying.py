"""What happens to branches and proposals reaches who it concerns, once."""

import pytest

from apps.checks.models import Verdict
from apps.merges.models import Meeting
from apps.notices import actions as notices
from apps.notices.models import Delivery
from apps.proposals.actions.commenting import comment
from apps.proposals.actions.lifecycle import close, subscribe
from apps.proposals.actions.subscribing import set_subscription
from worker.judging import judge_push, judge_verdict
from worker.merging import merge_meeting

pytestmark = pytest.mark.django_db(transaction=True)


def mails(kind):
    found = Delivery.objects.filter(kind=kind, recipient__isnull=False).select_related("recipient")
    return [(each.recipient.email, each.payload["subject"]) for each in found]


def run_meetings():
    for meeting in Meeting.objects.filter(state="waiting"):
        merge_meeting(meeting.pk)


def test_followers_hear_of_a_proposal_but_not_who_acts(proposal, developer, owner, maintainer):
    assert mails("proposal.opened") == []
    subscribe(proposal, maintainer)
    close(owner, proposal, because="Not needed.")
    assert sorted(email for email, _ in mails("proposal.closed")) == sorted(
        [developer.email, maintainer.email]
    )
    assert Delivery.objects.first().payload["text"] == "Not needed."


def test_who_is_named_hears_of_it_and_of_what_comes_after(proposal, developer, maintainer, owner, viewer):
    text = "@mark, see `@olga` and a@viv.example.com\n\n```\n@viv\n```\n@nobody @mark"
    said = comment(developer, proposal, text)
    assert [email for email, _ in mails("comment")] == [maintainer.email]
    comment(owner, proposal, "Fine.")
    assert sorted(email for email, _ in mails("comment")) == sorted(
        [maintainer.email, maintainer.email, developer.email]
    )
    assert said.body == text


def test_who_is_named_in_the_description_hears_that_it_is_open(propose, developer, maintainer):
    propose(description="For @maintainers.")
    assert maintainer.email in [email for email, _ in mails("proposal.opened")]


def test_who_had_enough_is_not_told_by_being_named(proposal, developer, maintainer):
    set_subscription(maintainer, proposal, False)
    comment(developer, proposal, "@mark!")
    assert mails("comment") == []


def test_a_webhook_gets_every_proposal(shop, owner, propose):
    notices.add_webhook(owner, shop.project, "https://chat.example.com/", ["proposal.opened"])
    propose()
    told = Delivery.objects.get().payload
    assert told["data"]["proposal"] == 1
    assert told["path"] == "/acme/shop/proposals/1/"


def test_a_collision_is_told_once_and_so_is_its_end(shop, propose, developer):
    propose("0002_mail", "alter table users alter email type varchar(100);\n")
    shop.switch("0003_mail", "main")
    shop.commit({"migrations/0003_mail.up.sql": "alter table users alter email type varchar(50);\n"})
    shop.push("0003_mail:main")
    proposal = developer.proposals.get()
    meeting = Meeting.objects.get(theirs=proposal.branch)
    from apps.merges.actions import request_meeting

    request_meeting(type(proposal.branch).objects.get(pk=meeting.ours_id), proposal.branch)
    run_meetings()
    assert mails("collision") == [
        (developer.email, "0002_mail collides with main on column public.users.email (type)")
    ]
    meeting.refresh_from_db()
    request_meeting(meeting.ours, meeting.theirs, again=True)
    run_meetings()
    assert len(mails("collision")) == 1
    shop.git("switch", "--quiet", "0002_mail")
    shop.commit({"migrations/0002_mail.up.sql": "alter table users add column phone text;\n"})
    shop.push("0002_mail", by=developer)
    run_meetings()
    assert mails("collision.ended") == [(developer.email, "0002_mail and main no longer collide")]


def test_a_failed_check_is_told_once(shop, push_branch, developer):
    branch = push_branch("0002_bad", "alter table nowhere add column a int;\n", by=developer)
    for push in shop.project.pushes.order_by("id"):
        judge_push(push.pk)
    assert len(mails("check.failed")) == 1
    from apps.checks.actions import request_verdict

    again = request_verdict(branch, branch.head, again=True)
    judge_verdict(again.pk)
    assert Verdict.objects.filter(branch=branch).count() == 2
    assert len(mails("check.failed")) == 1
