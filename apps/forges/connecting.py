"""What maintainers do with a connection: make it, change it, give it other secrets, end it.

Each writes the audit log.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, TypeVar

from django.db import transaction

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.accounts.outward import egress
from apps.accounts.sealing import SealBroken, seal
from apps.forges import outbox, rejoining
from apps.forges.access import client_of
from apps.forges.errors import MisgivenError
from apps.forges.models import Connection, Installation, Parting
from apps.forges.permissions import Findings, findings_of
from apps.forges.waking import wake
from apps.projects.models import Project
from apps.proposals.actions.handing import take_all_back
from apps.proposals.landing import lock_project
from apps.repositories.models import Branch
from apps.teams import audit
from egress import EgressError
from forges import ForgeError, Gone, Kind, PullState, Refused

NO_FORGE = "The project follows no forge any more."
OTHER_WAY = "The project lands in another way now; queue it again."
SETTINGS = ("landing", "comments", "context", "people")
SITES = {
    Kind.GITHUB: "https://github.com",
    Kind.GITLAB: "https://gitlab.com",
    Kind.GITEA: "https://gitea.com",
    Kind.BITBUCKET: "https://bitbucket.org",
}
ENDING = (
    "The former secret is still good; end it first. Where the new one was lost before it stood in the webhook, end "
    "the former all the same, renew, and put that one into the webhook; until then Braid looks every ten minutes."
)
READ_ONLY = "Braid may read {name} and not write to it; it needs to push and to report checks."
SHORTEST_SECRET, LONGEST_SECRET = 16, 200
MOST_CONTEXT = 60
_NAME = re.compile(r"[\w.~-]+(/[\w.~-]+)+")
T = TypeVar("T")


def connect(
    actor: User,
    project: Project,
    kind: Kind,
    base_url: str,
    name: str,
    *,
    token: str = "",
    installation: Installation | None = None,
    secret: str | None = None,
) -> tuple[Connection, str]:
    """Let the project follow a repository; the connection, and its webhook's secret (empty for an App's), shown once.

    `secret` is the one that the webhook has: None makes one, with an empty one no deliveries are taken. The forge is
    asked first, so a wrong name, token or permission is a RefusedError that says so. Only a project without branches
    of its own can begin to follow one, as nothing of it would survive; a repository that was disconnected is taken up
    again where nobody has pushed to the project since (`apps.forges.rejoining`).
    """
    draft = _draft(project, kind, base_url, name, token, installation)
    found = _ask(draft).repository
    secret = "" if installation else secrets.token_urlsafe(32) if secret is None else secret
    draft.created_by = actor
    draft.name, draft.number = found.name, found.id
    draft.clone_url, draft.web_url = found.clone_url, found.web_url
    draft.secret = seal(secret) if secret else ""
    _save(actor, draft, found.default_branch, _asked(lambda: rejoining.heads_there(draft)))
    return draft, secret


def try_out(connection: Connection) -> Findings:
    """Ask the forge, without changing anything there, what the connection's credential may do.

    Permissions that are missing are part of what is found; a RefusedError says why nothing could be asked at all.
    """
    found = _findings(connection)
    if not found.repository.can_write and not found.missing:
        raise MisgivenError(READ_ONLY.format(name=found.repository.name), "token")
    return found


@transaction.atomic
def change(actor: User, connection: Connection, **changes: Any) -> Connection:
    """Change any of SETTINGS."""
    # Before the connection, as everywhere.
    lock_project(connection.project_id)
    connection = _lock(connection)
    before = {name: getattr(connection, name) for name in SETTINGS}
    changed = {name: changes[name] for name in SETTINGS if name in changes and changes[name] != before[name]}
    for name, value in changed.items():
        setattr(connection, name, value)
    if "context" in changed:
        _check_context(connection)
    if "people" in changed:
        # Open pull requests may have an author now.
        Connection.objects.filter(pk=connection.pk).update(looked_at=None)
        wake(connection.pk)
    if changed:
        connection.save(update_fields=[*changed])
        if "landing" in changed:
            take_all_back(connection.project_id, OTHER_WAY)
        _record(
            actor, connection, "forge.change", before={name: before[name] for name in changed}, after=changed
        )
        _tell_anew(connection)
    return connection


def _tell_anew(connection: Connection) -> None:
    """What stands on the forge of open pull requests is to be as the settings are now, whatever happens next."""
    pulls = list(connection.pulls.filter(state=PullState.OPEN.value).order_by("number"))
    outbox.want_commits(connection, [pull.head_sha for pull in pulls])
    for pull in pulls if connection.comments else ():
        outbox.want_comment(pull)


def give_token(actor: User, connection: Connection, token: str) -> None:
    """Another token in the place of the one that there is, once the forge takes it. Raises RefusedError.

    Nothing is locked while the forge is asked: deliveries must not wait for that.
    """
    if connection.installation_id is not None:
        raise RefusedError("This connection speaks for a GitHub App, which needs no token.")
    draft = copy(connection)
    draft.token = seal(_clean_secret(token))
    _ask(draft)
    with transaction.atomic():
        now = _lock(connection)
        Connection.objects.filter(pk=now.pk).update(token=draft.token, not_before=None, attempts=0)
        _record(actor, now, "forge.token")
        wake(now.pk)


@transaction.atomic
def renew_secret(actor: User, connection: Connection, secret: str = "") -> str:
    """A new webhook secret (empty: one is made), shown once; the former one is good until `forget_former_secret`."""
    connection = _lock(connection)
    if connection.installation_id is not None:
        raise RefusedError("An App's webhook has the App's own secret; renew it on the App's page.")
    if connection.former_secret:
        # Which of the two the webhook has is not known here, and a third would put one of them out.
        raise RefusedError(ENDING)
    secret = secret or secrets.token_urlsafe(32)
    connection.former_secret, connection.secret = connection.secret, seal(secret)
    connection.save(update_fields=["secret", "former_secret"])
    _record(actor, connection, "forge.secret")
    return secret


@transaction.atomic
def forget_former_secret(actor: User, connection: Connection) -> None:
    """The forge has the new secret; the former one is good no more."""
    if Connection.objects.filter(pk=connection.pk).exclude(former_secret="").update(former_secret=""):
        _record(actor, connection, "forge.secret_forgotten")


@transaction.atomic
def disconnect(actor: User, connection: Connection) -> None:
    """Stop following; branches and proposals stay, and can be pushed to from now on.

    The same repository can be connected again: what was followed is kept, the secrets are not.
    """
    take_all_back(connection.project_id, NO_FORGE)
    connection = _lock(connection)
    rejoining.remember(connection)
    _record(actor, connection, "forge.disconnect")
    connection.delete()


def check_secret(secret: str) -> None:
    """Raises RefusedError for what is no secret that a webhook can have."""
    is_plain = secret.isascii() and secret.isprintable() and " " not in secret
    if not is_plain or not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        raise RefusedError(
            f"Give {SHORTEST_SECRET} to {LONGEST_SECRET} letters, digits and signs, without spaces."
        )


def _draft(
    project: Project, kind: Kind, base_url: str, name: str, token: str, installation: Installation | None
) -> Connection:
    base_url, name = base_url.strip().rstrip("/"), name.strip().strip("/").removesuffix(".git")
    try:
        egress().check(base_url)
    except EgressError as error:
        raise MisgivenError(f"The forge's address: {error}", "base_url") from None
    if "?" in base_url or "#" in base_url:
        raise MisgivenError("The forge's address: it has no ? and no # in it.", "base_url")
    if not _NAME.fullmatch(name) or ".." in name.split("/"):
        raise MisgivenError("Give the repository's full path, like acme/shop.", "name")
    if installation is not None and (kind is not Kind.GITHUB or installation.app.base_url != base_url):
        raise RefusedError("The App belongs to another forge.")
    if installation is not None and installation.app.team_id != project.team_id:
        raise RefusedError("The App belongs to another team.")
    if installation is None and not token.strip():
        raise MisgivenError("Give a token that Braid may use.", "token")
    sealed = "" if installation else seal(_clean_secret(token))
    return Connection(
        project=project,
        kind=kind.value,
        base_url=base_url,
        name=name,
        token=sealed,
        installation=installation,
    )


def _clean_secret(token: str) -> str:
    """What people paste may end in a newline; what is no header value is no token."""
    token = token.strip()
    if not token.isascii() or not token.isprintable() or " " in token:
        raise MisgivenError("This is no token: it holds spaces or letters that no token has.", "token")
    return token


def _ask(connection: Connection) -> Findings:
    """What the credential may do; a RefusedError where that is not enough, as far as can be known."""
    found = _findings(connection)
    if found.missing:
        named = "; ".join(f"{line.need.name} ({line.told})" for line in found.missing)
        raise MisgivenError(f"Permissions are missing. {named} {found.missing[0].todo}", "token")
    if not found.repository.can_write:
        raise MisgivenError(READ_ONLY.format(name=found.repository.name), "token")
    return found


def _findings(connection: Connection) -> Findings:
    return _asked(lambda: findings_of(connection, client_of(connection).access()))


def _asked(ask: Callable[[], T]) -> T:
    """What the forge answers; a RefusedError at the field that it is about where it does not."""
    try:
        return ask()
    except ForgeError as error:
        raise MisgivenError(str(error), _field_of(error)) from error
    except SealBroken:
        raise MisgivenError(
            "This installation can't read the token any more. Give another one.", "token"
        ) from None


def _field_of(error: ForgeError) -> str:
    """What a person would look at first."""
    if isinstance(error, Gone):
        return "name"
    return "token" if isinstance(error, Refused) else "base_url"


@transaction.atomic
def _save(actor: User, connection: Connection, default_branch: str, there: Mapping[str, str]) -> None:
    project = (
        Project.objects.select_for_update(of=("self",)).select_related("team").get(pk=connection.project_id)
    )
    if Connection.objects.filter(project=project).exists():
        raise RefusedError("This project follows a repository already. Disconnect that one first.")
    connection.project = project
    parting = rejoining.find(connection, there)
    has_branches = Branch.objects.filter(project=project, deleted_at=None).exists()
    if has_branches and parting is None:
        raise RefusedError(
            "This project has branches of its own, which would be replaced by the forge's. Make a new project for the "
            "repository on the forge."
        )
    # With branches it is the project's own choice, which a look speaks of where the forge has another.
    if project.default_branch != default_branch and not has_branches:
        project.default_branch = default_branch
        project.save(update_fields=["default_branch"])
    if parting is None:
        _begin(actor, connection, "forge.connect")
    else:
        rejoining.take_up(connection, parting)
        _begin(actor, connection, "forge.reconnect")
        rejoining.take_up_pulls(connection, parting)
        _tell_anew(connection)
    Parting.objects.filter(project=project).delete()


def _begin(actor: User, connection: Connection, action: str) -> None:
    _name_apart(connection)
    connection.save()
    _record(actor, connection, action)
    wake(connection.pk)


def _name_apart(connection: Connection) -> None:
    """A status of its own where another project follows the same repository: one would overwrite the other's."""
    project = connection.project
    for name in (connection.context, f"braid-{project.slug}", f"braid-{project.team.slug}-{project.slug}"):
        connection.context = name[:MOST_CONTEXT]
        if not _others_with(connection):
            return
    connection.context = f"braid-{connection.key}"


def _check_context(connection: Connection) -> None:
    """Raises RefusedError where the forge would not tell two projects' statuses apart."""
    if others := _others_with(connection):
        raise MisgivenError(
            f"Another project that follows this repository calls its status {others[0]}; they need different names.",
            "context",
        )


def _others_with(connection: Connection) -> list[str]:
    """Names of statuses that are ours, or that ours stand below, in other projects of the repository."""
    same = Connection.objects.filter(
        kind=connection.kind, base_url__iexact=connection.base_url, number=connection.number
    )
    ours = f"{connection.context}/"
    theirs = same.exclude(pk=connection.pk).order_by("pk").values_list("context", flat=True)
    return [each for each in theirs if f"{each}/".startswith(ours) or ours.startswith(f"{each}/")]


def _lock(connection: Connection) -> Connection:
    found = Connection.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("project__team", "installation__app").get(pk=connection.pk)


def _record(actor: User, connection: Connection, action: str, **data: Mapping[str, Any]) -> None:
    project = connection.project
    audit.record(project.team, actor, action, project.slug, repository=str(connection), **data)
