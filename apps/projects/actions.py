"""What people do with projects. Each verb owns its transaction and writes the team's audit log."""

from typing import Any

from django.db import IntegrityError, transaction
from django.dispatch import Signal

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.projects.models import Project
from apps.teams import audit
from apps.teams.actions import lock
from apps.teams.models import Team

# Sent in the transaction that changes them, with `project` and the names of `settings`.
resettled = Signal()

SETTINGS = ("name", "slug", "default_branch", "root", "postgres")


@transaction.atomic
def create_project(
    creator: User,
    team: Team,
    name: str,
    slug: str,
    *,
    default_branch: str = "main",
    root: str = "",
    postgres: int | None = None,
) -> Project:
    """A new, empty project; raises RefusedError when the team has one of that slug."""
    project = Project(
        team=lock(team),
        name=name,
        slug=slug,
        default_branch=default_branch,
        root=root,
        postgres=postgres,
        created_by=creator,
    )
    _save(project)
    audit.record(team, creator, "project.create", project.slug, **_settings(project))
    return project


@transaction.atomic
def change_project(actor: User, project: Project, **changes: Any) -> Project:
    """Change any of SETTINGS; the audit log gets what was different before and after."""
    project = Project.objects.select_for_update(of=("self",)).select_related("team").get(pk=project.pk)
    before = _settings(project)
    for name in SETTINGS:
        setattr(project, name, changes.get(name, before[name]))
    after = _settings(project)
    changed = [name for name in SETTINGS if before[name] != after[name]]
    if changed:
        _save(project)
        audit.record(
            project.team,
            actor,
            "project.change",
            project.slug,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
        resettled.send(Project, project=project, settings=tuple(changed))
    return project


@transaction.atomic
def delete_project(actor: User, project: Project) -> None:
    """Remove the project with all that Braid knows of it.

    Its repository is an orphan then, which apps.repositories sets aside and removes a month later.
    """
    audit.record(
        project.team, actor, "project.delete", project.slug, key=str(project.key), **_settings(project)
    )
    project.delete()


def _settings(project: Project) -> dict[str, Any]:
    return {name: getattr(project, name) for name in SETTINGS}


def _save(project: Project) -> None:
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError:
        raise RefusedError(
            f"{project.team.name} has a project with the address {project.slug} already. Choose another."
        ) from None
