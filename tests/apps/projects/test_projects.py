"""Making projects, their settings, deleting them: who may, what is refused, what is logged."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client

from apps.accounts.models import User
from apps.projects import actions
from apps.projects.access import find_project
from apps.projects.models import Project
from apps.projects.names import check_branch, check_root, tidy_root
from apps.teams.models import AuditEntry, Role, Team
from tests.apps.teams.test_members import run_at_once

pytestmark = pytest.mark.django_db
Browser = Callable[[User | None], Client]
NEW = {"name": "Web shop", "slug": "web-shop", "default_branch": "main", "root": "", "postgres": ""}
SAME = {"name": "Shop", "slug": "shop", "default_branch": "main", "root": "", "postgres": ""}


@pytest.fixture(autouse=True)
def _versions(settings: Any) -> None:
    settings.POSTGRES_VERSIONS = ["15", "16"]


def test_a_maintainer_creates_one(signed_in: Browser, team: Team, maintainer: User) -> None:
    answer = signed_in(maintainer).post("/acme/-/projects/new/", NEW | {"postgres": "16", "root": "./db/"})
    assert (answer.status_code, answer["Location"]) == (302, "/acme/web-shop/")
    project = Project.objects.get()
    assert (project.postgres, project.root, project.created_by) == (16, "db", maintainer)
    assert AuditEntry.objects.get(action="project.create").target == "web-shop"


@pytest.mark.parametrize(("who", "status"), [("developer", 403), ("viewer", 403), ("stranger", 404)])
def test_who_may_not_create(
    signed_in: Browser, team: Team, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get("/acme/-/projects/new/").status_code == status
    assert browser.post("/acme/-/projects/new/", NEW).status_code == status
    assert not Project.objects.exists()


@pytest.mark.parametrize("who", ["owner", "maintainer", "developer", "viewer"])
def test_tabs_lead_only_to_pages_that_may_be_opened(
    signed_in: Browser, project: Project, who: str, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    pages = ["/acme/", "/acme/shop/", "/acme/shop/pushes/", "/acme/shop/catalog/", "/acme/-/members/"]
    tabs = {path for page in pages for path in tabs_of(browser.get(page).content.decode())}
    assert {path for path in tabs if browser.get(path).status_code != 200} == set()
    assert ("/acme/shop/settings/" in tabs) == (who in ("owner", "maintainer"))
    assert ("/acme/-/audit/" in tabs) == (who == "owner")


def tabs_of(page: str) -> list[str]:
    return re.findall(r'href="([^"]+)"', page[page.index('<nav class="tabs"') :].split("</nav>")[0])


@pytest.mark.parametrize(
    "bad",
    [
        {"slug": "settings"},
        {"slug": "new"},
        {"slug": "Web"},
        {"slug": "a.git"},
        {"slug": "-"},
        {"name": ""},
        {"default_branch": "-x"},
        {"default_branch": "a..b"},
        {"default_branch": "x.lock"},
        {"default_branch": "$(id)"},
        {"default_branch": ""},
        {"root": "/etc"},
        {"root": "../up"},
        {"root": "a\\b"},
        {"postgres": "9"},
        {"postgres": "x"},
    ],
)
def test_odd_settings_are_refused(
    signed_in: Browser, project: Project, owner: User, bad: dict[str, str]
) -> None:
    browser = signed_in(owner)
    assert browser.post("/acme/-/projects/new/", NEW | bad).status_code == 400
    assert browser.post("/acme/shop/settings/", SAME | bad).status_code == 400
    assert list(Project.objects.values_list("slug", "name")) == [("shop", "Shop")]


def test_a_taken_address_is_refused(signed_in: Browser, project: Project, owner: User) -> None:
    page = signed_in(owner).post("/acme/-/projects/new/", NEW | {"slug": "shop"})
    assert page.status_code == 400
    assert "already" in page.content.decode()


def test_the_same_address_in_two_teams_is_fine(signed_in: Browser, project: Project, stranger: User) -> None:
    assert signed_in(stranger).post("/elsewhere/-/projects/new/", NEW | {"slug": "shop"}).status_code == 302


def test_changing_settings(signed_in: Browser, project: Project, maintainer: User) -> None:
    changed = {"name": "Shop", "slug": "store", "default_branch": "trunk", "root": "db", "postgres": "15"}
    answer = signed_in(maintainer).post("/acme/shop/settings/", changed)
    assert answer["Location"] == "/acme/store/settings/"
    assert AuditEntry.objects.get(action="project.change").data == {
        "before": {"slug": "shop", "default_branch": "main", "root": "", "postgres": None},
        "after": {"slug": "store", "default_branch": "trunk", "root": "db", "postgres": 15},
    }
    assert Project.objects.get().key == project.key


def test_saving_the_same_logs_nothing(signed_in: Browser, project: Project, owner: User) -> None:
    signed_in(owner).post("/acme/shop/settings/", SAME)
    assert not AuditEntry.objects.filter(action="project.change").exists()


def test_a_version_that_the_sandboxes_lost_can_stay(
    signed_in: Browser, project: Project, owner: User
) -> None:
    actions.change_project(owner, project, postgres=14)
    answer = signed_in(owner).post("/acme/shop/settings/", SAME | {"postgres": "14", "name": "Renamed"})
    assert answer.status_code == 302
    assert Project.objects.get().postgres == 14


@pytest.mark.parametrize(("who", "status"), [("developer", 403), ("viewer", 403), ("stranger", 404)])
def test_who_may_not_change(
    signed_in: Browser, project: Project, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(who))
    assert browser.get("/acme/shop/settings/").status_code == status
    assert browser.post("/acme/shop/settings/", SAME | {"name": "Mine"}).status_code == status
    assert browser.post("/acme/shop/settings/delete/", {"typed": "acme/shop"}).status_code == status
    assert Project.objects.get().name == "Shop"


def test_deleting_is_for_owners(signed_in: Browser, project: Project, maintainer: User) -> None:
    browser = signed_in(maintainer)
    assert "Delete the project" not in browser.get("/acme/shop/settings/").content.decode()
    assert browser.post("/acme/shop/settings/delete/", {"typed": "acme/shop"}).status_code == 403
    assert Project.objects.exists()


def test_deleting_wants_the_address_typed(signed_in: Browser, project: Project, owner: User) -> None:
    browser = signed_in(owner)
    assert browser.post("/acme/shop/settings/delete/", {"typed": "shop"}).status_code == 400
    assert Project.objects.exists()
    assert browser.post("/acme/shop/settings/delete/", {"typed": "acme/shop"})["Location"] == "/acme/"
    assert not Project.objects.exists()
    assert browser.post("/acme/shop/settings/delete/", {"typed": "acme/shop"}).status_code == 404
    assert AuditEntry.objects.get(action="project.delete").data["key"] == str(project.key)


def test_the_empty_project_says_how_to_push(signed_in: Browser, project: Project, viewer: User) -> None:
    page = signed_in(viewer).get("/acme/shop/").content.decode()
    assert "git remote add braid http://localhost:8000/acme/shop.git" in page
    assert "git push braid HEAD:refs/heads/main" in page


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("who", "held"),
    [
        ("viewer", Role.VIEWER),
        ("developer", Role.DEVELOPER),
        ("maintainer", Role.MAINTAINER),
        ("owner", Role.OWNER),
    ],
)
def test_finding_asks_for_the_role(
    project: Project, who: str, held: Role, role: Role, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    if held >= role:
        assert find_project(user, "acme", "shop", role) == project
    else:
        with pytest.raises(PermissionDenied, match=f"needs the role {role.label.lower()}"):
            find_project(user, "acme", "shop", role)


def test_strangers_find_nothing(project: Project, stranger: User, owner: User) -> None:
    from django.contrib.auth.models import AnonymousUser

    for user, path in (
        (stranger, ("acme", "shop")),
        (AnonymousUser(), ("acme", "shop")),
        (stranger, ("elsewhere", "shop")),
        (owner, ("elsewhere", "shop")),
        (owner, ("acme", "Shop")),
    ):
        with pytest.raises(Http404):
            find_project(user, *path)


@pytest.mark.parametrize("name", ["main", "release/2.0", "a_b-c", "1", "feature/x.y"])
def test_good_branches(name: str) -> None:
    check_branch(name)


@pytest.mark.parametrize(
    "name",
    [
        "HEAD",
        "/a",
        "a/",
        "a//b",
        ".a",
        "a/.b",
        "a.",
        "a.lock/b",
        "a b",
        "a~1",
        "a^",
        "a:b",
        "ä",
        "\u202ea",
        "@{",
    ],
)
def test_bad_branches(name: str) -> None:
    with pytest.raises(ValidationError):
        check_branch(name)


@pytest.mark.parametrize(("typed", "kept"), [("", ""), (".", ""), ("./a//b/", "a/b"), (" db ", "db")])
def test_one_spelling_per_folder(typed: str, kept: str) -> None:
    check_root(typed)
    assert tidy_root(typed) == kept


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_an_address_at_once_one_gets_it(team: Team, owner: User) -> None:
    answers = run_at_once(*(lambda: actions.create_project(owner, team, "Shop", "shop") for _ in range(2)))
    assert sum(isinstance(answer, Project) for answer in answers) == 1
