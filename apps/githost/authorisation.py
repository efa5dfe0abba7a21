"""Who asks, and may they: HTTP's Basic credentials to a project, or an answer that refuses.

The password is an API token. Without valid credentials the answer is 401 and the
same for every address, so it tells nothing about what exists; with them a
stranger gets 404.
"""

import binascii
from base64 import b64decode
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404

from apps.accounts.models import ApiToken, Scope, User
from apps.accounts.tokens import authenticate
from apps.forges.access import connection_of
from apps.githost.requests import GitRequest, Refusal, Service
from apps.projects.access import find_project
from apps.projects.models import Project
from apps.repositories.storage import prepare_repository
from apps.teams.models import Role

_REALM = 'Basic realm="Braid: your email and an API token", charset="UTF-8"'


@dataclass(frozen=True, slots=True)
class Grant:
    """What a request may use: the person, the project and its repository's folder."""

    user: User
    project: Project
    repository: Path


def authorise(request: GitRequest) -> Grant:
    """Find the person and the project of a request; raises Refusal."""
    token = _token(request.authorization)
    writes = request.service is Service.RECEIVE_PACK
    project = _project(token.user, request, Role.DEVELOPER if writes else Role.VIEWER)
    _check_scope(token, Scope.WRITE if writes else Scope.READ)
    if writes:
        _refuse_followers(project)
    return Grant(token.user, project, prepare_repository(project))


def _token(authorization: str) -> ApiToken:
    for candidate in _secrets(authorization):
        token = authenticate(candidate)
        if token is not None:
            return token
    raise Refusal(
        HTTPStatus.UNAUTHORIZED,
        "Sign in with your email and an API token as the password; your account's password does not work "
        f"here. Make a token at {settings.BASE_URL}/accounts/tokens/",
        (("WWW-Authenticate", _REALM),),
    )


def _secrets(authorization: str) -> tuple[str, ...]:
    """What may be a token: the password, the name where tools put it there, or a bearer's value."""
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return (value.strip(),)
    if scheme.lower() != "basic":
        return ()
    try:
        name, _, password = b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ()
    return tuple(part for part in (password, name) if part)


def _project(user: User, request: GitRequest, role: Role) -> Project:
    try:
        return find_project(user, request.team, request.project, role)
    except Http404:
        raise Refusal(
            HTTPStatus.NOT_FOUND,
            f"There is no repository /{request.team}/{request.project}.git, or you are not in its team.",
        ) from None
    except PermissionDenied:
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            f"You may read this repository but not push to it. Ask an owner of {request.team} for the role "
            f"of a {role.label.lower()}.",
        ) from None


def _refuse_followers(project: Project) -> None:
    """What a project follows on a forge would undo a push, so it is not taken."""
    followed = connection_of(project)
    if followed is not None:
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            f"This project follows {followed.web_url}: push there, and Braid looks at it within seconds.",
        )


def _check_scope(token: ApiToken, scope: Scope) -> None:
    if not token.allows(scope):
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            f"The token {token.prefix}… lacks the scope '{scope.value}'. Make another one at "
            f"{settings.BASE_URL}/accounts/tokens/",
        )
