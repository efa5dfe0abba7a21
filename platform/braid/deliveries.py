"""Deliveries of forges, answered by their view past Django's middleware.

A forge has no session, no account and no cookies. In front of an ASGI application each middleware costs turns of
threads, and each request a database connection of its own; in a burst that is most of an answer's time.
"""

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import Resolver404, ResolverMatch, resolve

from apps.accounts.threads import Threads
from braid.headers import secure

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

PREFIX, NAME = "/hooks/", "forge-hook"
# They take turns at one row of the connection anyway.
THREADS = 4


class Deliveries:
    """Answers what is posted to a webhook's address, and passes all else to Django."""

    def __init__(self, django: ASGIHandler) -> None:
        self._django = django
        self.threads = Threads(THREADS, "deliveries")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = _address_of(scope)
        if address is None:
            await self._django(scope, receive, send)
            return
        try:
            body = await self._django.read_body(receive)
        except RequestAborted:
            return
        with body:
            request, response = self._django.create_request(scope, body)
            if request is not None:
                response = await self._answer(address, request)
            assert response is not None, "Django makes a request, or says why not"
            await self._django.send_response(secure(response), send)

    async def _answer(self, address: ResolverMatch, request: HttpRequest) -> HttpResponseBase:
        try:
            return await self.threads.run(address.func, request, *address.args, **address.kwargs)
        except Exception:
            # Caught here and no sooner: the thread has to learn of a connection that is broken.
            logger.exception("delivery to %s", request.path)
            return JsonResponse({"detail": "Braid failed here."}, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _address_of(scope: Scope) -> ResolverMatch | None:
    """Where the delivery goes; None for what is Django's, as redirecting to https is."""
    if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith(PREFIX):
        return None
    if settings.SECURE_SSL_REDIRECT and scope.get("scheme") == "http":
        return None
    try:
        found = resolve(scope["path"])
    except Resolver404:
        return None
    return found if found.url_name == NAME else None
