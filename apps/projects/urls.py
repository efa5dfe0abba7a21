"""Making projects and their settings."""

from django.urls import path

from apps.projects import views

urlpatterns = [
    path("<slug:team_slug>/-/projects/new/", views.create, name="project-create"),
    path("<slug:team_slug>/<slug:project_slug>/settings/", views.settings, name="project-settings"),
    path("<slug:team_slug>/<slug:project_slug>/settings/delete/", views.delete, name="project-delete"),
]
