"""One request and one git process: the body goes in, the output comes out, at the same time.

A client that goes away in the middle of its request ends git's input, and nothing
of its push is kept. One that goes away after it has sent everything changes
nothing: its push is finished and recorded.
"""

import asyncio
import logging
from contextlib import suppress
from http import HTTPStatus

from django.conf import settings

from apps.githost.answers import Answer
from apps.githost.authorisation import Grant
from apps.githost.bodies import ClientGone, Receive
from apps.githost.feeding import Feeder
from apps.githost.hooks import HOOKS, HookLine
from apps.githost.processes import GitProcess
from apps.githost.reception import Reception
from apps.githost.requests import GitRequest, Refusal, Service
from apps.repositories.commands import git_command, git_environment

logger = logging.getLogger(__name__)

# A list of refs takes nothing from the client, so its failure is ours; what fails afterwards is the request.
_FAILURES = {
    HTTPStatus.INTERNAL_SERVER_ERROR: "Git could not serve this repository.",
    HTTPStatus.BAD_REQUEST: "Git can't read this request.",
}


async def advertise(request: GitRequest, grant: Grant, answer: Answer) -> None:
    """Send the list of refs, or version 2's list of capabilities."""
    # The older name of --http-backend-info-refs, which git before 2.34 knows too.
    process = await _start(request, grant, "--advertise-refs")
    try:
        while data := await process.read():
            if not answer.started:
                await answer.start(f"application/x-{request.service}-advertisement")
                data = _banner(request) + data
            await answer.write(data)
        await _end(
            process,
            answer,
            f"application/x-{request.service}-advertisement",
            HTTPStatus.INTERNAL_SERVER_ERROR,
        )
    finally:
        await process.stop()


async def exchange(request: GitRequest, grant: Grant, receive: Receive, answer: Answer) -> None:
    """Run a fetch or a push."""
    try:
        async with asyncio.timeout(settings.GIT_TIMEOUT_S):
            if request.service is Service.RECEIVE_PACK:
                await _push(request, grant, receive, answer)
            else:
                await _converse(await _start(request, grant), request, receive, answer)
    except TimeoutError:
        text = f"A git request may take {settings.GIT_TIMEOUT_S} seconds here."
        raise Refusal(HTTPStatus.REQUEST_TIMEOUT, text) from None


async def _push(request: GitRequest, grant: Grant, receive: Receive, answer: Answer) -> None:
    line = HookLine()
    try:
        process = await _start(request, grant, line=line)
        line.let_go()
        hooks = asyncio.create_task(line.answer(Reception(grant).judge))
        try:
            await _converse(process, request, receive, answer)
        finally:
            # git is gone, so its pipes are closed; what a hook began is brought to its end.
            await hooks
    finally:
        line.close()


async def _converse(process: GitProcess, request: GitRequest, receive: Receive, answer: Answer) -> None:
    feeder = Feeder(process, request, receive)
    feeding = asyncio.create_task(feeder.run())
    try:
        await _reply(process, feeder, answer, f"application/x-{request.service}-result")
    except asyncio.CancelledError:
        # Out of time, or the server stops: git removes its quarantine and goes.
        process.terminate()
        raise
    finally:
        await process.stop()
        feeding.cancel()
        with suppress(asyncio.CancelledError):
            await feeding


async def _reply(process: GitProcess, feeder: Feeder, answer: Answer, content_type: str) -> None:
    """Send git's output as it comes. Nothing is sent before there is some, so that a failure can say so."""
    while data := await process.read():
        feeder.check()
        try:
            if not answer.started:
                await answer.start(content_type)
            await answer.write(data)
        except ClientGone:
            if not feeder.is_push:
                raise
    feeder.check()
    await feeder.all_read()
    await _end(process, answer, content_type, HTTPStatus.BAD_REQUEST)


async def _end(process: GitProcess, answer: Answer, content_type: str, failure: HTTPStatus) -> None:
    """End the answer, with `failure` where git failed before it said anything to the client.

    Silence with success is an answer too: a client tries its credentials with an empty push.
    """
    code, errors = await process.finish()
    if code:
        logger.warning("git ended with %s and said: %s", code, errors)
    if code and not answer.started:
        raise Refusal(failure, _FAILURES[failure])
    if not answer.started:
        await answer.start(content_type)
    await answer.end()


async def _start(
    request: GitRequest, grant: Grant, *options: str, line: HookLine | None = None
) -> GitProcess:
    config = {"core.hooksPath": str(HOOKS)} if line else {}
    arguments = (request.service.program, "--stateless-rpc", *options, str(grant.repository))
    variables = {"GIT_PROTOCOL": request.protocol} if request.protocol else {}
    return await GitProcess.start(
        git_command(*arguments, config=config),
        git_environment(**variables, **(line.environment if line else {})),
        takes_input=not request.advertises,
        inherit=line.descriptors if line else (),
    )


def _banner(request: GitRequest) -> bytes:
    """The line before a list of refs that versions 0 and 1 expect and version 2 does without."""
    if request.is_version_2 and request.service is Service.UPLOAD_PACK:
        return b""
    line = f"# service={request.service}\n"
    return f"{len(line) + 4:04x}{line}0000".encode()
