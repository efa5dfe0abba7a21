"""The objects of a catalog as a list: one kind at a time, searched, a page of them."""

from collections import Counter
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from apps.checks.access import CatalogPage, ObjectView, TableSummary

PAGE_SIZE = 100
TABLES = "tables"


@dataclass(frozen=True, slots=True)
class KindChoice:
    kind: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ObjectList:
    """One page of the chosen kind: tables and views are TableSummary, any other kind is ObjectView."""

    kinds: tuple[KindChoice, ...]
    kind: str
    query: str
    page: Page[TableSummary | ObjectView]
    is_tables: bool
    has_schemas: bool


def list_objects(found: CatalogPage, kind: str, query: str, page: str) -> ObjectList:
    """What the query string asks for; an unknown kind is tables."""
    counts = Counter(o.kind for o in found.objects)
    kind = kind if kind in counts else TABLES
    wanted = query.casefold().split()
    rows = found.tables if kind == TABLES else tuple(o for o in found.objects if o.kind == kind)
    matching = [row for row in rows if _matches(row, wanted)]
    return ObjectList(
        kinds=_kinds(found, counts, kind),
        kind=kind,
        query=query,
        page=Paginator(matching, PAGE_SIZE).get_page(page),
        is_tables=kind == TABLES,
        has_schemas=len({row.schema for row in rows}) > 1,
    )


def _kinds(found: CatalogPage, counts: Counter[str], chosen: str) -> tuple[KindChoice, ...]:
    tables = KindChoice(TABLES, "Tables and views", len(found.tables), chosen == TABLES)
    others = (KindChoice(k, k.capitalize(), n, k == chosen) for k, n in sorted(counts.items()))
    return (tables, *others)


def _matches(row: TableSummary | ObjectView, wanted: list[str]) -> bool:
    text = f"{row.schema}.{row.name} {row.comment}".casefold()
    return all(word in text for word in wanted)
