"""Where forges deliver to, and the pages of a project's connection."""

from django.urls import path, register_converter

from apps.forges.views import hooks
from forges import Kind


class KindConverter:
    """The name of a forge in an address."""

    regex = "|".join(kind.value for kind in Kind)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "forge")

urlpatterns = [
    path("hooks/<forge:kind>/<uuid:key>/", hooks.deliver, name="forge-hook"),
]
