"""GitHub, by its REST API: github.com, a company's ghe.com and Enterprise Server.

A connection is a GitHub App (`app`, made by `manifest`), whose installations have tokens
of an hour, or a person's token.
"""

from forges.github.app import About, App, Installation, InstallationToken, Installed, repositories
from forges.github.client import GitHub
from forges.github.hook import Hook, read_hook, set_hook
from forges.github.manifest import MadeApp, converted, manifest, registration_url

__all__ = [
    "About",
    "App",
    "GitHub",
    "Hook",
    "Installation",
    "InstallationToken",
    "Installed",
    "MadeApp",
    "converted",
    "manifest",
    "read_hook",
    "registration_url",
    "repositories",
    "set_hook",
]
