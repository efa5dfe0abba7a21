"""Threads of comments: what belongs together, who settles it, and what a policy makes of it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction

from apps.accounts.errors import RefusedError
from apps.notices.models import Delivery
from apps.proposals.actions import policing
from apps.proposals.actions.commenting import change_comment, comment, delete_comment, settle_thread
from apps.proposals.actions.lifecycle import edit
from apps.proposals.actions.reviewing import is_ready
from apps.proposals.actions.subscribing import set_subscription
from apps.proposals.models import Comment

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/acme/shop/proposals/1/"
API = "/api/v1/teams/acme/projects/shop/proposals/1/comments/"
TABLE, COLUMN = "table public.users", "column public.users.name"


def text(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def missing(proposal):
    with transaction.atomic():
        return is_ready(proposal).missing


@pytest.fixture
def merged(proposal, run_meetings):
    run_meetings()
    return proposal


def test_what_is_said_about_one_object_goes_on_until_it_is_resolved(merged, developer, owner):
    first = comment(owner, merged, "Why?", address=TABLE)
    second = comment(developer, merged, "Because.", address=TABLE)
    assert second.thread == first
    assert comment(owner, merged, "And this?", address=COLUMN).thread is None
    assert comment(owner, merged, "By the way").thread is comment(owner, merged, "Hm").thread is None
    settle_thread(developer, second, True)
    first.refresh_from_db()
    assert (first.is_resolved, first.resolved_by) == (True, developer)
    with pytest.raises(RefusedError, match="is resolved; open it again"):
        comment(owner, merged, "But", thread=second.pk)
    assert comment(owner, merged, "Another thing", address=TABLE).thread is None
    settle_thread(owner, first, False)
    answer = comment(owner, merged, "But", thread=second.pk)
    assert (answer.thread, answer.address) == (first, TABLE)


def test_settling_twice_leaves_one_line(merged, developer, owner):
    said = comment(owner, merged, "Why?", address=TABLE)
    for _ in range(2):
        settle_thread(developer, said, True)
    settle_thread(owner, said, False)
    told = merged.events.filter(kind__startswith="thread_").values_list("kind", "actor__name")
    assert list(told) == [("thread_resolved", "Dora"), ("thread_reopened", "Olga")]
    with pytest.raises(RefusedError, match="has no comment 999999"):
        comment(owner, merged, "x", thread=999_999)


def test_pages_fold_what_is_resolved(merged, developer, owner, viewer, signed_in):
    first = comment(owner, merged, "Why?", address=TABLE)
    comment(developer, merged, "Because.", thread=first.pk)
    general = comment(owner, merged, "Nice")
    browser = signed_in(developer)
    settle = f"{PAGE}comments/{first.pk}/thread/"
    assert f'action="{settle}"' in text(browser, PAGE)
    assert "Comment on <bdi>" not in text(browser, PAGE)
    assert "resolved by" not in text(browser, PAGE)
    answer = browser.post(settle, {"resolved": "yes", "back": PAGE})
    assert (answer.status_code, answer.url) == (302, f"{PAGE}#thread-{first.pk}")
    for path in (PAGE, f"{PAGE}discussion/"):
        page = text(browser, path)
        assert "2 comments, resolved by <bdi>Dora</bdi>" in page
        fold = page[page.index("thread-resolved") :]
        assert fold.index("Why?") < fold.index("Because.") < fold.index("Open again")
    assert "resolved the thread about table public.users" in page
    assert f'action="{PAGE}comments/{general.pk}/thread/"' in page
    assert settle not in text(signed_in(viewer), PAGE)


def test_who_may_settle(merged, developer, owner, viewer, stranger, signed_in):
    said = comment(owner, merged, "Why?", address=TABLE)
    path = f"{PAGE}comments/{said.pk}/thread/"
    assert signed_in(viewer).post(path, {"resolved": "yes"}).status_code == 403
    assert signed_in(stranger).post(path, {"resolved": "yes"}).status_code == 404
    assert signed_in(developer).get(path).status_code == 405
    assert not Comment.objects.get(pk=said.pk).is_resolved


def test_the_api_settles_and_answers(merged, developer, owner, viewer, api):
    said = comment(owner, merged, "Why?", address=TABLE)
    asks = api(developer, "write")
    answer = asks.post(API, {"body": "So.", "thread": said.pk}, format="json")
    assert (answer.status_code, answer.json()["thread"], answer.json()["address"]) == (201, said.pk, TABLE)
    done = asks.put(f"{API}{answer.json()['id']}/thread/", {"resolved": True}, format="json")
    assert done.status_code == 200
    assert (done.json()["id"], done.json()["resolved_by"]["name"]) == (said.pk, "Dora")
    refused = asks.post(API, {"body": "But", "thread": said.pk}, format="json")
    assert refused.status_code == 409
    for wrong in ({}, {"resolved": "perhaps"}):
        assert asks.put(f"{API}{said.pk}/thread/", wrong, format="json").status_code == 400
    put = api(viewer, "write").put(f"{API}{said.pk}/thread/", {"resolved": False}, format="json")
    assert put.status_code == 403


def test_a_policy_can_want_threads_resolved(merged, project, developer, owner):
    policing.change_policy(owner, project, approvals=0, required_checks=["threads"])
    assert missing(merged) == ()
    comment(owner, merged, "General remarks hold up nothing.")
    first = comment(owner, merged, "Why?", address=TABLE)
    answer = comment(developer, merged, "Because.", thread=first.pk)
    other = comment(owner, merged, "And?", address=COLUMN)
    assert missing(merged) == ("Threads resolved: 2 are not",)
    delete_comment(owner, first)
    assert missing(merged) == ("Threads resolved: 2 are not",)
    delete_comment(owner, other)
    assert missing(merged) == ("Threads resolved: 1 is not",)
    settle_thread(developer, answer, True)
    assert missing(merged) == ()


def test_what_was_said_before_threads_were_known_is_gathered(merged, owner):
    said = [comment(owner, merged, str(number), address=TABLE) for number in range(3)]
    Comment.objects.update(thread=None)
    general = comment(owner, merged, "Hm")
    import_module("apps.proposals.migrations.0009_old_threads").gather(apps, connection.schema_editor())
    threads = dict(Comment.objects.values_list("id", "thread"))
    assert threads == {said[0].pk: None, said[1].pk: said[0].pk, said[2].pk: said[0].pk, general.pk: None}


def mails():
    found = Delivery.objects.filter(kind="comment", recipient__isnull=False).order_by("id")
    return [(each.recipient.name, each.payload["subject"], each.payload["text"]) for each in found]


def test_whom_an_edit_names_hears_of_it(proposal, developer, owner, maintainer):
    said = comment(developer, proposal, "Fine, @olga")
    Delivery.objects.all().delete()
    change_comment(developer, said, "Fine, @olga and @mark")
    change_comment(developer, said, "Fine, @olga and @mark.")
    assert mails() == [("Mark", "Dora names you in a comment on #1 Add 0002_name", "Fine, @olga and @mark")]
    delete_comment(developer, said)
    assert "@mark" not in str([event.data for event in proposal.events.all()])


def test_an_edit_tells_nobody_who_had_enough(proposal, developer, maintainer):
    set_subscription(maintainer, proposal, False)
    said = comment(developer, proposal, "Fine")
    change_comment(developer, said, "Fine @mark")
    assert mails() == []


def test_whom_a_changed_description_names_hears_of_it(proposal, developer, owner, maintainer):
    edit(developer, proposal, title=proposal.title, description="For @mark")
    edit(developer, proposal, title=proposal.title, description="For @mark, soon")
    assert mails() == [("Mark", "Dora names you in #1 Add 0002_name", "For @mark")]
