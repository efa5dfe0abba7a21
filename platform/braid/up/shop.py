"""The demo project as a real git repository: `demo/shop/<branch>/*.patch`, applied in order with their own dates."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from braid.environment import ROOT

PATCHES = ROOT / "demo" / "shop"
DEFAULT = "main"


@dataclass(frozen=True, slots=True)
class DemoBranch:
    """`start` is the commit that it leaves `main` at; `pusher` the mailbox of who pushes it."""

    name: str
    pusher: str
    start: str = DEFAULT


BRANCHES = (
    DemoBranch(DEFAULT, "ada@demo.example"),
    DemoBranch("wishlists", "mia@demo.example"),
    DemoBranch("full-names", "ben@demo.example", "main~1"),
    DemoBranch("returns", "mia@demo.example", "main~1"),
    DemoBranch("gift-cards", "ben@demo.example"),
    DemoBranch("loyalty-points", "mia@demo.example"),
    DemoBranch("half-stars", "ben@demo.example"),
)
_ISOLATED = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_COMMITTER_NAME": "Braid demo",
    "GIT_COMMITTER_EMAIL": "demo@demo.example",
}


def build_shop(folder: Path) -> None:
    """Make the repository with all its branches in `folder`; the same commits every time."""
    run_git(folder, "init", "--quiet", f"--initial-branch={DEFAULT}")
    for branch in BRANCHES:
        if branch.name != DEFAULT:
            run_git(folder, "checkout", "--quiet", "-b", branch.name, branch.start)
        patches = sorted((PATCHES / branch.name).glob("*.patch"))
        run_git(folder, "am", "--quiet", "--keep-cr", "--committer-date-is-author-date", *map(str, patches))
    run_git(folder, "checkout", "--quiet", DEFAULT)


def run_git(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Git's output; raises CalledProcessError with what it said."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env={**os.environ, **_ISOLATED, **(environment or {})},
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout
