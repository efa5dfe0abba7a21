"""Names in addresses: what a team's or project's slug may be.

A slug stands in page addresses and in git URLs (`/<team>/<project>.git`), so it is lower-case letters, digits and
single hyphens: nothing that a shell, a URL or a file system reads in two ways, and no dot, so that `.git` stays
unambiguous.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.text import slugify

PATTERN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
URL_PATTERN = r"[a-z0-9][a-z0-9-]*"

# First parts of addresses that Braid uses or may use one day.
RESERVED_TEAMS = frozenset(
    [
        "about",
        "account",
        "accounts",
        "admin",
        "api",
        "assets",
        "audit",
        "auth",
        "catalog",
        "changelog",
        "checks",
        "dashboard",
        "docs",
        "download",
        "explore",
        "favicon",
        "files",
        "forge",
        "forges",
        "git",
        "graphql",
        "groups",
        "healthz",
        "help",
        "home",
        "hooks",
        "invitation",
        "invitations",
        "invite",
        "join",
        "js",
        "css",
        "legal",
        "login",
        "logout",
        "me",
        "media",
        "members",
        "metrics",
        "migrations",
        "new",
        "oauth",
        "openapi",
        "org",
        "organizations",
        "orgs",
        "pages",
        "ping",
        "pricing",
        "privacy",
        "profile",
        "project",
        "projects",
        "proposals",
        "public",
        "queue",
        "raw",
        "readyz",
        "register",
        "robots",
        "root",
        "sandbox",
        "schema",
        "search",
        "security",
        "session",
        "sessions",
        "settings",
        "setup",
        "share",
        "signin",
        "signout",
        "signup",
        "sitemap",
        "sse",
        "static",
        "status",
        "support",
        "system",
        "team",
        "teams",
        "terms",
        "tokens",
        "undefined",
        "user",
        "users",
        "v1",
        "v2",
        "verdicts",
        "webhook",
        "webhooks",
        "well-known",
        "worker",
        "ws",
    ]
)
# Second parts of a team's addresses; its own pages lie under `/<team>/-/`, which no slug can spell.
RESERVED_PROJECTS = frozenset(
    ["git", "new", "settings", "members", "invitations", "audit", "projects", "api", "static"]
)


def check_slug(value: str) -> None:
    """Raise ValidationError, with a good spelling, when the text can't be a slug."""
    if not PATTERN.fullmatch(value):
        better = slugify(value)
        hint = f" {better} would do." if better and PATTERN.fullmatch(better) else ""
        raise ValidationError(f"Use lower-case letters, digits and single hyphens, as in acme-shop.{hint}")


def check_team_slug(value: str) -> None:
    check_slug(value)
    if value in RESERVED_TEAMS:
        raise ValidationError(f"{value} is an address that Braid keeps for itself. Choose another.")


def check_project_slug(value: str) -> None:
    check_slug(value)
    if value in RESERVED_PROJECTS:
        raise ValidationError(f"{value} is an address that Braid keeps for itself. Choose another.")
