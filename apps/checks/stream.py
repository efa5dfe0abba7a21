"""A verdict's progress as server-sent events of JSON, for clients of the API.

`event: verdict` with the same document as the endpoint beside it, whenever it
moves; `event: done` with the last one, and then the stream ends. A client that
can't stream asks the endpoint again instead.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from apps.checks.api import VerdictDetail
from apps.checks.live import MAX_FOLLOWERS, Step, TooManyFollowersError, watch

_detail = VerdictDetail.as_view()


@csrf_exempt
@login_not_required
async def verdict_stream(
    request: HttpRequest, team_slug: str, project_slug: str, verdict_id: int
) -> HttpResponseBase:
    """Authorised by the endpoint itself, once; each event is its answer."""
    place = (team_slug, project_slug, verdict_id)
    first = await sync_to_async(_read)(request, *place)
    if first.status_code != 200:
        return first
    steps = watch().follow(verdict_id)
    try:
        step = await anext(steps)
    except TooManyFollowersError:
        return HttpResponse(f"This process already follows {MAX_FOLLOWERS} verdicts; ask again.", status=503)
    response = StreamingHttpResponse(_events(request, place, step, steps), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _events(
    request: HttpRequest, place: tuple[str, str, int], first: Step, later: AsyncGenerator[Step]
) -> AsyncIterator[str]:
    async with aclosing(later):
        yield await _event(request, place, first)
        if not first.is_finished:
            async for step in later:
                yield await _event(request, place, step)


async def _event(request: HttpRequest, place: tuple[str, str, int], step: Step) -> str:
    read = await sync_to_async(_read)(request, *place)
    kind = "done" if step.is_finished else "verdict"
    return f"event: {kind}\ndata: {read.content.decode()}\n\n"


def _read(request: HttpRequest, team_slug: str, project_slug: str, verdict_id: int) -> HttpResponse:
    try:
        response = _detail(request, team_slug=team_slug, project_slug=project_slug, verdict_id=verdict_id)
        return response.render() if hasattr(response, "render") else response
    finally:
        # A stream may last for minutes; its thread must not keep a connection for as long.
        connection.close()
