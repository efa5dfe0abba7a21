"""The home page says first what waits for the person who looks."""

import pytest
from django.utils import timezone

from apps.merges.actions import request_meeting
from apps.merges.models import Meeting
from apps.proposals.attention import Reason, needs_of
from apps.proposals.models import Answer, Review, ReviewRequest
from worker.judging import judge_push
from worker.merging import merge_meeting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def collision(shop, propose, push_branch, maintainer):
    """#1 by the developer and a branch by the maintainer, both at users.email."""
    proposal = propose("0002_mail", "alter table users alter email type varchar(100);\n")
    other = push_branch("0003_mail", "alter table users alter email type varchar(50);\n", by=maintainer)
    request_meeting(proposal.branch, other)
    for meeting in Meeting.objects.filter(state="waiting"):
        merge_meeting(meeting.pk)
    return proposal


def test_both_sides_of_a_collision_see_it_from_their_own(collision, developer, maintainer, owner):
    (need,) = needs_of(developer)
    assert (need.reason, need.name) == (Reason.COLLISION, "0002_mail")
    assert need.text == "collides with 0003_mail on column public.users.email (type)"
    (need,) = needs_of(maintainer)
    assert (need.name, need.path) == ("0003_mail", "/acme/shop/branch/0003_mail/")
    assert needs_of(owner) == ()


def test_nothing_of_a_team_that_was_left_is_shown(collision, developer):
    developer.memberships.all().delete()
    assert needs_of(developer) == ()


def test_reviews_asked_for_and_changes_wanted(proposal, developer, maintainer):
    request = ReviewRequest.objects.create(proposal=proposal, user=maintainer, by=developer)
    (need,) = needs_of(maintainer)
    assert (need.reason, need.path) == (Reason.REVIEW, "/acme/shop/proposals/1/")
    ReviewRequest.objects.filter(pk=request.pk).update(answered_at=timezone.now())
    review = Review.objects.create(
        proposal=proposal, author=maintainer, answer=Answer.REQUEST_CHANGES, head=proposal.head
    )
    assert needs_of(maintainer) == ()
    (need,) = needs_of(developer)
    assert need.reason == Reason.CHANGES
    assert need.text == f"{maintainer.name} asks for changes"
    Review.objects.filter(pk=review.pk).update(dismissed_at=timezone.now())
    assert needs_of(developer) == ()


def test_a_check_that_fails(shop, push_branch, developer, signed_in):
    push_branch("0002_bad", "alter table nowhere add column a int;\n", by=developer)
    for push in shop.project.pushes.order_by("id"):
        judge_push(push.pk)
    (need,) = needs_of(developer)
    assert (need.reason, need.name) == (Reason.FAILED, "0002_bad")
    page = signed_in(developer).get("/").content.decode()
    assert page.index("Needs you") < page.index("0002_bad") < page.rindex("Your projects")


def test_the_home_page_costs_the_same_however_much_waits(
    collision, developer, signed_in, django_assert_max_num_queries
):
    browser = signed_in(developer)
    with django_assert_max_num_queries(14):
        assert "0002_mail" in browser.get("/").content.decode()


def test_nothing_waits(shop, owner, signed_in):
    assert "no branch of yours collides" in signed_in(owner).get("/").content.decode()
