"""Where forges deliver to, and the pages of a project's connection."""

from django.urls import path, register_converter

from apps.forges.views import app_page, apps, connection, hooks, log
from forges import Kind


class KindConverter:
    """The name of a forge in an address."""

    regex = "|".join(kind.value for kind in Kind)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "forge")

FORGE = "<slug:team_slug>/<slug:project_slug>/settings/forge/"
APP = FORGE + "app/<int:app_id>/"

urlpatterns = [
    path("hooks/<forge:kind>/<uuid:key>/", hooks.deliver, name="forge-hook"),
    path(FORGE, connection.forge, name="forge"),
    path(FORGE + "app/", apps.register, name="github-app"),
    path(FORGE + "app/made/", apps.made, name="github-app-made"),
    path(APP, app_page.page, name="github-app-page"),
    path(APP + "key/", app_page.give_key, name="github-app-key"),
    path(APP + "deliveries/", app_page.deliveries, name="github-app-deliveries"),
    path(APP + "deliveries/<int:arrival_id>/", app_page.delivery, name="github-app-delivery"),
    path(APP + "deliveries/<int:arrival_id>/again/", app_page.run_again, name="github-app-delivery-again"),
    path(APP + "<str:verb>/", app_page.act, name="github-app-act"),
    path(FORGE + "installation/<int:installation_id>/", apps.choose, name="github-installation"),
    path(FORGE + "token/", connection.give_token, name="forge-token"),
    path(FORGE + "settings/", connection.settings, name="forge-settings"),
    path(FORGE + "deliveries/", log.deliveries, name="forge-deliveries"),
    path(FORGE + "deliveries/<int:arrival_id>/", log.delivery, name="forge-delivery"),
    path(FORGE + "deliveries/<int:arrival_id>/again/", log.run_again, name="forge-delivery-again"),
    path(FORGE + "reports/", log.reports, name="forge-reports"),
    path(FORGE + "reports/<int:entry_id>/again/", log.report_again, name="forge-report-again"),
    path(FORGE + "pulls/<int:pull_id>/let-in/", log.let_in, name="forge-let-in"),
    path(FORGE + "<str:verb>/", connection.act, name="forge-act"),
]
