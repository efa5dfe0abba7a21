"""Sizes of a project's tables are taken as a whole, or forgotten.

Both hold the lock of the policy, as whoever lands a proposal does: what is large changes before that or after,
never in between. A proposal that is approved or queued is weighed anew wherever it is asked whether it may land.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.projects.models import Project
from apps.proposals.actions.policing import lock_policy
from apps.proposals.models import Measurement, TableSize
from apps.proposals.sizes import MOST_TABLES
from apps.teams import audit
from schemata.sizes import Measured, Place

# Sent in the transaction that changes them, with `project`.
resized = Signal()

# How far the clock of a database may be ahead of this one.
AHEAD = timedelta(minutes=5)
BATCH = 2000


@transaction.atomic
def replace_sizes(
    actor: User, project: Project, measured_at: datetime, tables: Sequence[tuple[Place, Measured]]
) -> Measurement:
    """Keep these in place of all that were known, and write who sent them into the team's log.

    Raises RefusedError for too many, for a table that is there twice, for a time that has not come, and where newer
    ones are known already.
    """
    lock_policy(project)
    known = Measurement.objects.filter(project=project).first()
    _check(known, measured_at, tables)
    if known:
        known.delete()
    made = Measurement.objects.create(
        project=project,
        measured_at=measured_at,
        sent_at=timezone.now(),
        sent_by=actor,
        count=len(tables),
    )
    rows = (
        TableSize(
            measurement=made, schema=schema, name=name, rows=of.rows, bytes=of.bytes, columns=of.columns
        )
        for (schema, name), of in tables
    )
    TableSize.objects.bulk_create(rows, batch_size=BATCH)
    audit.record(
        project.team,
        actor,
        "sizes.replace",
        project.slug,
        measured_at=measured_at.isoformat(timespec="seconds"),
        tables=len(tables),
    )
    resized.send(Measurement, project=project)
    return made


@transaction.atomic
def forget_sizes(actor: User, project: Project) -> bool:
    """Have every table of unknown size again; False where none was known."""
    lock_policy(project)
    known = Measurement.objects.filter(project=project).first()
    if known is None:
        return False
    known.delete()
    audit.record(
        project.team,
        actor,
        "sizes.forget",
        project.slug,
        measured_at=known.measured_at.isoformat(timespec="seconds"),
        tables=known.count,
    )
    resized.send(Measurement, project=project)
    return True


def _check(
    known: Measurement | None, measured_at: datetime, tables: Sequence[tuple[Place, Measured]]
) -> None:
    if not tables:
        raise RefusedError("There is no table among these sizes.")
    if len(tables) > MOST_TABLES:
        raise RefusedError(f"These are {len(tables):,} tables; a project may have sizes of {MOST_TABLES:,}.")
    (place, count), *_ = Counter(place for place, _ in tables).most_common(1)
    if count > 1:
        raise RefusedError(f"The table {'.'.join(place)} is named more than once.")
    if measured_at > timezone.now() + AHEAD:
        raise RefusedError("The sizes were measured at a time that has not come yet; is a clock wrong?")
    if known and measured_at < known.measured_at:
        raise RefusedError(
            f"Newer sizes are known, of {known.measured_at:%Y-%m-%d %H:%M} UTC; remove them first to go back."
        )
