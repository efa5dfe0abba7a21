"""Server-sent events of one verdict: `progress` with the HTML to show, `done` when the page should ask again.

The stream holds no database connection: it is authorised once, then fed by the process's one watch.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from apps.checks.access import find_verdict
from apps.checks.live import MAX_FOLLOWERS, Step, TooManyFollowersError, watch
from apps.projects.access import find_project


@require_safe
async def verdict_events(
    request: HttpRequest, team_slug: str, project_slug: str, verdict_id: int
) -> HttpResponseBase:
    await sync_to_async(_authorise)(request, team_slug, project_slug, verdict_id)
    steps = watch().follow(verdict_id)
    try:
        first = await anext(steps)
    except TooManyFollowersError:
        text = f"This process already follows {MAX_FOLLOWERS} verdicts; the page asks again by itself."
        return HttpResponse(text, status=503, content_type="text/plain")
    response = StreamingHttpResponse(_events(first, steps), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _authorise(request: HttpRequest, team_slug: str, project_slug: str, verdict_id: int) -> None:
    try:
        find_verdict(find_project(request.user, team_slug, project_slug), verdict_id)
    finally:
        # A stream may last for minutes; its thread must not keep a connection for as long.
        connection.close()


async def _events(first: Step, later: AsyncGenerator[Step]) -> AsyncIterator[str]:
    async with aclosing(later):
        yield _event(first)
        if not first.is_finished:
            async for step in later:
                yield _event(step)


def _event(step: Step) -> str:
    if step.is_finished:
        return "event: done\ndata:\n\n"
    data = "".join(f"data: {line}\n" for line in step.html.splitlines())
    return f"event: progress\n{data}\n"
