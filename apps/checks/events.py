"""Announcing that a verdict moved, by Postgres's own NOTIFY (manual: sql-notify).

The payload is `<verdict id> <project id>`: pages follow one verdict or a whole
project, and read the row themselves. A notification goes out with the commit of
the transaction it was made in, so a reader always finds what was announced.
"""

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from apps.checks.models import Verdict

CHANNEL = "braid_verdict"


def announce(verdict: "Verdict") -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_catalog.pg_notify(%s, %s)", [CHANNEL, f"{verdict.pk} {verdict.project_id}"])
