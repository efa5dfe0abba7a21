"""Conflicts through the API and `braid resolve`: the same rules as on the page."""

import json

import pytest

from apps.proposals.actions.resolving import choose
from apps.proposals.models import Resolution
from apps.proposals.resolutions import conflicts_of
from braid.command import main
from worker.previewing import make_preview

BASE = "/api/v1/teams/acme/projects/shop/proposals/1/"


@pytest.fixture
def typed(live_server, shop, token_of, monkeypatch, capfd):
    """`typed(user, "resolve", "1")` against a running server."""
    monkeypatch.chdir(shop.folder)
    monkeypatch.setenv("BRAID_URL", live_server.url)
    monkeypatch.setenv("BRAID_PROJECT", "acme/shop")

    def type_it(user, *arguments):
        monkeypatch.setenv("BRAID_TOKEN", token_of(user))
        capfd.readouterr()
        code = main([*arguments])
        return code, capfd.readouterr()

    return type_it


def test_the_road_of_a_choice(api, collide, run_meetings, developer, viewer, stranger):
    proposal = collide()
    (found,) = api(viewer, "read").get(f"{BASE}conflicts/").json()
    assert (found["kind"], found["attribute"], found["open"]) == ("both-changed", "type", True)
    assert found["where"]["theirs"]["file"] == "migrations/0003_theirs.up.sql"
    assert "character varying(200)" in found["definitions"]["theirs"]
    one = f"{BASE}conflicts/{found['id']}/"
    assert api(viewer).get(f"{BASE}proof/").json()["verdict"] == "conflict"
    asked = {"choose": "theirs", "seen": 0, "note": "Long."}
    for user, code in ((viewer, 403), (stranger, 404), (None, 401)):
        assert api(user).post(one, asked, "json").status_code == code
        assert api(user).post(f"{one}previews/", asked, "json").status_code == code
        assert api(user).delete(f"{one}?seen=0").status_code == code
    assert api(developer, "read").post(one, asked, "json").status_code == 403
    tried = api(developer).post(f"{one}previews/", asked, "json")
    assert (tried.status_code, tried.json()["state"], tried.json()["outcome"]) == (202, "waiting", None)
    make_preview(tried.json()["id"])
    shown = api(viewer).get(f"{one}previews/{tried.json()['id']}/").json()
    assert (shown["state"], shown["outcome"]["verdict"]) == ("done", "clean")
    assert api(developer).post(one, {"choose": "theirs"}, "json").status_code == 400
    assert api(developer).post(one, {"choose": "both", "name": "x", "seen": 0}, "json").status_code == 409
    assert api(developer).post(one, asked, "json").json()["version"] == 1
    assert api(developer).post(one, {**asked, "choose": "ours"}, "json").status_code == 409
    run_meetings()
    (found,) = api(viewer).get(f"{BASE}conflicts/").json()
    assert (found["open"], found["resolution"]["choice"], found["version"]) == (
        False,
        {"choose": "theirs"},
        1,
    )
    assert found["resolution"]["author"]["email"] == developer.email
    assert api(viewer).get(f"{BASE}proof/").json()["proof"]["merged"]
    assert api(developer).delete(one).status_code == 400
    assert api(developer).delete(f"{one}?seen=1").json()["choice"] is None
    assert [row["version"] for row in api(viewer).get(f"{BASE}resolutions/").json()] == [1, 2]
    assert api(developer).get(f"{BASE}conflicts/{'0' * 16}/").status_code == 404
    assert conflicts_of(proposal).conflicts[0].chosen is None


def test_choosing_from_the_command_line(
    typed, collide, run_meetings, developer, maintainer, viewer, stranger
):
    proposal = collide()
    key = conflicts_of(proposal).conflicts[0].id
    code, said = typed(viewer, "resolve", "1")
    assert code == 1
    for text in (
        "#1 1 of 1 open",
        "column public.users.email (type)",
        key,
        "choose  ours, theirs, value, sql",
    ):
        assert text in said.out, text
    code, said = typed(viewer, "resolve", "1", "--conflict", key[:4], "--theirs")
    assert (code, "needs the role developer" in said.err) == (2, True)
    code, said = typed(stranger, "resolve", "1")
    assert code == 2
    code, said = typed(developer, "resolve", "1", "--conflict", key)
    assert (code, "say what is chosen" in said.err) == (2, True)
    code, said = typed(developer, "resolve", "1", "--conflict", "public.users.nothing", "--ours")
    assert (code, "no conflict is called" in said.err) == (2, True)
    code, said = typed(
        developer,
        "resolve",
        "1",
        "--conflict",
        "public.users.email",
        "--value",
        "varchar(150)",
        "-m",
        "Enough.",
    )
    assert code == 1
    assert Resolution.objects.get().choice == {"choose": "value", "value": "character varying(150)"}
    assert "value character varying(150) by Dora: Enough." in said.out
    choose(maintainer, proposal, key, {"choose": "theirs"}, seen=1)
    run_meetings()
    code, said = typed(viewer, "resolve", "1", "--json")
    document = json.loads(said.out)
    assert (code, document["conflicts"][0]["resolution"]["version"]) == (0, 2)
    code, said = typed(developer, "resolve", "1", "--conflict", key, "--back")
    assert Resolution.objects.get(is_current=True).choice is None
    code, said = typed(developer, "resolve", "1", "--conflict", key, "--both", "name")
    assert (code, "can't be chosen here" in said.err) == (1, True)
