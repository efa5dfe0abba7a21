"""Which reader a delivery is for, and the id under which it is kept once."""

import hashlib

from forges.hints import bitbucket, gitea, github, gitlab
from forges.hints.payload import Payload
from forges.hints.values import Headers, Hint
from forges.values import Kind

_READERS = {
    Kind.GITHUB: github.read,
    Kind.GITLAB: gitlab.read,
    Kind.GITEA: gitea.read,
    Kind.BITBUCKET: bitbucket.read,
}
_IDENTITIES = {
    Kind.GITHUB: ("x-github-delivery",),
    Kind.GITLAB: ("webhook-id", "idempotency-key"),
    Kind.GITEA: ("x-forgejo-delivery", "x-gitea-delivery"),
    Kind.BITBUCKET: ("x-request-uuid",),
}
_EVENTS = {
    Kind.GITHUB: ("x-github-event",),
    Kind.GITLAB: ("x-gitlab-event",),
    Kind.GITEA: ("x-forgejo-event", "x-gitea-event"),
    Kind.BITBUCKET: ("x-event-key",),
}
MOST_IDENTITY = 128


def read(kind: Kind, headers: Headers, body: bytes) -> Hint:
    """What the delivery is about; `headers` by lower-case name. Raises Unreadable."""
    return _READERS[kind](headers, Payload.read(body))


def delivery_id(kind: Kind, headers: Headers, body: bytes) -> str:
    """The forge's own id of the delivery, the same when it is sent again; else a hash of what was delivered."""
    for name in _IDENTITIES[kind]:
        given = headers.get(name, "").strip()
        if given and len(given) <= MOST_IDENTITY and given.isprintable():
            return given
    # Without one, the same body may still be about two events.
    event = "\n".join(headers.get(name, "") for name in _EVENTS[kind])
    return hashlib.sha256(event.encode("utf-8", "surrogatepass") + b"\0" + body).hexdigest()
