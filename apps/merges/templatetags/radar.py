"""What pages of the apps below show of the radar, which they know nothing of."""

from typing import Any

from django import template

from apps.merges.access import Radar, collisions_of, radar_of
from apps.merges.pages import lines_of
from apps.projects.models import Project
from apps.repositories.models import Branch

register = template.Library()


@register.inclusion_tag("merges/collisions.html")
def collisions(branch: Branch, elsewhere: bool = False) -> dict[str, Any]:
    """With whom a branch collides, and on what; nothing where with nobody. `elsewhere`: the default branch aside."""
    found = () if branch.deleted_at else collisions_of(branch)
    shown = lines_of([pair for pair in found if not (elsewhere and pair.other(branch).is_default)], branch)
    return {"project": branch.project, "branch": branch, "lines": shown}


@register.simple_tag
def find_radar(project: Project) -> Radar:
    return radar_of(project)
