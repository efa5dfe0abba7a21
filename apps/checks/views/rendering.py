"""One URL for a page and for its live region: htmx gets the region, everybody else the whole page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, region: str = ""
) -> HttpResponse:
    """The page, or only its `region` for a request of htmx that isn't a restored history entry."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined] # set by its middleware
    wants_region = region and htmx and not htmx.history_restore_request
    response = render(request, region if wants_region else template, context)
    patch_vary_headers(response, ["HX-Request"])
    response.headers["Cache-Control"] = "private, no-cache"
    return response
