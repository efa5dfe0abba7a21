"""`braid hook run`: what git's pre-push hook calls. Says what would collide, in a few seconds or not at all.

git gives a line for each ref that is pushed (githooks(5)). Without --block nothing here stops
a push: not a collision, not the clock, and no fault of Braid's.
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from urllib.parse import quote

from braid.command.ci.checkout import Checkout
from braid.command.ci.events import Event, Wanted, commit
from braid.command.exits import Exit, Stop
from braid.command.meeting import sides_to_merge
from braid.command.merge import Merged, merge
from braid.command.printing import plain
from braid.command.remote import remote_of
from braid.command.reports.account import Problem, place_text

BRANCHES = "refs/heads/"
SHOWN = 5


class _Late(KeyboardInterrupt):
    """The time is over. Like Ctrl-C it ends whatever runs, servers included."""


@dataclass(frozen=True, slots=True)
class _Push:
    """A branch at the remote, and the commit that it is about to become."""

    branch: str
    commit: str


def run(given: argparse.Namespace) -> Exit:
    """Warn; exit code 1 with --block where a branch collides, or where that could not be told."""
    try:
        with _time_limit(given.timeout):
            collides = [_look(given, push) for push in _pushes(sys.stdin)]
        return _ended(given, any(collides))
    except _Late:
        _say(f"did not finish within {given.timeout:g} s, so nobody knows whether this collides")
    except Stop as stop:
        _say(f"can't tell whether this collides: {stop}")
    except Exception as error:
        if os.environ.get("BRAID_DEBUG"):
            raise
        _say(f"can't tell whether this collides, which is Braid's fault: {type(error).__name__}: {error}")
    return _ended(given, given.block)


def _ended(given: argparse.Namespace, stops: bool) -> Exit:
    if stops and given.block:
        _say("the push is stopped; `git push --no-verify` pushes all the same")
        return Exit.BLOCKED
    return Exit.FINE


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def late(signum: int, frame: FrameType | None) -> None:
        raise _Late

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _pushes(lines: Iterable[str]) -> Iterator[_Push]:
    """Branches that are made or moved: no tags, nothing that is deleted."""
    for line in lines:
        _local, sha, remote, _old = line.split()
        if remote.startswith(BRANCHES) and sha.strip("0"):
            yield _Push(remote.removeprefix(BRANCHES), sha)


def _look(given: argparse.Namespace, push: _Push) -> bool:
    """Whether the branch collides with the default branch of the remote; says so, and what a server knows."""
    _tell_known(push.branch)
    checkout = Checkout(".", deepens=False)
    default = given.base or checkout.default_branch(given.remote)
    if push.branch == default:
        return False
    label = f"{given.remote}/{default}" if given.remote != given.url else default
    base = Wanted(label, refs=(BRANCHES + default,), remote=given.remote)
    head, against, fork = checkout.sides(Event(commit(push.commit, label=push.branch), base))
    if not fork or fork in (head, against):
        return False
    sources = (
        checkout.source(fork[:12], fork),
        checkout.source(label, against),
        checkout.source(push.branch, head),
    )
    sides = sides_to_merge(*sources, given.root)
    return sides is not None and _tell_merge(merge(sides, {}, given), push.branch, label)


def _tell_merge(merged: Merged, branch: str, base: str) -> bool:
    account = merged.account()
    if account.is_good:
        return False
    problems = [each for each in account.problems if each.is_blocking]
    verb = "does not replay with" if merged.result.broken else "collides with"
    _say(f"{branch} {verb} {base}", *(line for each in problems[:SHOWN] for line in _lines(each)))
    if len(problems) > SHOWN:
        _say(f"and {len(problems) - SHOWN} more")
    return True


def _lines(problem: Problem) -> Iterator[str]:
    yield f"  {problem.message}"
    for place in (problem.place, *problem.others):
        if place:
            yield f"    {place.note} {place_text(place)}"


def _tell_known(branch: str) -> None:
    """What the Braid server, if there is one, found when the branch was pushed last."""
    try:
        pairs = remote_of().get(f"radar/{quote(branch)}/")
    except Stop as stop:
        if stop.code is Exit.NOT_JUDGED:
            _say(str(stop))
        return
    for pair in pairs:
        if pair["standing"] == "collides":
            other = pair["theirs"] if pair["ours"] == branch else pair["ours"]
            _say(
                f"{branch}, as it was pushed last, collides with {other} on {', '.join(pair['objects'][:SHOWN])}"
            )


def _say(*lines: str) -> None:
    """To where git shows it to the person who pushes."""
    print(plain("\n".join((f"braid: {lines[0]}", *lines[1:]))), file=sys.stderr)
