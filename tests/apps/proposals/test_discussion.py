"""Comments, labels, subscriptions and the timeline: rules of the actions, then of the pages."""

import pytest

from apps.accounts.errors import RefusedError
from apps.proposals.access import find_proposal, search_proposals
from apps.proposals.actions import lifecycle
from apps.proposals.actions.commenting import change_comment, comment, delete_comment
from apps.proposals.actions.labelling import set_labels
from apps.proposals.actions.subscribing import set_subscription
from apps.proposals.models import Comment
from tests.cast import make_member

PAGE = "/acme/shop/proposals/1/"


def text(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_comment_stays_with_its_object_over_later_pushes(
    proposal, run_meetings, shop, developer, owner, signed_in
):
    with pytest.raises(RefusedError, match=r"table public.users is not among the changes of #1"):
        comment(owner, proposal, "Why?", address="table public.users")
    run_meetings()
    about_table = comment(owner, proposal, "Why **this**?", address="table public.users")
    comment(owner, proposal, "And that?", address="column public.users.name")
    shop.commit({"migrations/0003_more.up.sql": "alter table users rename to people;\n"})
    shop.push("0002_name", by=developer)
    run_meetings()
    page = text(signed_in(developer), PAGE)
    thread = page[page.index('class="thread"') :]
    assert "Why <strong>this</strong>?" in thread
    assert "And that?" in thread
    assert "of an older push" in thread
    shop.git("reset", "--hard", "--quiet", "HEAD~2")
    shop.commit({"migrations/0002_other.up.sql": "create table other (id int);\n"})
    shop.push("0002_name", by=developer)
    run_meetings()
    page = text(signed_in(developer), PAGE)
    assert page.index("About what is changed no more") < page.index("And that?")
    assert comment(developer, proposal, "Gone now.", address=about_table.address).pk


def test_who_comments_hears_of_it_unless_muted(proposal, owner, maintainer):
    comment(owner, proposal, "One")
    set_subscription(maintainer, proposal, False)
    comment(maintainer, proposal, "Two")
    heard = {s.user: s.muted for s in proposal.subscriptions.all()}
    assert (heard[owner], heard[maintainer]) == (False, True)


def test_what_is_deleted_is_gone_and_that_it_was_stays(proposal, developer):
    said = comment(developer, proposal, "secret")
    change_comment(developer, said, "secret too")
    delete_comment(developer, said)
    with pytest.raises(RefusedError, match="is deleted"):
        change_comment(developer, said, "again")
    said.refresh_from_db()
    assert (said.body, said.deleted_at is not None, said.edited_at is not None) == ("", True, True)
    lines = {event.kind: event.data for event in proposal.events.all()}
    assert "secret" not in str(lines)
    assert set(lines) == {"opened", "commented", "comment_changed", "comment_deleted"}


def test_labels_are_made_as_they_are_named(proposal, developer, propose):
    set_labels(developer, proposal, ["risky ", "billing", "billing", ""])
    set_labels(developer, proposal, ["billing"])
    set_labels(developer, proposal, ["billing"])
    other = propose("0003_more", "create table more (id int);\n")
    data = [event.data for event in proposal.events.filter(kind="labelled")]
    assert data == [{"added": ["billing", "risky"], "removed": []}, {"added": [], "removed": ["risky"]}]
    for wrong in (["a,b"], ["x" * 51], [f"l{n}" for n in range(21)]):
        with pytest.raises(RefusedError):
            set_labels(developer, proposal, wrong)
    assert list(search_proposals(proposal.project, label="billing")) == [proposal]
    assert list(search_proposals(proposal.project, query="more")) == [other]
    assert list(search_proposals(proposal.project, query="#2")) == [other]
    assert list(search_proposals(proposal.project, author=developer.email)) == [other, proposal]


def test_the_page_says_all_that_happened(proposal, shop, developer, owner, signed_in):
    lifecycle.edit(owner, proposal, title="Names <b>", description="*Why*, and\n\n```sql\nselect 1;\n```")
    set_labels(owner, proposal, ["risky"])
    comment(owner, proposal, "<script>alert(1)</script> [x](javascript:alert(1))")
    shop.git("commit", "--quiet", "--amend", "--message", "Another <i>")
    shop.push("0002_name", by=developer)
    lifecycle.close(developer, proposal)
    page = text(signed_in(owner), PAGE + "discussion/")
    for said in (
        "proposed this",
        "changed the title from “Add 0002_name” to “Names &lt;b&gt;”",
        "added the label risky",
        "force-pushed the branch",
        "Another &lt;i&gt;",
        "closed it",
        "<em>Why</em>",
        '<span class="k">select</span>',
        "&lt;script&gt;",
    ):
        assert said in page, said
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_roles_on_every_form(proposal, signed_in, developer, viewer, maintainer, stranger, team):
    from apps.teams.models import Role

    said = comment(developer, proposal, "Mine")
    other = make_member(team, "Dan", Role.DEVELOPER).user
    one = f"{PAGE}comments/{said.pk}/"
    sent = {"body": "x", "verb": "close", "title": "t", "chosen": [], "subscribed": "yes"}
    for path in ("comments/", "edit/", "state/", "labels/", f"comments/{said.pk}/"):
        assert signed_in(viewer).post(PAGE + path, sent).status_code == 403, path
        assert signed_in(stranger).post(PAGE + path, sent).status_code == 404, path
    for path in ("comments/", "state/", "labels/", "subscription/", f"comments/{said.pk}/delete/"):
        assert signed_in(developer).get(PAGE + path).status_code == 405, path
    assert signed_in(viewer).post(PAGE + "subscription/", sent).status_code == 302
    assert signed_in(other).post(one, {"body": "Yours"}).status_code == 403
    assert signed_in(other).post(one + "delete/").status_code == 403
    assert signed_in(maintainer).post(one, {"body": "Yours"}).status_code == 403
    assert signed_in(developer).get(one).status_code == 200
    assert signed_in(developer).post(one, {"body": " "}).status_code == 400
    assert signed_in(developer).post(one, {"body": "Better"}).status_code == 302
    assert signed_in(maintainer).post(one + "delete/").status_code == 302
    assert signed_in(maintainer).post(one + "delete/").status_code == 404
    assert signed_in(developer).post(PAGE + "state/", {"verb": "burn"}).status_code == 400


def test_forms_lead_back_to_the_page_that_they_were_on(proposal, signed_in, developer):
    browser = signed_in(developer)
    sent = {"body": "Hello", "back": PAGE + "?page=2"}
    answer = browser.post(PAGE + "comments/", sent)
    assert answer.headers["Location"] == f"{PAGE}?page=2#comment-{Comment.objects.get().pk}"
    elsewhere = browser.post(PAGE + "subscription/", {"subscribed": "no", "back": "https://evil.example/"})
    assert elsewhere.headers["Location"] == PAGE + "discussion/"
    wrong = browser.post(PAGE + "comments/", {"body": "Kept text", "address": "table public.none"})
    assert wrong.status_code == 400
    assert "Kept text" in wrong.content.decode()


def test_buttons_move_the_state(proposal, signed_in, developer):
    browser = signed_in(developer)
    for verb, state, draft in (
        ("draft", "open", True),
        ("ready", "open", False),
        ("close", "closed", False),
        ("close", "closed", False),
        ("reopen", "open", False),
    ):
        assert browser.post(PAGE + "state/", {"verb": verb}).status_code == 302
        now = find_proposal(proposal.project, 1)
        assert (now.state, now.is_draft) == (state, draft), verb
