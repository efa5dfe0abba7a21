"""A team's page, and all pages of a project but its settings.

Included after the teams' own pages and before those of projects: `<team>/<project>/` matches nearly anything.
A branch's name may hold slashes, so nothing follows it in a path: what a page needs beside it is in the query.
"""

from django.urls import path

from apps.checks.views import branches, catalog, live, projects, team

urlpatterns = [
    path("<slug:team_slug>/", team.team, name="team"),
    path("<slug:team_slug>/<slug:project_slug>/", projects.project, name="project"),
    path("<slug:team_slug>/<slug:project_slug>/pushes/", projects.pushes, name="pushes"),
    path("<slug:team_slug>/<slug:project_slug>/branch/<path:branch_name>/", branches.branch, name="branch"),
    path("<slug:team_slug>/<slug:project_slug>/commit/<slug:commit>/", branches.commit, name="commit"),
    path("<slug:team_slug>/<slug:project_slug>/verdict/<int:verdict_id>/", branches.verdict, name="verdict"),
    path(
        "<slug:team_slug>/<slug:project_slug>/verdict/<int:verdict_id>/events/",
        live.verdict_events,
        name="verdict-events",
    ),
    path(
        "<slug:team_slug>/<slug:project_slug>/verdict/<int:verdict_id>/again/",
        branches.judge_again,
        name="verdict-again",
    ),
    path("<slug:team_slug>/<slug:project_slug>/catalog/", catalog.default, name="catalog-default"),
    path("<slug:team_slug>/<slug:project_slug>/catalog/<path:branch_name>/", catalog.catalog, name="catalog"),
]
