"""What maintainers do with a connection: make it, change it, give it other secrets, end it.

Each writes the audit log.
"""

import secrets
from collections.abc import Mapping
from copy import copy
from typing import Any

from django.db import transaction

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.accounts.sealing import seal
from apps.forges import contexts, outbox, rejoining
from apps.forges.asking import READ_ONLY, ask, asked, clean_token, draft_of, findings
from apps.forges.errors import MisgivenError
from apps.forges.models import Connection, Installation, Parting
from apps.forges.people import accounts_of
from apps.forges.permissions import Findings
from apps.forges.waking import wake
from apps.projects.models import Project
from apps.proposals.actions.handing import take_all_back
from apps.proposals.landing import lock_project
from apps.repositories.models import Branch
from apps.teams import audit
from forges import Kind, PullState

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
SHORTEST_SECRET, LONGEST_SECRET = 16, 200


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
    draft = draft_of(project, kind, base_url, name, token, installation)
    found = ask(draft).repository
    secret = "" if installation else secrets.token_urlsafe(32) if secret is None else secret
    draft.created_by = actor
    draft.name, draft.number = found.name, found.id
    draft.clone_url, draft.web_url = found.clone_url, found.web_url
    draft.secret = seal(secret) if secret else ""
    _save(actor, draft, found.default_branch, asked(lambda: rejoining.heads_there(draft)))
    return draft, secret


def try_out(connection: Connection) -> Findings:
    """Ask the forge, without changing anything there, what the connection's credential may do.

    Permissions that are missing are part of what is found; a RefusedError says why nothing could be asked at all.
    """
    found = findings(connection)
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
        contexts.check(connection)
    if "people" in changed:
        connection.accounts = accounts_of(connection, before["people"], connection.people)
        # Open pull requests may have an author now.
        Connection.objects.filter(pk=connection.pk).update(looked_at=None)
        wake(connection.pk)
    if changed:
        connection.save(update_fields=[*changed, "accounts"])
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
    draft.token = seal(clean_token(token))
    ask(draft)
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
    contexts.name_apart(connection)
    connection.save()
    _record(actor, connection, action)
    wake(connection.pk)


def _lock(connection: Connection) -> Connection:
    found = Connection.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("project__team", "installation__app").get(pk=connection.pk)


def _record(actor: User, connection: Connection, action: str, **data: Mapping[str, Any]) -> None:
    project = connection.project
    audit.record(project.team, actor, action, project.slug, repository=str(connection), **data)
