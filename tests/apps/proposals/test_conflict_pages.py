"""The Conflicts tab as a browser gets it, with and without scripts."""

from apps.proposals.actions.resolving import choose
from apps.proposals.models import Preview, Resolution
from apps.proposals.pages import conflicts
from apps.proposals.resolutions import conflicts_of
from worker.previewing import make_preview

PAGE = "/acme/shop/proposals/1/conflicts/"


def key_of(proposal):
    return conflicts_of(proposal).conflicts[0].id


def test_one_page_shows_the_three_sides_and_who_wrote_them(signed_in, collide, viewer, developer, stranger):
    proposal = collide()
    page = signed_in(viewer).get(PAGE).content.decode()
    for text in (
        "public.users.email",
        "<mark>character varying(200)</mark>",
        "<mark>character varying(100)</mark>",
        "Dora</bdi>",
        "migrations/0003_theirs.up.sql:1",
        "migrations/0002_ours.up.sql:1",
        "1 of 1 still waits for somebody to choose",
    ):
        assert text in page, text
    assert "Save the choice" not in page
    assert "Save the choice" in signed_in(developer).get(PAGE).content.decode()
    address = f"{PAGE}{key_of(proposal)}/"
    asked = {"choose": "theirs", "seen": "0"}
    for user, code in ((viewer, 403), (stranger, 404)):
        for where in ("", "try/", "back/"):
            assert signed_in(user).post(address + where, asked).status_code == code
    assert signed_in(stranger).get(PAGE).status_code == 404
    assert signed_in(developer).get(address).status_code == 405


def test_choosing_trying_out_and_taking_back_without_scripts(signed_in, collide, developer, run_meetings):
    proposal = collide()
    key, browser = key_of(proposal), signed_in(developer)
    address = f"{PAGE}{key}/"
    asked = {"choose": "value", "value": "varchar(150)", "seen": "0", "note": "Enough for all."}
    tried = browser.post(f"{address}try/", asked).headers["Location"]
    assert "Waiting for a worker" in browser.get(tried).content.decode()
    make_preview(Preview.objects.get().pk)
    page = browser.get(tried).content.decode()
    assert "150" in page
    assert "rewritten" in page
    assert not Resolution.objects.exists()
    region = browser.get(tried, headers={"HX-Request": "true"}).content.decode()
    assert region.startswith('<div class="preview')
    assert browser.post(address, asked).headers["Location"] == f"{PAGE}#conflict-{key}"
    run_meetings()
    page = browser.get(PAGE).content.decode()
    for text in ("settled", "the value character varying(150)", "Enough for all.", "proved", "What lands"):
        assert text in page, text
    assert browser.post(f"{address}back/", {"seen": "1"}).status_code == 302
    assert Resolution.objects.get(is_current=True).choice is None


def test_the_later_of_two_sees_what_the_other_chose_and_keeps_what_was_typed(
    signed_in, collide, developer, maintainer
):
    proposal = collide()
    key = key_of(proposal)
    choose(maintainer, proposal, key, {"choose": "ours"}, seen=0)
    answer = signed_in(developer).post(
        f"{PAGE}{key}/", {"choose": "sql", "sql": "select 'mine';", "seen": "0"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mark has chosen ours here meanwhile" in page
    assert "select &#x27;mine&#x27;;" in page
    assert 'name="seen" value="1"' in page
    assert Resolution.objects.count() == 1


def test_a_choice_that_fails_is_told_from_what_the_branch_must_mend(
    signed_in, collide, run_meetings, maintainer
):
    proposal = collide()
    choose(
        maintainer,
        proposal,
        key_of(proposal),
        {"choose": "sql", "sql": "alter table users alter email type nonsense"},
        seen=0,
    )
    run_meetings()
    page = signed_in(maintainer).get(PAGE).content.decode()
    assert "Type &quot;nonsense&quot; does not exist" in page
    assert "What was chosen fails: choose otherwise" in page
    assert "change the branch itself" not in page


def test_what_only_lines_columns_up_is_not_marked():
    marked = conflicts._marked("percent   Int      @db.SmallInt", "percent   Int?     @db.SmallInt", "")
    assert [part.text for part in marked["ours"] if part.marked] == ["?"]
    assert [part.text for part in marked["base"] if part.marked] == []
    marked = conflicts._marked("a smallint NOT NULL;", "a smallint;", "a smallint NOT NULL;")
    assert [part.text for part in marked["base"] if part.marked] == [" NOT NULL"]
    assert [part.text for part in conflicts._marked("'a b'", "'a  b'", "")["ours"] if part.marked] == ["  "]


def test_a_conflict_is_discussed_where_it_is(signed_in, collide, developer, maintainer):
    proposal = collide()
    browser = signed_in(developer)
    asked = {"body": "Which is **longer**?", "conflict": key_of(proposal), "back": PAGE}
    assert browser.post("/acme/shop/proposals/1/comments/", asked).headers["Location"].startswith(PAGE)
    assert "<strong>longer</strong>" in browser.get(PAGE).content.decode()
    asked["conflict"] = "0" * 16
    assert browser.post("/acme/shop/proposals/1/comments/", asked).status_code == 400


def test_the_number_of_queries_does_not_grow(signed_in, collide, developer, django_assert_max_num_queries):
    columns = ", ".join(f"add column c{n} int" for n in range(20))
    proposal = collide(
        f"alter table users {columns};\n", f"alter table users {columns.replace('int', 'text')};\n"
    )
    assert len(conflicts_of(proposal).conflicts) == 20
    browser = signed_in(developer)
    browser.get(PAGE)
    with django_assert_max_num_queries(20):
        assert browser.get(PAGE).status_code == 200
