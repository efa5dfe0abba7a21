"""The pages of proposals as a browser gets them: who may see them, who may do what, and what they cost."""

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
    again = browser.post(page, asked)
    assert again.status_code == 400
    assert "Draft" in browser.get("/acme/shop/proposals/1/").content.decode()


def test_a_merge_is_shown_as_changes(signed_in, proposal, run_meetings, viewer):
    run_meetings()
    page = signed_in(viewer).get("/acme/shop/proposals/1/").content.decode()
    assert "Merges" in page
    assert "add column name" in page or "users" in page
