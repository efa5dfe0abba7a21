"""What a job is about: the commit that asks, and the one that it is compared with."""

import re
from dataclasses import dataclass
from typing import Protocol

from braid.command.exits import Exit
from braid.command.reports.account import Account

ORIGIN = "origin"
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A commit that a job needs: its hash if the forge says it, and the refs of `remote` that lead to it.

    `label` is what people call it. Without a hash it is the newest commit of the first ref that
    the remote has, or what `label` means in the clone itself.
    """

    label: str
    commit: str = ""
    refs: tuple[str, ...] = ()
    remote: str = ORIGIN


@dataclass(frozen=True, slots=True)
class Event:
    """`base` is None where there is nothing to compare with, and `note` then says why."""

    head: Wanted
    base: Wanted | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """How the job ended: one word, the exit code, the text for people, and an account of each thing that was run."""

    outcome: str
    exit: Exit
    text: str
    accounts: tuple[Account, ...]


class Forge(Protocol):
    """Where the job runs."""

    def event(self) -> Event:
        """What the variables say. Raises Stop where they say nothing."""
        ...

    def tell(self, told: Told) -> None:
        """Print it, and leave it where the forge's pages look."""
        ...


def branch(name: str, remote: str = ORIGIN) -> Wanted:
    """The newest commit of a branch."""
    return Wanted(name, refs=(f"refs/heads/{name}",), remote=remote)


def commit(sha: str, *refs: str, label: str = "") -> Wanted:
    return Wanted(label or sha[:12], sha, refs)


def named(text: str) -> Wanted:
    """What a person named: a commit's whole hash, a branch, a tag, or any revision that the clone knows."""
    if _HASH.fullmatch(text):
        return commit(text)
    return Wanted(text, refs=(f"refs/heads/{text}", f"refs/tags/{text}"))


def pushed(head: str, name: str, default: str, before: str) -> Event:
    """A push to the branch `name`: compared with the default branch, and on that with what stood there `before`."""
    asks = commit(head, f"refs/heads/{name}", label=name) if name else commit(head)
    if name and name == default:
        if before.strip("0"):
            return Event(asks, commit(before, label=f"{name} before the push"))
        return Event(asks, None, f"nothing stood on {name} before, so there is nothing to compare with")
    if default:
        return Event(asks, branch(default))
    return Event(asks, None, "the forge names no default branch, so there is nothing to compare with")
