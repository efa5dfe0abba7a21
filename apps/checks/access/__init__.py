"""What pages and the API read: values shaped for showing, each built by a constant number of queries.

Every function takes a `Project` that the caller got from
`apps.projects.access.find_project`, so authorisation has happened; nothing
here reaches beyond that project. What is not there raises `Http404`.
"""

from apps.checks.access.branch import (
    BranchPage,
    ChangeView,
    FailureView,
    ObjectChanges,
    branch_page,
    branch_summary,
    find_branch,
    find_verdict,
    latest_verdict,
    object_changes,
    verdict_page,
    verdicts_of,
)
from apps.checks.access.catalog import (
    CatalogPage,
    ColumnView,
    ForeignKeyView,
    ObjectView,
    TablePage,
    TableSummary,
    catalog_page,
    table_page,
    table_schemas,
)
from apps.checks.access.migrations import MigrationText, MigrationView, migration_texts
from apps.checks.access.overview import BranchSummary, ProjectOverview, project_overview, project_overviews
from apps.checks.access.pushes import PushView, UpdateView, push_history
from apps.checks.access.stopped import why_stopped
from apps.checks.content import findings_of

__all__ = [
    "BranchPage",
    "BranchSummary",
    "CatalogPage",
    "ChangeView",
    "ColumnView",
    "FailureView",
    "ForeignKeyView",
    "MigrationText",
    "MigrationView",
    "ObjectChanges",
    "ObjectView",
    "ProjectOverview",
    "PushView",
    "TablePage",
    "TableSummary",
    "UpdateView",
    "branch_page",
    "branch_summary",
    "catalog_page",
    "find_branch",
    "find_verdict",
    "findings_of",
    "latest_verdict",
    "migration_texts",
    "object_changes",
    "project_overview",
    "project_overviews",
    "push_history",
    "table_page",
    "table_schemas",
    "verdict_page",
    "verdicts_of",
    "why_stopped",
]
