"""`python -m braid.up.demo_work`: the demo's people push their branches, propose them, and answer each other.

Run beside everything else after the first start, for a push awaits its verdict and an approval its merge. What has
been done is left as it is, so a run that was cut off can be repeated.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "braid.settings")
django.setup()

from django.db import transaction

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.proposals.access import meeting_of
from apps.proposals.actions.commenting import comment
from apps.proposals.actions.queueing import queue
from apps.proposals.actions.reviewing import is_ready, request_review, review
from apps.proposals.models import Answer, Comment, Proposal, Review, ReviewRequest, State
from apps.proposals.readiness import MERGES
from apps.proposals.resolutions import conflicts_of
from apps.repositories.models import Branch
from braid.environment import text
from braid.up.demo import PROJECT, TEAM, push
from braid.up.shop import BRANCHES, COLLIDES, LANDS, READY, RISKY, DemoBranch, build_shop

ADA, BEN, MIA = (f"{name}@demo.example" for name in ("ada", "ben", "mia"))
PATIENCE_S, LOOK_S = 240, 0.5


class TooLongError(Exception):
    """Workers have not done what is waited for."""


def main() -> int:
    try:
        _push_all()
        _land()
        _approve(READY, "Tidy. The share key is random, I have looked.")
        _ask_about_conflict()
        _ask_for_review()
    except (TooLongError, RefusedError) as error:
        print(f"The demo's project is there, but not all that its people do: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"The demo's branches could not be pushed: git said\n{error.stdout}", file=sys.stderr)
        return 1
    return 0


def _push_all() -> None:
    """A proposal by itself, and all else of one person at once."""
    known = Branch.objects.filter(project__team__slug=TEAM, project__slug=PROJECT).values_list(
        "name", flat=True
    )
    together: dict[str, list[DemoBranch]] = {}
    for branch in BRANCHES:
        if branch.name not in known:
            together.setdefault(branch.name if branch.title else branch.pusher, []).append(branch)
    with tempfile.TemporaryDirectory(prefix="braid-demo-") as folder:
        build_shop(Path(folder))
        for branches in together.values():
            print(push(Path(folder), branches, text("BRAID_DEMO_SERVER")))


def _land() -> None:
    if _proposal(LANDS).state != State.OPEN:
        return
    _approve(LANDS, "")
    _wait(lambda: _is_ready(LANDS), f"{LANDS} is not ready to land")
    queue(_user(BEN), _proposal(LANDS), deletes_branch=True)
    _wait(lambda: _proposal(LANDS).state == State.MERGED, f"{LANDS} has not landed")


def _approve(branch: str, body: str) -> None:
    if Review.objects.filter(proposal=_proposal(branch)).exists():
        return
    _wait(lambda: _is_merged(branch), f"{branch} is not merged yet")
    now = _proposal(branch)
    meeting = meeting_of(now)
    seen = meeting.result.change_hash if meeting and meeting.result else ""
    review(_user(BEN), now, Answer.APPROVE, body=body, change_hash=seen)


def _ask_for_review() -> None:
    """So that Ada, as whom most sign in first, finds something to do."""
    if not ReviewRequest.objects.filter(proposal=_proposal(RISKY)).exists():
        request_review(_user(MIA), _proposal(RISKY), _user(ADA))


def _ask_about_conflict() -> None:
    """In the discussion of the conflict."""
    if Comment.objects.filter(proposal=_proposal(COLLIDES)).exists():
        return
    _wait(lambda: bool(conflicts_of(_proposal(COLLIDES)).conflicts), f"{COLLIDES} does not collide")
    found = conflicts_of(_proposal(COLLIDES)).conflicts[0]
    said = "I took 20 from the form's limit. Is there a number that needs all 32?"
    comment(_user(ADA), _proposal(COLLIDES), said, conflict=found.id)


def _is_merged(branch: str) -> bool:
    meeting = meeting_of(_proposal(branch))
    return bool(meeting and meeting.is_current and meeting.result and meeting.result.outcome in MERGES)


def _is_ready(branch: str) -> bool:
    with transaction.atomic():
        return is_ready(_proposal(branch)).ready


def _wait(done: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        if time.monotonic() > deadline:
            raise TooLongError(f"after {PATIENCE_S} s {otherwise}")
        time.sleep(LOOK_S)


def _proposal(branch: str) -> Proposal:
    found = Proposal.objects.select_related("branch", "author", "project__team")
    return found.get(project__team__slug=TEAM, project__slug=PROJECT, branch__name=branch)


def _user(email: str) -> User:
    return User.objects.get(email=email)


if __name__ == "__main__":
    sys.exit(main())
