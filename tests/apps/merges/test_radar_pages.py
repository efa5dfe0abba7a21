"""The radar's page, what branches and projects say of it, and the API: who sees it, and what it costs."""

import pytest

from apps.merges import actions
from apps.merges.access import Standing, own_collisions, radar_of
from apps.merges.models import Meeting, Merge, Outcome
from apps.merges.pages import PAGE_SIZE, matrix_of

PAGE = "/acme/shop/radar/"
EMAIL = ["k1", "column public.users.email (type)"]
NAME = ["k2", "column public.users.name (default)"]


@pytest.fixture
def meet(project):
    """A meeting of two branches that ended as said."""

    def met(ours, theirs, outcome=Outcome.CLEAN, *collisions, order_matters=False):
        meeting = actions.request_meeting(ours, theirs)
        merge = Merge.objects.create(
            project=project,
            key=f"{ours}-{theirs}-{Merge.objects.count()}",
            outcome=outcome,
            headline="told",
            collisions=list(collisions),
            order_matters=order_matters,
            body=b"",
        )
        assert actions.finish(actions.claim(meeting.pk, "w"), merge, None, 1.0)
        return Meeting.objects.select_related("project", "ours", "theirs", "merge", "resolved").get(
            pk=meeting.pk
        )

    return met


@pytest.fixture
def branches(make_branch, developer):
    made = [make_branch(name, str(number) * 40) for number, name in enumerate(("main", "a", "b", "c"), 1)]
    for branch in made:
        branch.pushed_by = developer
        branch.save()
    return made


@pytest.fixture
def collided(branches, meet):
    """`a` and `b` collide on two columns, one of which `b` collides on with `main` as well."""
    main, a, b, c = branches
    meet(main, a)
    meet(main, b, Outcome.CONFLICT, EMAIL)
    meet(main, c, order_matters=True)
    meet(a, b, Outcome.CONFLICT, EMAIL, NAME)
    meet(b, c, Outcome.CONFLICT, EMAIL)
    return branches


def test_a_collision_of_the_default_branch_is_told_once(project, collided):
    _main, a, _b, c = collided
    found = radar_of(project)
    standings = {(p.ours.name, p.theirs.name): (p.standing, p.objects) for p in found.pairs.values()}
    assert standings == {
        ("main", "a"): (Standing.CLEAN, ()),
        ("main", "b"): (Standing.COLLIDES, (EMAIL[1],)),
        ("main", "c"): (Standing.ORDER, ()),
        ("a", "b"): (Standing.COLLIDES, (NAME[1],)),
        ("b", "c"): (Standing.INHERITED, ()),
    }
    assert found.between(a, c) is None
    assert [branch.name for branch in found.branches] == ["b", "a", "c"]
    meetings = Meeting.objects.select_related("ours", "theirs", "merge", "resolved")
    own = own_collisions(list(meetings))
    told = {(m.ours.name, m.theirs.name): own[m.pk] for m in meetings}
    assert told["a", "b"] == (NAME[1],)
    assert told["b", "c"] == ()


def test_members_see_it_and_strangers_do_not(signed_in, collided, viewer, stranger):
    page = signed_in(viewer).get(PAGE)
    text = page.content.decode()
    assert '<th scope="row"><a href="/acme/shop/branch/b/">' in text
    assert "collides on column public.users.name (default)" in text
    assert "2 collisions" in text
    assert signed_in(stranger).get(PAGE).status_code == 404
    assert signed_in(None).get(PAGE).status_code == 302
    assert signed_in(viewer).post(PAGE).status_code == 405


def test_a_request_of_htmx_gets_the_matrix_alone(signed_in, collided, viewer):
    text = signed_in(viewer).get(PAGE, headers={"HX-Request": "true"}).content.decode()
    assert text.startswith('<div id="radar"')


def test_an_empty_radar_says_what_to_do(signed_in, project, viewer):
    assert "Nothing on the radar" in signed_in(viewer).get(PAGE).content.decode()


def test_branches_and_projects_tell_of_collisions(signed_in, collided, viewer):
    browser = signed_in(viewer)
    text = browser.get("/acme/shop/branch/a/").content.decode()
    assert "Collides with" in text
    assert "(<bdi>Dora</bdi>) on <code>column public.users.name (default)</code>" in text
    assert "Collides with" not in browser.get("/acme/shop/branch/c/").content.decode()
    assert "2 collisions between open branches" in browser.get("/acme/shop/").content.decode()


def test_the_api_says_the_same(api, collided, viewer, stranger):
    found = api(viewer, "read").get("/api/v1/teams/acme/projects/shop/radar/").json()
    assert found["default_branch"] == "main"
    (pair,) = [each for each in found["pairs"] if (each["ours"], each["theirs"]) == ("a", "b")]
    assert (pair["standing"], pair["objects"]) == ("collides", [NAME[1]])
    own = api(viewer, "read").get("/api/v1/teams/acme/projects/shop/radar/c/").json()
    assert [each["standing"] for each in own] == ["inherited", "order"]
    assert api(stranger, "read").get("/api/v1/teams/acme/projects/shop/radar/").status_code == 404


def test_the_queries_do_not_grow_with_the_branches(
    signed_in, collided, meet, make_branch, viewer, django_assert_max_num_queries
):
    for number in range(30):
        meet(collided[0], make_branch(f"more-{number}", f"{number:040}"))
    browser = signed_in(viewer)
    with django_assert_max_num_queries(8):
        text = browser.get(PAGE).content.decode()
    assert text.count('<th scope="row">') == PAGE_SIZE


def test_deleted_branches_are_not_shown(project, collided, branches):
    branches[2].deleted_at = branches[2].pushed_at
    branches[2].save()
    matrix = matrix_of(radar_of(project), "1")
    assert [row.branch.name for row in matrix.rows] == ["a", "c"]
    assert matrix.lines == ()
