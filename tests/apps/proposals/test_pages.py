"""The pages of proposals as a browser gets them: who may see them, who may do what, and what they cost."""

from apps.merges.models import Meeting
from apps.proposals.actions.lifecycle import close

PATHS = {
    "/acme/shop/proposals/": "Add 0002_name",
    "/acme/shop/proposals/1/": "0002_name",
    "/acme/shop/proposals/1/checks/": "0002_name",
    "/acme/shop/proposals/1/discussion/": "opened",
}


def test_members_see_every_page_and_strangers_none(signed_in, proposal, viewer, stranger):
    member, other, nobody = signed_in(viewer), signed_in(stranger), signed_in(None)
    for path, text in PATHS.items():
        answer = member.get(path)
        assert answer.status_code == 200, path
        assert text in answer.content.decode(), path
        assert other.get(path).status_code == 404, path
        assert nobody.get(path).headers["Location"].startswith("/accounts/login/"), path
    assert member.get("/acme/shop/proposals/2/").status_code == 404


def test_developers_propose_and_viewers_do_not(signed_in, push_branch, developer, viewer, stranger):
    push_branch("feature")
    page = "/acme/shop/proposals/new/"
    asked = {"branch": "feature", "title": "Names", "description": "Why.", "draft": "on"}
    assert signed_in(viewer).get(page).status_code == signed_in(viewer).post(page, asked).status_code == 403
    assert (
        signed_in(stranger).get(page).status_code == signed_in(stranger).post(page, asked).status_code == 404
    )
    browser = signed_in(developer)
    assert '<option value="feature" selected>' in browser.get(f"{page}?branch=feature").content.decode()
    assert browser.post(page, asked).headers["Location"] == "/acme/shop/proposals/1/"
    push_branch("other")
    again = browser.post(page, asked)
    assert (again.status_code, "or is proposed already" in again.content.decode()) == (400, True)
    assert "Draft" in browser.get("/acme/shop/proposals/1/").content.decode()


def test_a_merge_is_shown_as_changes(signed_in, proposal, run_meetings, viewer):
    run_meetings()
    page = signed_in(viewer).get("/acme/shop/proposals/1/").content.decode()
    assert "Merges" in page
    assert "add column name" in page or "users" in page


def test_a_branchs_page_leads_to_its_proposal(signed_in, push_branch, propose, developer, viewer):
    push_branch("feature")
    propose("0003_other")
    page = "/acme/shop/branch/feature/"
    button = 'href="/acme/shop/proposals/new/?branch=feature"'
    assert button in signed_in(developer).get(page).content.decode()
    assert button not in signed_in(viewer).get(page).content.decode()
    assert "Proposed as #1" in signed_in(viewer).get("/acme/shop/branch/0003_other/").content.decode()
    assert "Propose<" not in signed_in(developer).get("/acme/shop/branch/main/").content.decode()


def test_pages_cost_as_many_queries_however_much_there_is(
    signed_in, propose, developer, viewer, django_assert_max_num_queries
):
    from apps.proposals.actions.commenting import comment
    from apps.proposals.actions.labelling import set_labels

    for number in range(2, 8):
        made = propose(f"000{number}_x", f"create table t{number} (id int);\n")
        set_labels(developer, made, ["a", f"b{number}"])
        for _ in range(number):
            comment(developer, made, "Hello")
    browser = signed_in(viewer)
    for path, most in {"": 11, "6/": 13, "6/discussion/": 17}.items():
        with django_assert_max_num_queries(most):
            assert browser.get(f"/acme/shop/proposals/{path}").status_code == 200


def test_strange_queries_are_no_errors(signed_in, proposal, viewer):
    for query in ("page=0", "page=x", "sort=x", "state=x", "q=%00", "q=%23", "label=%00", "q=99999999999"):
        assert signed_in(viewer).get(f"/acme/shop/proposals/?{query}").status_code == 200, query


def test_a_merge_that_braid_failed_at_is_tried_again(signed_in, proposal, developer, viewer):
    Meeting.objects.update(state="error", error="Braid failed.")
    path = proposal.get_absolute_url()
    button = 'value="merge-again">Merge it again'
    assert button not in signed_in(viewer).get(path).content.decode()
    browser = signed_in(developer)
    assert button in browser.get(path).content.decode()
    assert signed_in(viewer).post(path + "state/", {"verb": "merge-again"}).status_code == 403
    assert signed_in(developer).post(path + "state/", {"verb": "merge-again"}).url == path
    assert Meeting.objects.get().state == "waiting"
    close(developer, proposal)
    page = signed_in(developer).post(path + "state/", {"verb": "merge-again"}, follow=True)
    assert "nothing is merged any more" in page.content.decode()


def test_a_branch_that_does_not_replay_leads_to_its_statement(signed_in, propose, run_meetings, viewer):
    proposal = propose("0002_name", "alter table users add column name txt")
    run_meetings()
    page = signed_in(viewer).get(proposal.get_absolute_url()).content.decode()
    assert "The branch does not replay: type &quot;txt&quot; does not exist" in page
    assert 'href="/acme/shop/branch/0002_name/">See the statement</a>' in page
    assert "There is no diff, since the replay did not reach the end." in page
