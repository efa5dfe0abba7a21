"""The API of branches, verdicts, pushes and catalogs: what members read and strangers do not find."""

import pytest

from apps.checks.models import Verdict

INIT = """create table users (id bigint primary key, email text not null unique);
create table orders (id bigint primary key, user_id bigint not null references users (id));
create type colour as enum ('red', 'blue');
"""
BASE = "/api/v1/teams/acme/projects/shop"


@pytest.fixture
def shop(workspace, transactional_db):
    """main with two tables and a type, and a branch `feature/names` that adds a column and breaks nothing."""
    from worker.judging import judge_push, judge_verdict

    workspace.commit({"migrations/0001_init.up.sql": INIT})
    judge_push(workspace.push("main").pk)
    workspace.switch("feature/names")
    workspace.commit(
        {"migrations/0002_name.up.sql": "alter table users add column name text;\n"}, "Name users"
    )
    judge_push(workspace.push("feature/names").pk)
    for waiting in Verdict.objects.filter(state="waiting").values_list("pk", flat=True):
        judge_verdict(waiting)
    return Verdict.objects.get(branch__name="feature/names")


@pytest.fixture
def paths(shop):
    verdict = f"{BASE}/verdicts/{shop.pk}"
    catalog = f"{BASE}/catalog/feature/names/-"
    return [
        f"{BASE}/branches/",
        f"{BASE}/branches/feature/names/",
        f"{BASE}/verdicts/",
        f"{verdict}/",
        f"{verdict}/changes/",
        f"{verdict}/findings/",
        f"{verdict}/timings/",
        f"{BASE}/pushes/",
        f"{catalog}/tables/",
        f"{catalog}/tables/public/users/",
        f"{catalog}/objects/",
    ]


def test_members_read_all_of_it_and_strangers_find_nothing(api, paths, viewer, stranger):
    for path in paths:
        assert api(viewer, "read").get(path).status_code == 200, path
        assert api(stranger).get(path).status_code == 404, path
        assert api(None).get(path).status_code == 401, path
        assert api(viewer).post(path).status_code == 405, path


def test_a_verdict_of_another_project_is_not_found(api, shop, stranger):
    from apps.projects.actions import create_project
    from apps.teams.models import Team

    create_project(stranger, Team.objects.get(slug="elsewhere"), "Other", "other")
    path = f"/api/v1/teams/elsewhere/projects/other/verdicts/{shop.pk}/"
    assert api(stranger).get(path).status_code == 404


def test_branches_carry_their_verdicts(api, shop, viewer):
    main, feature = api(viewer).get(f"{BASE}/branches/").json()
    assert (main["name"], main["default"]) == ("main", True)
    assert (feature["name"], feature["ahead"], feature["behind"]) == ("feature/names", 1, 0)
    assert feature["verdict"]["state"] == "passed"
    assert feature["verdict"]["diff"] == {"added": 1, "altered": 0, "renamed": 0, "dropped": 0}
    assert feature["subject"] == "Name users"


def test_changes_name_their_objects(api, shop, viewer):
    (users,) = api(viewer).get(f"{BASE}/verdicts/{shop.pk}/changes/").json()
    assert (users["action"], users["address"]) == ("alter", "table public.users")
    (column,) = users["changes"]
    assert (column["action"], column["address"]) == ("add", "column public.users.name")
    assert "name text" in users["after"]
    assert "name text" not in users["before"]


def test_timings_list_every_migration(api, shop, viewer):
    timings = api(viewer).get(f"{BASE}/verdicts/{shop.pk}/timings/").json()
    assert [(m["position"], m["new"]) for m in timings["migrations"]] == [(1, False), (2, True)]
    assert all(m["duration_ms"] > 0 for m in timings["migrations"])
    assert len(timings["migrations"][0]["statements_ms"]) == 3


def test_verdicts_are_found_by_branch_and_commit(api, shop, viewer):
    client = api(viewer)
    assert client.get(f"{BASE}/verdicts/").json()["count"] == 2
    found = client.get(f"{BASE}/verdicts/", {"branch": "feature/names", "commit": shop.commit}).json()
    assert [each["id"] for each in found["results"]] == [shop.pk]
    assert client.get(f"{BASE}/verdicts/", {"commit": "f" * 40}).json()["count"] == 0


def test_the_catalog_says_who_references_whom(api, shop, viewer):
    client = api(viewer)
    tables = client.get(f"{BASE}/catalog/feature/names/-/tables/").json()
    assert tables["commit"] == shop.commit
    listed = {t["name"]: (t["columns"], t["references"], t["referenced_by"]) for t in tables["tables"]}
    assert listed == {"orders": (2, 1, 0), "users": (3, 0, 1)}
    users = client.get(f"{BASE}/catalog/feature/names/-/tables/public/users/").json()
    assert [(c["name"], c["key"], c["nullable"]) for c in users["columns"]] == [
        ("id", "primary", False),
        ("email", "unique", False),
        ("name", "", True),
    ]
    assert [(k["table"], k["columns"], k["other_columns"]) for k in users["referenced_by"]] == [
        ("orders", ["id"], ["user_id"])
    ]
    objects = client.get(f"{BASE}/catalog/feature/names/-/objects/").json()
    assert [o["address"] for o in objects] == ["enum public.colour"]
    assert client.get(f"{BASE}/catalog/feature/names/-/tables/public/nothing/").status_code == 404
    assert client.get(f"{BASE}/catalog/nothing/-/tables/").status_code == 404


def test_pushes_go_back_in_time(api, shop, viewer):
    client = api(viewer)
    later, first = client.get(f"{BASE}/pushes/").json()
    assert later["updates"][0]["branch"] == "feature/names"
    assert later["updates"][0]["verdict"]["id"] == shop.pk
    assert client.get(f"{BASE}/pushes/", {"before": later["id"]}).json() == [first]


def test_retrying_is_for_developers(api, shop, viewer, developer):
    path = f"{BASE}/verdicts/{shop.pk}/retry/"
    assert api(viewer).post(path).status_code == 403
    assert api(developer, "read").post(path).status_code == 403
    answer = api(developer).post(path)
    assert answer.status_code == 202
    assert answer.json()["state"] == "waiting"
    assert answer.json()["id"] != shop.pk
    assert api(developer).post(path).json()["id"] == answer.json()["id"]


@pytest.mark.parametrize(("what", "queries"), [("overview", 2), ("pushes", 3), ("branch", 4), ("catalog", 4)])
def test_reading_takes_as_many_queries_however_much_there_is(
    shop, workspace, django_assert_max_num_queries, what, queries
):
    from apps.checks import access

    for number in range(5):
        workspace.push(f"feature/names:refs/heads/copy-{number}")
    read = {
        "overview": lambda: access.project_overview(shop.project),
        "pushes": lambda: access.push_history(shop.project),
        "branch": lambda: access.branch_page(shop.project, "feature/names"),
        "catalog": lambda: access.catalog_page(shop.project, "feature/names"),
    }
    with django_assert_max_num_queries(queries + 1):
        read[what]()
