"""The REST API of people, teams and projects: tokens and scopes, roles, errors, its document."""

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import yaml
from django.test import Client
from rest_framework.test import APIClient

from apps.accounts import tokens
from apps.accounts.models import ApiToken, User
from apps.projects.models import Project
from apps.teams.models import AuditEntry, Invitation, Membership, Role, Team
from tests.cast import make_person

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "status": {"type": "integer"},
        "detail": {"type": "string", "minLength": 10},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "what": {"type": "string", "minLength": 5}},
                "required": ["where", "what"],
                "additionalProperties": False,
            },
        },
    },
}


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem document of an answer that refuses."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(response.content)
    jsonschema.validate(body, PROBLEM)
    assert body["status"] == status
    return body


def test_a_token_says_who_one_is(api: Api, owner: User) -> None:
    me = api(owner, "read").get("/api/v1/me/").json()
    assert (me["email"], me["name"]) == (owner.email, owner.name)
    assert "password" not in me


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "Bearer brd_" + "0" * 49, "Basic eDp5", "brd_x"]
)
def test_without_a_good_token_nothing_is_said(header: str) -> None:
    answer = APIClient().get("/api/v1/me/", HTTP_AUTHORIZATION=header)
    assert "/accounts/tokens/" in problem(answer, 401)["detail"]
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_will_do_with_its_csrf_token(owner: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert browser.get("/api/v1/me/").status_code == 200
    problem(browser.post("/api/v1/teams/", {"name": "X", "slug": "x"}, content_type="application/json"), 403)
    assert not Team.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "me/", "read"),
        ("get", "teams/", "read"),
        ("get", "teams/acme/", "read"),
        ("get", "teams/acme/members/", "read"),
        ("get", "teams/acme/projects/", "read"),
        ("get", "teams/acme/projects/shop/", "read"),
        ("get", "teams/acme/audit/", "admin"),
        ("post", "teams/", "admin"),
        ("patch", "teams/acme/", "admin"),
        ("delete", "teams/acme/", "admin"),
        ("post", "teams/acme/projects/", "admin"),
        ("patch", "teams/acme/projects/shop/", "admin"),
        ("delete", "teams/acme/projects/shop/", "admin"),
        ("post", "teams/acme/invitations/", "admin"),
    ],
)
def test_the_scope_that_an_endpoint_needs(
    api: Api, owner: User, project: Project, method: str, path: str, scope: str
) -> None:
    held = {"read": "read", "admin": "write"}[scope]
    answer = getattr(api(owner, held), method)(f"/api/v1/{path}", {}, format="json")
    if scope == "read":
        assert answer.status_code == 200
    else:
        assert "scope admin; yours has write" in problem(answer, 403)["detail"]
        assert Project.objects.exists()


def test_creating_and_renaming_a_team(api: Api, stranger: User) -> None:
    client = api(stranger)
    made = client.post("/api/v1/teams/", {"name": "New", "slug": "new-team"}, format="json")
    assert made.status_code == 201
    assert Membership.objects.get(team__slug="new-team").role == Role.OWNER
    renamed = client.patch("/api/v1/teams/new-team/", {"name": "Newer"}, format="json").json()
    assert (renamed["name"], renamed["slug"]) == ("Newer", "new-team")
    assert [team["slug"] for team in client.get("/api/v1/teams/").json()["results"]] == [
        "elsewhere",
        "new-team",
    ]
    assert client.delete("/api/v1/teams/new-team/").status_code == 204
    problem(client.get("/api/v1/teams/new-team/"), 404)


def test_what_is_not_valid_is_named(api: Api, owner: User) -> None:
    body = problem(api(owner).post("/api/v1/teams/", {"slug": "API"}, format="json"), 400)
    what = {error["where"]: error["what"] for error in body["errors"]}
    assert set(what) == {"name", "slug"}
    assert "Use lower-case letters" in what["slug"]


def test_what_is_taken_is_a_conflict(api: Api, team: Team, stranger: User) -> None:
    answer = api(stranger).post("/api/v1/teams/", {"name": "X", "slug": "acme"}, format="json")
    assert "is taken" in problem(answer, 409)["detail"]


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "null"])
def test_a_body_that_is_no_object_is_refused(api: Api, owner: User, body: str) -> None:
    problem(api(owner).post("/api/v1/teams/", body, content_type="application/json"), 400)


def test_a_form_is_refused_with_the_type_to_send(api: Api, owner: User) -> None:
    answer = api(owner).post("/api/v1/teams/", {"name": "X"}, format="multipart")
    assert "application/json" in problem(answer, 415)["detail"]


def test_a_wrong_method(api: Api, owner: User, team: Team) -> None:
    problem(api(owner).put("/api/v1/teams/acme/", {}, format="json"), 405)


def test_members(api: Api, team: Team, owner: User, developer: User) -> None:
    client = api(owner)
    members = client.get("/api/v1/teams/acme/members/").json()["results"]
    assert [(each["user"]["email"], each["role"]) for each in members] == [
        (owner.email, "owner"),
        (developer.email, "developer"),
    ]
    path = f"/api/v1/teams/acme/members/{members[1]['id']}/"
    assert client.patch(path, {"role": "maintainer"}, format="json").json()["role"] == "maintainer"
    assert problem(client.patch(path, {"role": "king"}, format="json"), 400)["errors"][0]["where"] == "role"
    assert client.delete(path).status_code == 204
    problem(client.delete(path), 404)
    own = f"/api/v1/teams/acme/members/{members[0]['id']}/"
    assert "last owner" in problem(client.delete(own), 409)["detail"]


def test_anybody_may_leave_and_nobody_else_may_be_removed(
    api: Api, team: Team, owner: User, viewer: User
) -> None:
    place = {each.user_id: each.pk for each in Membership.objects.filter(team=team)}
    client = api(viewer)
    problem(client.delete(f"/api/v1/teams/acme/members/{place[owner.pk]}/"), 403)
    assert client.delete(f"/api/v1/teams/acme/members/{place[viewer.pk]}/").status_code == 204
    problem(client.get("/api/v1/teams/acme/"), 404)


def test_invitations(api: Api, signed_in: Callable[..., Client], team: Team, owner: User) -> None:
    client = api(owner)
    made = client.post("/api/v1/teams/acme/invitations/", {"role": "viewer", "days": 2}, format="json")
    assert made.status_code == 201
    link = made.json()["link"].removeprefix("http://localhost:8000")
    listed = client.get("/api/v1/teams/acme/invitations/").json()["results"]
    assert [(each["id"], each["role"]) for each in listed] == [(made.json()["id"], "viewer")]
    assert "link" not in listed[0]
    guest = make_person("Gina")
    assert signed_in(guest).post(link)["Location"] == "/acme/"
    assert client.get("/api/v1/teams/acme/invitations/").json()["results"] == []
    for bad in ({}, {"role": "owner", "days": 0}, {"role": "viewer", "max_uses": 10**6}):
        problem(client.post("/api/v1/teams/acme/invitations/", bad, format="json"), 400)


def test_taking_an_invitation_back(api: Api, team: Team, owner: User) -> None:
    client = api(owner)
    made = client.post("/api/v1/teams/acme/invitations/", {"role": "viewer"}, format="json").json()
    for _ in range(2):
        assert client.delete(f"/api/v1/teams/acme/invitations/{made['id']}/").status_code == 204
    assert not Invitation.objects.open().exists()


def test_projects(api: Api, team: Team, maintainer: User, settings: Any) -> None:
    settings.POSTGRES_VERSIONS = ["15", "16"]
    client = api(maintainer)
    made = client.post(
        "/api/v1/teams/acme/projects/", {"name": "Shop", "slug": "shop", "root": "./db/"}, format="json"
    )
    assert made.status_code == 201
    assert made.json()["git_url"] == "http://localhost:8000/acme/shop.git"
    assert made.json()["root"] == "db"
    path = "/api/v1/teams/acme/projects/shop/"
    assert client.patch(path, {"postgres": 16}, format="json").json()["postgres"] == 16
    refused = problem(client.patch(path, {"postgres": 9}, format="json"), 400)
    assert refused["errors"] == [{"where": "postgres", "what": "Braid has no Postgres 9 here, but 15, 16."}]
    assert Project.objects.get().root == "db"
    problem(client.post("/api/v1/teams/acme/projects/", {"name": "S", "slug": "shop"}, format="json"), 409)
    problem(client.delete(path), 403)
    assert [each["slug"] for each in client.get("/api/v1/teams/acme/projects/").json()["results"]] == ["shop"]


def test_an_owner_deletes_a_project(api: Api, project: Project, owner: User) -> None:
    client = api(owner)
    assert client.delete("/api/v1/teams/acme/projects/shop/").status_code == 204
    problem(client.delete("/api/v1/teams/acme/projects/shop/"), 404)


@pytest.mark.parametrize(
    ("who", "may"),
    [("maintainer", {"create", "change"}), ("developer", set()), ("viewer", set()), ("stranger", None)],
)
def test_what_roles_may_do_with_projects(
    api: Api, project: Project, who: str, may: set[str] | None, request: pytest.FixtureRequest
) -> None:
    client = api(request.getfixturevalue(who))
    one = "/api/v1/teams/acme/projects/shop/"
    answers = {
        "read": client.get(one).status_code,
        "create": client.post(
            "/api/v1/teams/acme/projects/", {"name": "B", "slug": "b"}, format="json"
        ).status_code,
        "change": client.patch(one, {"name": "C"}, format="json").status_code,
        "delete": client.delete(one).status_code,
    }
    if may is None:
        assert set(answers.values()) == {404}
    else:
        assert answers == {
            "read": 200,
            "create": 201 if "create" in may else 403,
            "change": 200 if "change" in may else 403,
            "delete": 403,
        }


def test_the_audit_log(api: Api, project: Project, owner: User, maintainer: User) -> None:
    entries = api(owner).get("/api/v1/teams/acme/audit/", {"q": "shop"}).json()["results"]
    assert [(each["action"], each["target"]) for each in entries] == [("project.create", "shop")]
    problem(api(maintainer).get("/api/v1/teams/acme/audit/"), 403)
    problem(api(owner).post("/api/v1/teams/acme/audit/", {}, format="json"), 405)
    assert AuditEntry.objects.filter(team=project.team).count() == 2


def test_one_s_own_tokens(api: Api, owner: User, stranger: User) -> None:
    foreign = tokens.create(stranger, "theirs").token
    client = api(owner, "admin")
    listed = client.get("/api/v1/tokens/").json()["results"]
    assert [each["name"] for each in listed] == ["for a test"]
    assert set(listed[0]) == {
        "id", "name", "prefix", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at",
    }  # fmt: skip
    problem(client.delete(f"/api/v1/tokens/{foreign.pk}/"), 404)
    assert ApiToken.objects.get(pk=foreign.pk).revoked_at is None
    assert client.delete(f"/api/v1/tokens/{listed[0]['id']}/").status_code == 204
    problem(client.get("/api/v1/me/"), 401)


def test_lists_come_in_pages(api: Api, owner: User) -> None:
    for number in range(5):
        tokens.create(owner, str(number))
    client = api(owner)
    page = client.get("/api/v1/tokens/", {"page_size": 2}).json()
    assert (page["count"], len(page["results"])) == (6, 2)
    assert page["next"]
    problem(client.get("/api/v1/tokens/", {"page": 99}), 404)


def test_too_many_requests_are_slowed_down(api: Api, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "rate", "3/min", raising=False)
    client = api(owner)
    codes = [client.get("/api/v1/me/").status_code for _ in range(3)]
    late = client.get("/api/v1/me/")
    assert codes == [200, 200, 200]
    problem(late, 429)
    assert int(late["Retry-After"]) > 0


def test_the_document_is_openapi_and_complete(client: Client) -> None:
    from django.urls import get_resolver
    from drf_spectacular.validation import validate_schema

    document = yaml.safe_load(client.get("/api/schema/").content)
    validate_schema(document)
    for path in ("/api/v1/me/", "/api/v1/teams/{team_slug}/members/", "/api/v1/teams/{team_slug}/projects/"):
        assert path in document["paths"]
    operations = [
        each["operationId"]
        for path in document["paths"].values()
        for each in path.values()
        if "operationId" in each
    ]
    assert len(operations) == len(set(operations))
    assert {"token", "session"} <= set(document["components"]["securitySchemes"])
    assert get_resolver()


def test_every_endpoint_is_described_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")
    assert "warning" not in capsys.readouterr().err.lower()


def test_the_document_s_page(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    assert 'id="swagger-ui"' in page
    assert "cdn" not in page
    script = client.get("/api/docs/", {"script": ""})
    assert script["Content-Type"].startswith("application/javascript")


def test_the_document_sorts_endpoints_by_what_they_are_about(client: Client) -> None:
    paths = yaml.safe_load(client.get("/api/schema/").content)["paths"]
    tags = {path: next(iter(each.values()))["tags"] for path, each in paths.items()}
    assert tags["/api/v1/me/"] == ["me"]
    assert tags["/api/v1/teams/{team_slug}/"] == ["teams"]
    assert tags["/api/v1/teams/{team_slug}/members/{member_id}/"] == ["members"]
    assert tags["/api/v1/teams/{team_slug}/projects/{project_slug}/"] == ["projects"]
    assert tags["/api/v1/teams/{team_slug}/projects/{project_slug}/verdicts/{verdict_id}/"] == ["verdicts"]


def test_an_address_that_is_no_endpoint_is_a_problem_document(client, owner):
    assert client.get("/api/v1/nothing/here/").status_code == 401
    client.force_login(owner)
    for answer in (client.get("/api/v1/nothing/here/"), client.post("/api/v2/teams/", {})):
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["title"] == "Not found"
