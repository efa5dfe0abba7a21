"""The Checks tab and the policy page: who sees what, and who may do what."""

import pytest
from django.urls import reverse

from apps.proposals.access import meeting_of
from apps.proposals.actions import lifecycle, policing
from apps.proposals.models import Answer, Bypass, Policy, Review, ReviewRequest
from apps.repositories.models import Branch

POLICY = {
    "approvals": "2",
    "risky_approvals": "3",
    "large_rows": "5000",
    "large_megabytes": "7",
    "required_checks": ["replay"],
    "bypass_role": "40",
    "owners": "table public.users -> @mark\r\n",
    "version": "1",
}


@pytest.fixture
def merged(transactional_db, owner, maintainer, viewer, propose, run_meetings, project):
    policing.change_policy(owner, project, required_checks=[])
    found = propose()
    run_meetings()
    return found


def url(proposal, name="proposal-checks", **more):
    kwargs = {"team_slug": "acme", "project_slug": "shop", "number": proposal.number, **more}
    return reverse(name, kwargs=kwargs)


def hash_of(proposal):
    return meeting_of(proposal).result.change_hash


def test_the_story_of_one_approval(
    merged, signed_in, owner, maintainer, developer, viewer, stranger, django_assert_max_num_queries
):
    browser = signed_in(maintainer)
    with django_assert_max_num_queries(23):
        page = browser.get(url(merged))
    assert b"Not ready yet" in page.content
    assert b"0 of 1" in page.content
    assert hash_of(merged).encode() in page.content
    approval = {"answer": "approve", "change_hash": hash_of(merged), "body": "Good & <b>clear</b>"}
    assert signed_in(viewer).post(url(merged, "proposal-review"), approval).status_code == 403
    assert signed_in(stranger).post(url(merged, "proposal-review"), approval).status_code == 404
    refused = signed_in(developer).post(url(merged, "proposal-review"), approval)
    assert (refused.status_code, Review.objects.count()) == (400, 0)
    assert b"lets nobody approve their own work" in refused.content
    stale = {**approval, "change_hash": "0" * 64}
    again = signed_in(maintainer).post(url(merged, "proposal-review"), stale)
    assert (again.status_code, Review.objects.count()) == (400, 0)
    assert b"Good &amp; &lt;b&gt;clear" in again.content

    assert signed_in(maintainer).post(url(merged, "proposal-review"), approval).status_code == 302
    page = signed_in(viewer).get(url(merged))
    assert b"Ready to land" in page.content
    assert b"<b>clear" not in page.content
    assert signed_in(stranger).get(url(merged)).status_code == 404


def test_a_wrong_answer_is_said(merged, signed_in, maintainer):
    page = signed_in(maintainer).post(url(merged, "proposal-review"), {"answer": "bless"})
    assert page.status_code == 400
    assert b"bless is not one of the available choices" in page.content
    assert signed_in(maintainer).get(url(merged, "proposal-review")).status_code == 405


def test_dismissing_asking_and_withdrawing(merged, signed_in, owner, maintainer, developer, viewer):
    given = Review.objects.create(
        proposal=merged, author=owner, answer=Answer.APPROVE, change_hash=hash_of(merged), head=merged.head
    )
    address = url(merged, "review-dismiss", review_id=given.pk)
    assert signed_in(developer).post(address, {"because": "No"}).status_code == 403
    assert signed_in(maintainer).post(address, {"because": ""}).status_code == 302
    given.refresh_from_db()
    assert given.dismissed_at is None
    signed_in(maintainer).post(address, {"because": "It was for something else."})
    given.refresh_from_db()
    assert given.dismissed_because == "It was for something else."

    signed_in(developer).post(url(merged, "review-ask"), {"user": str(owner.pk)})
    signed_in(developer).post(url(merged, "review-ask"), {"user": str(owner.pk)})
    assert signed_in(developer).post(url(merged, "review-ask"), {"user": "no"}).status_code == 404
    signed_in(developer).post(url(merged, "review-ask"), {"user": str(viewer.pk)})
    request = ReviewRequest.objects.get()
    assert (request.user, request.by) == (owner, developer)
    assert b">asked<" in signed_in(viewer).get(url(merged)).content
    signed_in(developer).post(url(merged, "review-withdraw", request_id=request.pk))
    assert not ReviewRequest.objects.exists()


def test_a_bypass_needs_the_right_and_a_reason(merged, signed_in, owner, maintainer, developer):
    sent = {"reason": "Production is down", "change_hash": hash_of(merged)}
    assert b"Bypass the policy" not in signed_in(maintainer).get(url(merged)).content
    assert signed_in(developer).post(url(merged, "proposal-bypass"), sent).status_code == 403
    assert signed_in(maintainer).post(url(merged, "proposal-bypass"), sent).status_code == 400
    assert signed_in(owner).post(url(merged, "proposal-bypass"), {**sent, "reason": " "}).status_code == 400
    assert not Bypass.objects.exists()
    assert signed_in(owner).post(url(merged, "proposal-bypass"), sent).status_code == 302
    page = signed_in(developer).get(url(merged)).content
    assert b"policy bypassed" in page
    assert b"Production is down" in page


@pytest.mark.django_db
def test_the_policy_page(project, signed_in, owner, maintainer, developer, stranger, settings, tmp_path):
    settings.REPOSITORIES = tmp_path
    address = "/acme/shop/settings/policy/"
    assert signed_in(developer).get(address).status_code == 403
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(maintainer).get(address).status_code == 200
    assert signed_in(maintainer).post(address, POLICY).status_code == 302
    saved = Policy.objects.get()
    assert (saved.approvals, saved.risky_approvals, saved.self_approval) == (2, 3, False)
    assert saved.owners == "table public.users -> @mark"
    late = signed_in(owner).post(address, {**POLICY, "approvals": "0"})
    assert late.status_code == 400
    assert b"Somebody else has changed the policy" in late.content
    wrong = signed_in(owner).post(address, {**POLICY, "version": "2", "owners": "table users"})
    assert b"Line 1: expected" in wrong.content
    unknown = {**POLICY, "version": "2", "owners": "table * -> @nobody-here"}
    signed_in(owner).post(address, unknown)
    assert b"@nobody-here is no member who may review" in signed_in(owner).get(address).content


def test_the_policy_page_shows_the_file(shop, signed_in, owner):
    shop.commit({"braid.toml": '[policy]\napprovals = 3\nbypass = "nobody"\n'})
    shop.push("main")
    assert Branch.objects.get(name="main")
    page = signed_in(owner).get("/acme/shop/settings/policy/").content
    assert b"at least 3" in page
    assert b"nobody, or fewer" in page


def test_what_has_ended_needs_nothing(merged, signed_in, developer):
    lifecycle.close(developer, merged)
    page = signed_in(developer).get(url(merged)).content
    assert b"It needs nothing any more" in page
    assert b"0 of 1" not in page
    assert b"none found" in page
    assert b"Your review" not in page
