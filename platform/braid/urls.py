"""Every URL of the site; each app brings its own list."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from braid.api.missing import missing
from braid.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("apps.accounts.urls")),
    path("accounts/", include("apps.notices.account_urls")),
    path("accounts/", include("allauth.account.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("api/v1/", include("apps.accounts.api")),
    path("api/v1/", include("apps.teams.api")),
    path("api/v1/", include("apps.projects.api")),
    path("api/v1/", include("apps.notices.api")),
    path("api/v1/", include("apps.checks.api_urls")),
    path("api/v1/", include("apps.merges.api")),
    path("api/v1/", include("apps.proposals.api.proposals")),
    path("api/v1/", include("apps.proposals.api.comments")),
    path("api/v1/", include("apps.proposals.api.conflicts")),
    path("api/v1/", include("apps.proposals.api.reviews")),
    path("api/v1/", include("apps.proposals.api.queue")),
    path("api/v1/", include("apps.proposals.api.sizes")),
    path("api/v1/", include("apps.forges.api")),
    re_path("^api/", missing),
    # Teams first: what begins with a team's slug matches nearly anything, so those lists are last.
    path("", include("apps.forges.urls")),
    path("", include("apps.teams.urls")),
    path("", include("apps.notices.urls")),
    path("", include("apps.proposals.urls")),
    path("", include("apps.merges.urls")),
    path("", include("apps.checks.urls")),
    path("", include("apps.projects.urls")),
]
