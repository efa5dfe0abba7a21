"""Announcing that a meeting moved, by Postgres's own NOTIFY (manual: sql-notify), with the commit that moved it."""

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from apps.merges.models import Meeting

CHANNEL = "braid_meeting"


def announce(meeting: "Meeting") -> None:
    """The payload is `<meeting id> <project id>`."""
    _notify(f"{meeting.pk} {meeting.project_id}")


def announce_project(project_id: int) -> None:
    """Meetings came or went: 0 stands for their ids."""
    _notify(f"0 {project_id}")


def _notify(payload: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_catalog.pg_notify(%s, %s)", [CHANNEL, payload])
