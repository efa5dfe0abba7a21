"""The radar's page."""

from django.urls import path

from apps.merges import views

urlpatterns = [path("<slug:team_slug>/<slug:project_slug>/radar/", views.radar, name="radar")]
