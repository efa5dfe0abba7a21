"""The exact git commands for a project's page."""

from django import template
from django.conf import settings

from apps.projects.models import Project

register = template.Library()


@register.simple_tag
def git_url(project: Project) -> str:
    """Where git finds the project."""
    return f"{settings.BASE_URL}/{project.team.slug}/{project.slug}.git"


@register.simple_tag
def how_to_push(project: Project) -> dict[str, str]:
    """The commands that bring an existing repository here, whatever its own branch is called."""
    return {
        "add_remote": f"git remote add braid {git_url(project)}",
        "push_default": f"git push braid HEAD:refs/heads/{project.default_branch}",
        "push_branch": "git push braid my-branch",
    }
