"""Where GitHub delivers what happens to an app, and the secret with which it signs.

Manual: https://docs.github.com/en/rest/apps/webhooks. The secret is never told, only set.
"""

from dataclasses import dataclass

import msgspec

from forges.github.app import App

PATH = "/app/hook/config"


class _Config(msgspec.Struct):
    url: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Hook:
    """`is_json` is what Braid reads; the other type hides the body in a form."""

    url: str
    is_json: bool


def read_hook(app: App) -> Hook:
    """Raises ForgeError."""
    found = app.calls.get(PATH, _Config)
    return Hook(found.url, found.content_type == "json")


def set_hook(app: App, url: str, secret: str) -> None:
    """Deliveries go to `url`, as JSON, signed with `secret` from now on. Raises ForgeError."""
    app.calls.tell("PATCH", PATH, {"url": url, "content_type": "json", "secret": secret})
