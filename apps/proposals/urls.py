"""The way in, and the pages of proposals."""

from django.urls import path

from apps.proposals.views import home, proposals

PROPOSALS = "<slug:team_slug>/<slug:project_slug>/proposals/"
PROPOSAL = PROPOSALS + "<int:number>/"

urlpatterns = [
    path("", home.home, name="home"),
    path(PROPOSALS, proposals.proposals, name="proposals"),
    path(PROPOSALS + "new/", proposals.new, name="proposal-new"),
    path(PROPOSAL, proposals.changes, name="proposal"),
    path(PROPOSAL + "checks/", proposals.checks, name="proposal-checks"),
    path(PROPOSAL + "discussion/", proposals.discussion, name="proposal-discussion"),
]
