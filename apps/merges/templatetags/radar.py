"""What pages of the apps below show of the radar, which they know nothing of."""

from typing import Any

from django import template

from apps.merges.access import Radar, collisions_of, radar_of
from apps.merges.pages import lines_of
from apps.projects.models import Project
from apps.repositories.models import Branch

register = template.Library()


@register.inclusion_tag("merges/collisions.html")
def collisions(branch: Branch) -> dict[str, Any]:
    """With whom a branch collides, and on what; nothing where with nobody."""
    shown = () if branch.deleted_at else lines_of(collisions_of(branch), branch)
    return {"project": branch.project, "branch": branch, "lines": shown}


@register.simple_tag
def find_radar(project: Project) -> Radar:
    return radar_of(project)
