"""Pages of teams. A team's own pages lie under `/<team>/-/`, so that no project's name can hide one."""

from django.urls import path

from apps.teams import closing_views, inviting_views, views

urlpatterns = [
    path("accounts/delete/", closing_views.close, name="account-delete"),
    path("teams/new/", views.create, name="team-create"),
    path("invitations/<str:secret>/", inviting_views.accept, name="invitation"),
    path("<slug:team_slug>/-/members/", views.members, name="team-members"),
    path("<slug:team_slug>/-/members/<int:member_id>/role/", views.change_role, name="member-role"),
    path("<slug:team_slug>/-/members/<int:member_id>/remove/", views.remove_member, name="member-remove"),
    path("<slug:team_slug>/-/leave/", views.leave, name="team-leave"),
    path("<slug:team_slug>/-/invitations/", inviting_views.invite, name="team-invite"),
    path(
        "<slug:team_slug>/-/invitations/<int:invitation_id>/revoke/",
        inviting_views.revoke,
        name="invitation-revoke",
    ),
    path("<slug:team_slug>/-/audit/", views.audit_log, name="team-audit"),
    path("<slug:team_slug>/-/settings/", views.settings, name="team-settings"),
    path("<slug:team_slug>/-/delete/", views.delete, name="team-delete"),
]
