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
    """`start` is the commit that it leaves `main` at; `pusher` the mailbox of who pushes it.

    With a `title` the push proposes it.
    """

    name: str
    pusher: str
    start: str = DEFAULT
    title: str = ""
    description: str = ""

    @property
    def push_options(self) -> tuple[str, ...]:
        """As `git push` takes them."""
        if not self.title:
            return ()
        told = ("braid.propose", f"braid.title={self.title}", f"braid.description={self.description}")
        return tuple(f"--push-option={each}" for each in told)


_ADA, _BEN, _MIA = "ada@demo.example", "ben@demo.example", "mia@demo.example"
# One that lands and one that is ready to, one that collides with main, two that collide with each other, and others
# that nobody has proposed yet.
LANDS, READY, COLLIDES, RISKY = "order-notes", "wishlists", "phone-numbers", "fixed-amounts"
BRANCHES = (
    DemoBranch(DEFAULT, _ADA),
    DemoBranch(
        LANDS,
        _MIA,
        title="Notes on orders",
        description="Where to leave a parcel, in the customer's own words.",
    ),
    DemoBranch(
        READY, _MIA, title="Wishlists", description="Customers keep what they want, and share it by a link."
    ),
    DemoBranch(
        COLLIDES,
        _MIA,
        "main~1",
        "Find customers by phone number",
        "Support asks for it. Numbers from abroad have up to 32 characters with their extensions.",
    ),
    DemoBranch("gift-cards", _BEN, title="Gift cards", description="They pay like any other method."),
    DemoBranch(
        RISKY,
        _MIA,
        title="Coupons of a fixed amount",
        description="A share of what is bought was never used, so `percent` goes.",
    ),
    DemoBranch("full-names", _BEN, "main~2"),
    DemoBranch("returns", _MIA, "main~2"),
    DemoBranch("loyalty-points", _MIA),
    DemoBranch("half-stars", _BEN),
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
