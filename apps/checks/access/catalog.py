"""The catalog browser: the schema that a branch makes, read from the snapshot of its last judgement."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.http import Http404

from apps.checks.access.branch import find_branch, last_replayed, latest_verdict
from apps.checks.access.overview import BranchSummary, summarize
from apps.checks.content.snapshots import load_catalog
from apps.projects.models import Project
from schemata.catalog import EMPTY, Address, Catalog, CatalogObject, Column, Constraint, Index, Kind
from schemata.render import definition

RELATIONS = (Kind.TABLE, Kind.FOREIGN_TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW)
STORED = (Kind.TABLE, Kind.MATERIALIZED_VIEW)
# Constraints that say no more than the column's own line does.
UNSAID = ("not null",)
EVERYWHERE = ((Kind.SCHEMA, "public"), (Kind.EXTENSION, "plpgsql"))


@dataclass(frozen=True, slots=True)
class TableSummary:
    """One table, view or materialised view in the list; `kind` is Postgres's word for it."""

    schema: str
    name: str
    kind: str
    columns: int
    indexes: int
    references: int
    referenced_by: int
    comment: str


@dataclass(frozen=True, slots=True)
class ObjectView:
    """Any other object: enum, domain, function, sequence, extension... with its definition as SQL."""

    kind: str
    schema: str
    name: str
    address: str
    definition: str
    comment: str


@dataclass(frozen=True, slots=True)
class CatalogPage:
    """`judged_commit` is the commit whose catalog this is; empty, with no tables, before any judgement."""

    branch: BranchSummary
    judged_commit: str
    tables: tuple[TableSummary, ...]
    objects: tuple[ObjectView, ...]


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column as a person reads it; `key` is `primary`, `foreign`, `unique` or empty."""

    name: str
    type: str
    nullable: bool
    default: str
    key: str
    references: str
    comment: str


@dataclass(frozen=True, slots=True)
class ForeignKeyView:
    """A foreign key seen from one end: `table` is the table at the other."""

    name: str
    schema: str
    table: str
    columns: tuple[str, ...]
    other_columns: tuple[str, ...]
    definition: str


@dataclass(frozen=True, slots=True)
class TablePage:
    """One table or view. `parts` are its triggers, policies, rules and statistics, as SQL."""

    branch: BranchSummary
    schema: str
    name: str
    kind: str
    comment: str
    definition: str
    columns: tuple[ColumnView, ...]
    constraints: tuple[ObjectView, ...]
    indexes: tuple[ObjectView, ...]
    references: tuple[ForeignKeyView, ...]
    referenced_by: tuple[ForeignKeyView, ...]
    parts: tuple[ObjectView, ...]


def catalog_page(project: Project, branch_name: str) -> CatalogPage:
    """Every table and other object of the branch; raises Http404 where there is no such branch."""
    summary, commit, catalog = _load(project, branch_name)
    return CatalogPage(summary, commit, tuple(_tables(catalog)), tuple(_others(catalog)))


def table_schemas(project: Project, branch_name: str) -> tuple[str, ...]:
    """The schemas in which the branch has tables; none where there is no such branch, or before any judgement."""
    try:
        _, _, catalog = _load(project, branch_name)
    except Http404:
        return ()
    return tuple(sorted({at.schema for at in catalog.objects if at.kind in STORED}))


def table_page(project: Project, branch_name: str, schema: str, table: str) -> TablePage:
    """One table of the branch; raises Http404 where there is no such branch or table."""
    summary, _, catalog = _load(project, branch_name)
    relation = _relation(catalog, schema, table)
    parts = catalog.children.get(relation.address, ())
    constraints = [part for part in parts if isinstance(part, Constraint) and part.type not in UNSAID]
    shown_elsewhere = (Column, Constraint, Index)
    return TablePage(
        branch=summary,
        schema=schema,
        name=table,
        kind=relation.address.kind.value,
        comment=relation.comment,
        definition=definition(relation, catalog),
        columns=tuple(_column(part, constraints) for part in parts if isinstance(part, Column)),
        constraints=tuple(_object(part, catalog) for part in constraints),
        indexes=tuple(_object(part, catalog) for part in parts if isinstance(part, Index)),
        references=tuple(_reference(part, catalog) for part in constraints if part.references),
        referenced_by=tuple(_referrer(part, catalog) for part in _referrers(catalog, relation.address)),
        parts=tuple(_object(part, catalog) for part in parts if not isinstance(part, shown_elsewhere)),
    )


def _load(project: Project, branch_name: str) -> tuple[BranchSummary, str, Catalog]:
    """The branch, the commit whose catalog is at hand, and the catalog; empty before any replay worked."""
    branch = find_branch(project, branch_name)
    summary = summarize(branch, latest_verdict(branch), project.default_branch)
    replayed = last_replayed(branch)
    if replayed is None:
        return summary, "", EMPTY
    verdict, snapshot_id = replayed
    return summary, verdict.commit, _recent_catalog(snapshot_id)


@lru_cache(maxsize=2)
def _recent_catalog(snapshot_id: int) -> Catalog:
    """A snapshot never changes, and a person who browses or searches asks for the same one again and again."""
    return load_catalog(snapshot_id)


def _tables(catalog: Catalog) -> Iterable[TableSummary]:
    keys = [k for k in _constraints(catalog) if k.references]
    to = Counter((k.references.schema, k.references.name) for k in keys if k.references)
    at = Counter((k.address.schema, k.address.parent) for k in keys)
    for relation in sorted(catalog.of_kind(*RELATIONS), key=lambda r: (r.address.schema, r.address.name)):
        address, parts = relation.address, catalog.children.get(relation.address, ())
        yield TableSummary(
            schema=address.schema,
            name=address.name,
            kind=address.kind.value,
            columns=sum(isinstance(part, Column) for part in parts),
            indexes=sum(isinstance(part, Index) for part in parts),
            references=at[address.schema, address.name],
            referenced_by=to[address.schema, address.name],
            comment=relation.comment,
        )


def _others(catalog: Catalog) -> Iterable[ObjectView]:
    """What is neither a relation nor a part of one, nor the sequence of a column, nor in every database."""
    for found in catalog.objects.values():
        address = found.address
        if address.kind in RELATIONS or address.parent or getattr(found, "owned_by", None):
            continue
        if (address.kind, address.name) in EVERYWHERE:
            continue
        yield _object(found, catalog)


def _relation(catalog: Catalog, schema: str, name: str) -> CatalogObject:
    addresses = (Address(kind, schema, name) for kind in RELATIONS)
    found = next((catalog.objects[at] for at in addresses if at in catalog.objects), None)
    if found is None:
        raise Http404("No such table")
    return found


def _constraints(catalog: Catalog) -> Iterable[Constraint]:
    return (found for found in catalog.of_kind(Kind.CONSTRAINT) if isinstance(found, Constraint))


def _referrers(catalog: Catalog, address: Address) -> list[Constraint]:
    return [found for found in _constraints(catalog) if found.references == address]


def _object(found: CatalogObject, catalog: Catalog) -> ObjectView:
    address = found.address
    return ObjectView(
        kind=address.kind.value,
        schema=address.schema,
        name=address.name,
        address=str(address),
        definition=definition(found, catalog),
        comment=found.comment,
    )


def _column(column: Column, constraints: list[Constraint]) -> ColumnView:
    name = column.address.name
    own = [constraint for constraint in constraints if name in constraint.columns]
    return ColumnView(
        name=name,
        type=column.type,
        nullable=not column.not_null,
        default=_default(column),
        key=_key(own),
        references=next((k.references.short for k in own if k.references), ""),
        comment=column.comment,
    )


def _default(column: Column) -> str:
    if column.identity:
        return f"generated {column.identity} as identity"
    return f"generated as ({column.default})" if column.generated else column.default


def _key(constraints: list[Constraint]) -> str:
    """The strongest key that the column is part of."""
    types = {constraint.type for constraint in constraints}
    words = {"primary key": "primary", "foreign key": "foreign", "unique": "unique"}
    return next((word for type_, word in words.items() if type_ in types), "")


def _reference(key: Constraint, catalog: Catalog) -> ForeignKeyView:
    to = key.references or key.address
    return ForeignKeyView(
        key.address.name, to.schema, to.name, key.columns, key.referenced_columns, definition(key, catalog)
    )


def _referrer(key: Constraint, catalog: Catalog) -> ForeignKeyView:
    at = key.address
    return ForeignKeyView(
        at.name, at.schema, at.parent, key.referenced_columns, key.columns, definition(key, catalog)
    )
