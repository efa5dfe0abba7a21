"""Where the API of branches, verdicts, pushes and catalogs answers, under /api/v1/."""

from django.urls import path

from apps.checks import api
from apps.checks.stream import verdict_stream

PROJECT = "teams/<slug:team_slug>/projects/<slug:project_slug>/"
VERDICT = PROJECT + "verdicts/<int:verdict_id>/"
# A branch's name may hold slashes, so what follows it in an address begins with `-`.
CATALOG = PROJECT + "catalog/<path:branch>/-/"

urlpatterns = [
    path(PROJECT + "branches/", api.Branches.as_view(), name="api-branches"),
    path(PROJECT + "branches/<path:branch>/", api.BranchDetail.as_view(), name="api-branch"),
    path(PROJECT + "verdicts/", api.Verdicts.as_view(), name="api-verdicts"),
    path(VERDICT, api.VerdictDetail.as_view(), name="api-verdict"),
    path(VERDICT + "events/", verdict_stream, name="api-verdict-events"),
    path(VERDICT + "retry/", api.VerdictRetry.as_view(), name="api-verdict-retry"),
    path(VERDICT + "changes/", api.VerdictChanges.as_view(), name="api-verdict-changes"),
    path(VERDICT + "findings/", api.VerdictFindings.as_view(), name="api-verdict-findings"),
    path(VERDICT + "timings/", api.VerdictTimings.as_view(), name="api-verdict-timings"),
    path(PROJECT + "pushes/", api.Pushes.as_view(), name="api-pushes"),
    path(CATALOG + "tables/", api.Tables.as_view(), name="api-tables"),
    path(CATALOG + "tables/<str:schema>/<str:table>/", api.TableDetail.as_view(), name="api-table"),
    path(CATALOG + "objects/", api.Objects.as_view(), name="api-objects"),
]
