"""The small cast of every test: a team's owner, maintainer, developer and viewer, a stranger, a project, tokens.

A pytest plugin, named in pyproject.toml. Django is not ready when plugins are read, hence the imports inside.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from apps.accounts.models import User
    from apps.projects.models import Project
    from apps.teams.models import Membership, Role, Team

PASSWORD = "correct horse battery staple"
TRUNCATE_TRIGGER = "alter table teams_auditentry {} trigger teams_audit_no_truncate"


def pytest_configure() -> None:
    """Let pytest empty the test database between transactional tests, which the audit log's trigger refuses."""
    from django.db.models.signals import post_migrate

    post_migrate.connect(_allow_truncation, dispatch_uid="tests.cast")


def _allow_truncation(sender: Any, using: str, **kwargs: Any) -> None:
    from django.db import connections

    if sender.name == "apps.teams":
        with connections[using].cursor() as cursor:
            cursor.execute("select 1 from pg_trigger where tgname = 'teams_audit_no_truncate'")
            if cursor.fetchone():
                cursor.execute(TRUNCATE_TRIGGER.format("disable"))


@cache
def _password_hash() -> str:
    """Argon2 is slow on purpose; the whole cast shares one hash."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


def make_person(name: str) -> "User":
    """Somebody with the address `<name>@example.com`, the password PASSWORD and no team."""
    from allauth.account.models import EmailAddress

    from apps.accounts.models import User

    user = User(email=f"{name.lower()}@example.com", name=name, password=_password_hash())
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def make_member(team: "Team", name: str, role: "Role") -> "Membership":
    from apps.teams.models import Membership

    return Membership.objects.create(team=team, user=make_person(name), role=role)


@pytest.fixture
def owner(db: None) -> "User":
    return make_person("Olga")


@pytest.fixture
def team(owner: "User") -> "Team":
    """`acme`, owned by `owner`."""
    from apps.teams.actions import create_team

    return create_team(owner, "Acme", "acme")


@pytest.fixture
def maintainer(team: "Team") -> "User":
    from apps.teams.models import Role

    return make_member(team, "Mark", Role.MAINTAINER).user


@pytest.fixture
def developer(team: "Team") -> "User":
    from apps.teams.models import Role

    return make_member(team, "Dora", Role.DEVELOPER).user


@pytest.fixture
def viewer(team: "Team") -> "User":
    from apps.teams.models import Role

    return make_member(team, "Vera", Role.VIEWER).user


@pytest.fixture
def stranger(db: None) -> "User":
    """Somebody who owns a team of their own, `elsewhere`, and is in no other."""
    from apps.teams.actions import create_team

    user = make_person("Stan")
    create_team(user, "Elsewhere", "elsewhere")
    return user


@pytest.fixture
def project(team: "Team", owner: "User") -> "Project":
    """`acme/shop`, empty."""
    from apps.projects.actions import create_project

    return create_project(owner, team, "Shop", "shop")


@pytest.fixture
def token_of() -> Callable[..., str]:
    """`token_of(user, "read")` is the secret of a new token of theirs, by default with every scope."""
    from apps.accounts.models import Scope
    from apps.accounts.tokens import create

    def make(user: "User", *scopes: str) -> str:
        return create(user, "for a test", scopes or tuple(Scope.values)).secret

    return make


@pytest.fixture
def signed_in() -> "Callable[[User | None], Client]":
    """`signed_in(user)` is a browser with their session; with None, one without."""
    from django.test import Client

    def open_browser(user: "User | None") -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return open_browser


@pytest.fixture
def api(token_of: Callable[..., str]) -> Callable[..., Any]:
    """`api(user, "read")` is an API client with a token of theirs; with None, one without."""
    from rest_framework.test import APIClient

    def make(user: "User | None", *scopes: str) -> APIClient:
        client = APIClient()
        if user is not None:
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token_of(user, *scopes)}")
        return client

    return make
