"""Questions that change nothing: reading a list, and git's own greeting before a push.

A push begins with a GET that lists the refs (manual: gitprotocol-http, "Smart Server Response"); every forge
refuses already that to whoever may not push, and nothing is pushed by it.
"""

from base64 import b64encode
from dataclasses import replace
from http import HTTPStatus

from egress import EgressError, request
from forges.errors import ForgeError, Gone, Refused, Unreachable
from forges.failures import failure
from forges.http import Api, Query
from forges.permissions.values import Said, Standing

ADVERTISEMENT = "application/x-git-receive-pack-advertisement"
# The greeting lists every ref; that it begins is all that is asked.
MOST_GREETING = 4096
_REFUSING = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def reading(api: Api, path: str, query: Query) -> Said:
    """Whether a list may be read. Raises Unreachable."""
    try:
        api.answer("GET", path, query=query)
    except Unreachable:
        raise
    except ForgeError as error:
        return refused(error)
    return Said(Standing.HELD, f"{api.forge} let Braid read it.")


def refused(error: ForgeError) -> Said:
    """What a refusal means: only a clear one is a permission that is missing."""
    is_clear = isinstance(error, Refused) and not isinstance(error, Gone) and error.status in _REFUSING
    return Said(Standing.MISSING if is_clear else Standing.UNKNOWN, str(error))


def pushing(api: Api, clone_url: str, credentials: tuple[str, str]) -> Said:
    """Whether git would take a push with these credentials (user name and secret). Raises Unreachable."""
    basic = b64encode(":".join(credentials).encode()).decode()
    secret = {"Authorization": f"Basic {basic}"}
    headers = {"User-Agent": "git/2 (Braid)", **secret}
    url = f"{clone_url}/info/refs?service=git-receive-pack"
    try:
        found = request(
            api.egress, "GET", url, headers=headers, read_bytes=MOST_GREETING, total_s=api.total_s
        )
    except EgressError as error:
        raise Unreachable(str(error)) from None
    if found.status == HTTPStatus.OK:
        if found.headers.get("content-type", "").startswith(ADVERTISEMENT):
            return Said(Standing.HELD, "Git is ready to take a push.")
        return Said(Standing.UNKNOWN, f"What {api.forge} answered to git is not what git answers.")
    failed = failure(api.forge, found, secret.values(), api.clock())
    if isinstance(failed, Unreachable):
        raise failed
    said = refused(failed)
    return replace(said, told=f"Git takes no push: {said.told}")


def may_only_read(said: Said, why: str) -> Said:
    """For what reading proves too little about: a refusal stands, a success leaves writing open."""
    return replace(said, standing=Standing.UNKNOWN, told=why) if said.standing is Standing.HELD else said
