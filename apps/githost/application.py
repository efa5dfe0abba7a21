"""Git's smart HTTP transport as an ASGI application in front of Django.

Django's own handler reads a whole body before a view sees it; this one streams
both ways between the client and `git upload-pack|receive-pack --stateless-rpc`.
None of Django's middleware runs here, so authentication, limits and headers are
this package's own.
"""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.conf import settings

from apps.githost.answers import Answer
from apps.githost.authorisation import Grant, authorise
from apps.githost.bodies import ClientGone, Receive
from apps.githost.database import in_thread
from apps.githost.exchange import advertise, exchange
from apps.githost.places import Places
from apps.githost.requests import GitRequest, Refusal, is_for_git, parse, redirect

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


class GitHost:
    """Answers requests for repositories and passes all others to the application behind it."""

    def __init__(self, behind: Application) -> None:
        self._behind = behind
        self._places: Places | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_for_git(scope["path"], scope["query_string"]):
            await self._serve(scope, receive, Answer(send, settings.GIT_STALL_S))
        else:
            await self._behind(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        try:
            _insist_on_tls(scope)
            request = parse(scope)
            grant = await in_thread(authorise, request)
            await self._run(request, grant, receive, answer)
        except Refusal as refusal:
            await answer.refuse(refusal, with_body=scope["method"] != "HEAD")
        except ClientGone:
            logger.info("git client of %s went away", scope["path"])
        except Exception:
            logger.exception("git request for %s failed", scope["path"])
            failure = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "Braid failed here. Try again later.")
            await answer.refuse(failure)

    async def _run(self, request: GitRequest, grant: Grant, receive: Receive, answer: Answer) -> None:
        if request.method == "HEAD":
            await answer.start(f"application/x-{request.service}-advertisement")
            return await answer.end()
        async with self._place_keeper().hold(grant.user.pk):
            if request.advertises:
                return await advertise(request, grant, answer)
            return await exchange(request, grant, receive, answer)

    def _place_keeper(self) -> Places:
        """Made at the first request, because it belongs to the event loop that serves."""
        if self._places is None:
            self._places = Places(
                settings.GIT_PROCESSES, settings.GIT_PROCESSES_PER_PERSON, settings.GIT_PATIENCE_S
            )
        return self._places


def _insist_on_tls(scope: Scope) -> None:
    """Django's own redirect does not see these requests, and they carry tokens."""
    if settings.SECURE_SSL_REDIRECT and scope.get("scheme") == "http":
        query = scope["query_string"].decode("latin-1")
        raise redirect(f"{settings.BASE_URL}{quote(scope['path'])}{'?' if query else ''}{query}")
