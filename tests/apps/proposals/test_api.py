"""Proposals through the API: the same rules and permissions as on the pages."""

from tests.cast import make_member

BASE = "/api/v1/teams/acme/projects/shop/"
ONE = BASE + "proposals/1/"
PATHS = [
    BASE + "proposals/",
    BASE + "labels/",
    ONE,
    ONE + "changes/",
    ONE + "timeline/",
    ONE + "comments/",
]


def test_members_read_and_strangers_find_nothing(api, proposal, viewer, stranger):
    for path in PATHS:
        assert api(viewer, "read").get(path).status_code == 200, path
        assert api(stranger).get(path).status_code == 404, path
        assert api(None).get(path).status_code == 401, path
        assert api(viewer).delete(path).status_code in (403, 405), path


def test_proposing_changing_closing(api, push_branch, developer, viewer):
    push_branch("feature")
    asked = {"branch": "feature", "description": "Why", "draft": True}
    assert api(viewer).post(BASE + "proposals/", asked, "json").status_code == 403
    assert api(developer, "read").post(BASE + "proposals/", asked, "json").status_code == 403
    missing = api(developer).post(BASE + "proposals/", {"branch": "none"}, "json")
    assert missing.status_code == 404
    made = api(developer).post(BASE + "proposals/", asked, "json")
    assert made.status_code == 201
    body = made.json()
    assert (body["number"], body["title"], body["draft"], body["state"]) == (
        1,
        "Change the schema",
        True,
        "open",
    )
    assert body["merge"]["running"] is True
    assert api(developer).post(BASE + "proposals/", asked, "json").status_code == 409
    wanted = {"title": "Names", "labels": ["risky"], "draft": False}
    changed = api(developer).patch(ONE, wanted, "json").json()
    assert (changed["title"], changed["labels"], changed["draft"]) == ("Names", ["risky"], False)
    refused = api(developer).patch(ONE, {"title": "Half", "labels": ["a,b"]}, "json")
    assert refused.status_code == 409
    assert api(viewer).get(ONE).json()["title"] == "Names"
    assert api(viewer).patch(ONE, {"title": "x"}, "json").status_code == 403
    assert api(developer).patch(ONE, {"state": "closed"}, "json").json()["state"] == "closed"
    assert api(developer).patch(ONE, {"state": "closed"}, "json").status_code == 409
    assert api(developer).patch(ONE, {"state": "open", "draft": True}, "json").json()["draft"] is True
    kinds = [event["kind"] for event in api(viewer).get(ONE + "timeline/").json()["results"]]
    assert kinds == ["opened", "renamed", "labelled", "readied", "closed", "reopened", "drafted"]


def test_the_list_is_narrowed(api, propose, viewer, django_assert_max_num_queries):
    for number in range(2, 6):
        propose(f"000{number}_x", f"create table t{number} (id int);\n")
    client = api(viewer)
    for query, numbers in {
        "": [4, 3, 2, 1],
        "?sort=oldest&page_size=2": [1, 2],
        "?branch=0003_x": [2],
        "?q=%233": [3],
        "?q=0005": [4],
        "?state=merged": [],
        "?author=dora@example.com&state=open": [4, 3, 2, 1],
        "?label=none": [],
    }.items():
        found = client.get(BASE + "proposals/" + query).json()["results"]
        assert [each["number"] for each in found] == numbers, query
    with django_assert_max_num_queries(13):
        client.get(BASE + "proposals/")


def test_comments_are_their_authors(api, proposal, run_meetings, team, developer, maintainer):
    from apps.teams.models import Role

    run_meetings()
    other = make_member(team, "Dan", Role.DEVELOPER).user
    changed = api(developer).get(ONE + "changes/").json()
    sent = {"body": "Why?", "address": changed[0]["address"]}
    said = api(developer).post(ONE + "comments/", sent, "json").json()
    unknown = {"body": "?", "address": "table public.none"}
    assert api(developer).post(ONE + "comments/", unknown, "json").status_code == 409
    assert api(developer).post(ONE + "comments/", {"body": ""}, "json").status_code == 400
    one = f"{ONE}comments/{said['id']}/"
    assert api(other).patch(one, {"body": "No"}, "json").status_code == 403
    assert api(other).delete(one).status_code == 403
    assert api(developer).patch(one, {"body": "Because."}, "json").json()["body"] == "Because."
    by_object = f"{ONE}comments/?address={sent['address']}"
    assert len(api(developer).get(by_object).json()["results"]) == 1
    assert api(maintainer).delete(one).status_code == 204
    assert api(developer).get(ONE + "comments/").json()["results"] == []


def test_labels_are_the_maintainers_and_subscriptions_everyones(api, proposal, developer, maintainer, viewer):
    api(developer).patch(ONE, {"labels": ["risky"]}, "json")
    (label,) = api(viewer).get(BASE + "labels/").json()
    one = f"{BASE}labels/{label['id']}/"
    assert api(developer).patch(one, {"colour": "bad"}, "json").status_code == 403
    assert api(maintainer).patch(one, {"colour": "pink"}, "json").status_code == 400
    assert api(maintainer).patch(one, {"colour": "bad"}, "json").json()["colour"] == "bad"
    assert api(maintainer).delete(one).status_code == 204
    assert api(viewer).get(ONE).json()["labels"] == []
    for wanted in (True, False):
        answer = api(viewer).put(ONE + "subscription/", {"subscribed": wanted}, "json")
        assert answer.json() == {"subscribed": wanted}
