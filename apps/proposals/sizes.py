"""Sizes of tables as they are kept: those that a merge is weighed by, and what pages and the API show."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F, QuerySet

from apps.merges.models import Merge
from apps.projects.models import Project
from apps.proposals.models import Measurement, TableSize
from schemata.sizes import Measured, Sizes, Standing

# Names that Postgres takes have at most 63 bytes (manual: sql-syntax-lexical).
MOST_NAME = 63
MOST_TABLES = 10_000
MOST_SHOWN = 10


def sizes_for(project: Project, merge: Merge | None) -> Sizes:
    """The newest sizes of the tables that landing the merge goes through, in at most two queries."""
    places = {(each.schema, each.name) for each in _tables_of(merge)}
    found = Measurement.objects.filter(project=project).first() if places else None
    if found is None:
        return Sizes()
    known = {
        (each.schema, each.name): Measured(each.rows, each.bytes, each.columns)
        for each in found.tables.filter(name__in={name for _, name in places})
        if (each.schema, each.name) in places
    }
    return Sizes(found.measured_at, known)


def tables_through(cost: Mapping[str, Any]) -> tuple[Standing, ...] | None:
    """The tables that a kept cost goes through; None where it can't be told, or was not when it was measured."""
    found = cost.get("tables")
    return None if found is None else tuple(Standing(**each) for each in found)


def measurement_of(project: Project) -> Measurement | None:
    """When the project's tables were measured, and by whom."""
    return Measurement.objects.filter(project=project).select_related("sent_by").first()


def largest(measurement: Measurement) -> "QuerySet[TableSize]":
    """The tables that take the most space."""
    return measurement.tables.order_by(F("bytes").desc(), "schema", "name")[:MOST_SHOWN]


def _tables_of(merge: Merge | None) -> Iterator[Standing]:
    risk = (merge.risk if merge else None) or {}
    for cost in risk.get("costs", ()):
        yield from tables_through(cost) or ()
