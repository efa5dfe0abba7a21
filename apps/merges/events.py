"""Announcing that a meeting moved, by Postgres's own NOTIFY (manual: sql-notify), with the commit that moved it."""

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from apps.merges.models import Meeting

CHANNEL = "braid_meeting"


def announce(meeting: "Meeting") -> None:
    """The payload is `<meeting id> <project id>`."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_catalog.pg_notify(%s, %s)", [CHANNEL, f"{meeting.pk} {meeting.project_id}"])
