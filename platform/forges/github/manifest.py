"""Making a GitHub App from a manifest: what Braid asks for, and what GitHub gives for the code it sends back.

Manual: https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest.
The page posts the manifest to `registration_url`; GitHub leads back to `redirect_url?code=...`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import msgspec

from egress import Egress
from forges.errors import Unusable
from forges.github.calls import HEADERS, api_url
from forges.http import Api

MOST_NAME = 34
_CODE = re.compile(r"[A-Za-z0-9_-]{1,200}")

PERMISSIONS: Mapping[str, str] = {
    # Rebased migrations are pushed onto the branches of pull requests; all else is read.
    "contents": "write",
    "pull_requests": "write",
    "checks": "write",
    "statuses": "write",
    "merge_queues": "read",
    "metadata": "read",
}
# Checks that are asked for again and changes of installations are sent to every app without being asked for.
EVENTS = ("check_run", "check_suite", "create", "delete", "merge_group", "pull_request", "push", "repository")


class _Made(msgspec.Struct):
    id: int
    slug: str
    html_url: str
    pem: str
    webhook_secret: str | None = None
    client_id: str = ""
    client_secret: str = ""


@dataclass(frozen=True, slots=True)
class MadeApp:
    """A new app: `key` is its private key as PEM; these secrets are shown only this once."""

    id: str
    slug: str
    web_url: str
    key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)


def manifest(
    name: str, site_url: str, hook_url: str, redirect_url: str, setup_url: str = "", is_public: bool = False
) -> dict[str, object]:
    """The manifest, to be sent as JSON; GitHub shows it to a person, who may change the name.

    `site_url` is Braid's own address, `hook_url` takes deliveries, `setup_url` a person after installing.
    """
    asked: dict[str, object] = {
        "name": name[:MOST_NAME],
        "url": site_url,
        "hook_attributes": {"url": hook_url, "active": True},
        "redirect_url": redirect_url,
        "public": is_public,
        "default_permissions": dict(PERMISSIONS),
        "default_events": list(EVENTS),
    }
    return {**asked, "setup_url": setup_url, "setup_on_update": True} if setup_url else asked


def registration_url(base_url: str, state: str, organization: str = "") -> str:
    """Where the form is posted, for an organization or for the person; `state` comes back with the code."""
    owner = f"organizations/{quote(organization, safe='')}/" if organization else ""
    return f"{base_url.rstrip('/')}/{owner}settings/apps/new?state={quote(state, safe='')}"


def converted(base_url: str, code: str, egress: Egress) -> MadeApp:
    """The app that was made, for a code that is good once within an hour. Raises ForgeError."""
    if not _CODE.fullmatch(code):
        raise Unusable("This is no code that GitHub gives for a manifest.")
    api = Api(egress, api_url(base_url), "GitHub", dict, HEADERS)
    found = api.send("POST", f"/app-manifests/{code}/conversions", None, _Made)
    return MadeApp(
        id=str(found.id),
        slug=found.slug,
        web_url=found.html_url,
        key=found.pem,
        webhook_secret=found.webhook_secret or "",
        client_id=found.client_id,
        client_secret=found.client_secret,
    )
