"""Throw-away Postgres servers in which a team's SQL runs.

SQL from a repository is hostile until shown otherwise: docs/sandbox.md says what
each measure here answers. Knows neither Django nor Celery.
"""

from sandbox.errors import (
    DeadlineExceeded,
    ExtensionMissing,
    LimitExceeded,
    NoInstallation,
    SandboxError,
    ServerDown,
)
from sandbox.pool import Sandboxes
from sandbox.replays import MigrationRun, OnProgress, Progress, Replay, ReplayFailure, StatementRun
from sandbox.settings import SandboxSettings

__all__ = [
    "DeadlineExceeded",
    "ExtensionMissing",
    "LimitExceeded",
    "MigrationRun",
    "NoInstallation",
    "OnProgress",
    "Progress",
    "Replay",
    "ReplayFailure",
    "SandboxError",
    "SandboxSettings",
    "Sandboxes",
    "ServerDown",
    "StatementRun",
]
