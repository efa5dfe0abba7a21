"""A project's webhooks and what was sent to them."""

from django.urls import path

from apps.notices import views

WEBHOOKS = "<slug:team_slug>/<slug:project_slug>/settings/webhooks/"

urlpatterns = [
    path(WEBHOOKS, views.webhooks, name="webhooks"),
    path(WEBHOOKS + "<int:webhook_id>/", views.webhook, name="webhook"),
    path(WEBHOOKS + "<int:webhook_id>/<str:verb>/", views.act, name="webhook-act"),
    path(WEBHOOKS + "deliveries/<uuid:delivery_id>/again/", views.send_again, name="delivery-again"),
]
