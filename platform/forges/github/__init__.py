"""GitHub, by its REST API: github.com, a company's ghe.com and Enterprise Server.

A connection is a GitHub App (`app`, made by `manifest`), whose installations have tokens
of an hour, or a person's token.
"""

from forges.github.app import App, Installation, InstallationToken, Installed, repositories
from forges.github.client import GitHub
from forges.github.manifest import MadeApp, converted, manifest, registration_url

__all__ = [
    "App",
    "GitHub",
    "Installation",
    "InstallationToken",
    "Installed",
    "MadeApp",
    "converted",
    "manifest",
    "registration_url",
    "repositories",
]
