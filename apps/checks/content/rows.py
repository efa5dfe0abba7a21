"""Writing a content-addressed row in one statement: made, or found and brought up to date."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)

BATCH = 1000


def keep(rows: Sequence[Row], *, under: str = "key", update: Sequence[str]) -> list[Row]:
    """Insert the rows, or update those that are there under the same project and key; all have their ids then.

    `update` must name a column even where nothing changes: Postgres returns no id for a row it leaves alone.
    """
    if not rows:
        return []
    return type(rows[0])._default_manager.bulk_create(
        list(rows),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["project", under],
        update_fields=list(update),
    )
