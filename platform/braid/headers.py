"""Security headers that Django 5.2 does not set itself: the content policy and the permissions policy.

The pages hold no inline script or style, so one policy without nonces serves the whole site. Django 6.0 brings a
middleware for the first; until then these few lines spare a dependency.
"""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in [
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "publickey-credentials-get",
        "screen-wake-lock",
        "serial",
        "usb",
        "xr-spatial-tracking",
    ]
)


class SecurityHeaders:
    """Works in both worlds, so that a stream from an async view is not pulled through a thread."""

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        response = self.get_response(request)
        if isinstance(response, HttpResponseBase):
            return secure(response)
        return self.wait_and_secure(response)

    async def wait_and_secure(self, response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return secure(await response)


def secure(response: HttpResponseBase) -> HttpResponseBase:
    """A view whose form leads to another site names that origin as `form_target` of its response."""
    targets = f"form-action 'self' {getattr(response, 'form_target', '')}".strip()
    policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", targets)
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
    return response
