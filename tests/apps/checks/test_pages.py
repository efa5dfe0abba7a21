"""The pages as a browser gets them: who may see them, whole or in part, and what they cost."""

import re

import pytest

from apps.checks.models import Verdict
from apps.repositories.models import Branch

INIT = """create table users (id bigint primary key, email text not null unique);
create table orders (id bigint primary key, user_id bigint not null references users (id));
create type colour as enum ('red', 'blue');
"""
PATHS = {
    "/acme/": "Acme",
    "/acme/shop/": "feature/names",
    "/acme/shop/?state=passed&sort=state&q=names": "feature/names",
    "/acme/shop/branch/main/": "Changes to the database",
    "/acme/shop/branch/feature/names/": "alter table users",
    "/acme/shop/pushes/": "created",
    "/acme/shop/catalog/feature/names/": "users",
    "/acme/shop/catalog/feature/names/?kind=enum": "colour",
    "/acme/shop/catalog/feature/names/?schema=public&table=users": "email",
}
MISSING = [
    "/acme/none/",
    "/acme/shop/branch/none/",
    "/acme/shop/verdict/999999/",
    "/acme/shop/verdict/999999/events/",
    f"/acme/shop/commit/{'a' * 40}/",
    "/acme/shop/catalog/none/",
    "/acme/shop/catalog/main/?schema=public&table=none",
]


@pytest.fixture
def shop(workspace, transactional_db):
    """main with two tables and a type, and a branch `feature/names` that adds a column."""
    from worker.judging import judge_push, judge_verdict

    workspace.commit({"migrations/0001_init.up.sql": INIT})
    judge_push(workspace.push("main").pk)
    workspace.switch("feature/names")
    text = "alter table users add column name text;\n"
    workspace.commit({"migrations/0002_name.up.sql": text}, "Name <b>users</b>")
    judge_push(workspace.push("feature/names").pk)
    for waiting in Verdict.objects.filter(state="waiting").values_list("pk", flat=True):
        judge_verdict(waiting)
    return Verdict.objects.get(branch__name="feature/names")


def test_members_see_every_page_and_strangers_none(signed_in, shop, viewer, stranger):
    member, other, nobody = signed_in(viewer), signed_in(stranger), signed_in(None)
    for path, text in PATHS.items():
        answer = member.get(path)
        assert answer.status_code == 200, path
        assert text in re.sub(r"<[^>]+>", "", answer.content.decode()), path
        assert other.get(path).status_code == 404, path
        assert nobody.get(path).headers["Location"].startswith("/accounts/login/"), path
        assert member.post(path).status_code == 405, path


def test_what_is_not_there_is_not_found(signed_in, shop, viewer):
    for path in MISSING:
        assert signed_in(viewer).get(path).status_code == 404, path


def test_a_verdict_and_a_commit_have_pages_of_their_own(signed_in, shop, viewer):
    browser = signed_in(viewer)
    answer = browser.get(f"/acme/shop/commit/{shop.commit}/")
    assert answer.headers["Location"] == f"/acme/shop/verdict/{shop.pk}/"
    assert "To the branch as it stands" in browser.get(answer.headers["Location"]).content.decode()


def test_htmx_gets_the_region_and_history_the_whole_page(signed_in, shop, viewer):
    browser = signed_in(viewer)
    region = browser.get("/acme/shop/branch/main/", headers={"HX-Request": "true"})
    assert region.content.strip().startswith(b'<div id="verdict"')
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert b"<!doctype html>" in browser.get("/acme/shop/branch/main/", headers=restored).content
    assert "HX-Request" in region.headers["Vary"]
    assert region.headers["Cache-Control"] == "private, no-cache"


def test_text_from_outside_is_escaped(signed_in, shop, viewer):
    page = signed_in(viewer).get("/acme/shop/branch/feature/names/").content.decode()
    assert "Name &lt;b&gt;users&lt;/b&gt;" in page


def test_a_branch_that_landed_says_that_nothing_of_it_is_left(workspace, signed_in, shop, viewer):
    from apps.checks.sweep import sweep
    from worker.judging import judge_push, judge_verdict

    listed = signed_in(viewer)
    assert "all on" not in listed.get("/acme/shop/").content.decode()
    workspace.git("switch", "--quiet", "main")
    workspace.git("merge", "--quiet", "--ff-only", "feature/names")
    judge_push(workspace.push("main").pk)
    sweep()
    for waiting in Verdict.objects.filter(state="waiting").values_list("pk", flat=True):
        judge_verdict(waiting)
    assert listed.get("/acme/shop/").content.decode().count("all on <bdi>main</bdi>") == 1


def test_a_branch_is_waiting_until_its_head_is_judged(signed_in, shop, viewer):
    Branch.objects.filter(name="feature/names").update(head="b" * 40)
    browser = signed_in(viewer)
    page = browser.get("/acme/shop/branch/feature/names/").content.decode()
    assert "Waiting for a worker" in page
    assert "the push before this one" in page
    assert 'hx-trigger="every 2s"' in browser.get("/acme/shop/").content.decode()


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/", 10),
        ("/acme/", 8),
        ("/acme/shop/", 11),
        ("/acme/shop/pushes/", 8),
        ("/acme/shop/branch/feature/names/", 13),
        ("/acme/shop/catalog/feature/names/", 11),
    ],
)
def test_a_page_costs_as_many_queries_however_much_there_is(
    signed_in, shop, viewer, workspace, django_assert_max_num_queries, path, queries
):
    for number in range(6):
        workspace.push(f"feature/names:refs/heads/copy-{number}")
    browser = signed_in(viewer)
    with django_assert_max_num_queries(queries):
        browser.get(path)


def test_developers_may_have_it_judged_again(signed_in, shop, viewer, developer, stranger):
    Verdict.objects.filter(pk=shop.pk).update(state="error", error="the disk is full")
    page, again = "/acme/shop/branch/feature/names/", f"/acme/shop/verdict/{shop.pk}/again/"
    assert "Judge it again" not in signed_in(viewer).get(page).content.decode()
    assert signed_in(viewer).post(again).status_code == 403
    assert signed_in(stranger).post(again).status_code == 404
    assert signed_in(developer).get(again).status_code == 405
    assert "Judge it again" in signed_in(developer).get(page).content.decode()
    for _ in range(2):
        assert signed_in(developer).post(again).headers["Location"] == page
    assert Verdict.objects.filter(branch=shop.branch, state="waiting").count() == 1


def test_strangers_are_told_what_braid_is(signed_in, db):
    answer = signed_in(None).get("/")
    assert answer.status_code == 200
    assert "Create an account" in answer.content.decode()


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "sort=x", "state=x", "q=%00", "before=x"])
def test_a_strange_query_is_no_error(signed_in, shop, viewer, query):
    for path in ("/acme/shop/", "/acme/shop/pushes/", "/acme/shop/branch/main/", "/acme/shop/catalog/main/"):
        assert signed_in(viewer).get(f"{path}?{query}").status_code == 200, path
