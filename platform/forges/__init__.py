"""What the forges speak: signed deliveries in, repositories, pull requests, checks and comments out.

Values in, values out: no database, no Django. `hints` and `signatures` read what a forge
sends, `opening.open_client` gives what talks to one, `fetching` moves commits. One module or package a
forge: `github`, `gitlab`, `gitea` (Forgejo too), `bitbucket` (Cloud).
"""

from forges.errors import Elsewhere, ForgeError, Gone, Limited, Moved, NotYet, Refused, Unreachable, Unusable
from forges.values import (
    Annotation,
    Button,
    Kind,
    Level,
    Merging,
    Outcome,
    Place,
    Pull,
    PullState,
    Report,
    Repository,
    Status,
)

__all__ = [
    "Annotation",
    "Button",
    "Elsewhere",
    "ForgeError",
    "Gone",
    "Kind",
    "Level",
    "Limited",
    "Merging",
    "Moved",
    "NotYet",
    "Outcome",
    "Place",
    "Pull",
    "PullState",
    "Refused",
    "Report",
    "Repository",
    "Status",
    "Unreachable",
    "Unusable",
]
