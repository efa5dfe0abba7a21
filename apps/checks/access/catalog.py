"""The catalog browser: the schema that a branch makes, read from the snapshot of its last judgement."""

from dataclasses import dataclass

from apps.checks.access.overview import BranchSummary
from apps.projects.models import Project


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
    raise NotImplementedError


def table_page(project: Project, branch_name: str, schema: str, table: str) -> TablePage:
    """One table of the branch; raises Http404 where there is no such branch or table."""
    raise NotImplementedError
