"""The sizes of tables on the project's settings page, which knows nothing of them."""

from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from apps.projects.models import Project
from apps.proposals.models import TableSize
from apps.proposals.sizes import largest, measurement_of
from schemata.sizes import FRESH, rows_words, size_words

register = template.Library()


@register.inclusion_tag("proposals/sizes.html")
def sizes_of(project: Project) -> dict[str, Any]:
    """When they were taken and the largest tables, in two queries; else how to send them."""
    found = measurement_of(project)
    return {
        "project": project,
        "measurement": found,
        "sender": str(found.sent_by or "somebody who has left") if found else "",
        "is_old": found is not None and timezone.now() - found.measured_at > FRESH,
        "days": FRESH.days,
        "tables": [_row(each) for each in largest(found)] if found else [],
        "command": f"BRAID_URL={settings.BASE_URL} braid sizes --url postgres://… "
        f"--project {project.team.slug}/{project.slug}",
    }


def _row(found: TableSize) -> dict[str, str]:
    rows = "never analysed" if found.rows is None else rows_words(found.rows)
    return {"name": str(found), "rows": rows, "size": size_words(found.bytes)}
