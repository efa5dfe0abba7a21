"""Pushing: only from where a ref was known to be, and only forward; nothing is ever forced."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from egress import Egress
from forges.errors import ForgeError, Moved, Refused, Unusable
from forges.fetching.complaints import complaint, remote_words
from forges.fetching.limits import LIMITS, Limits
from forges.fetching.names import check_names, is_sha
from forges.fetching.processes import Done, run_git
from forges.fetching.remote import Remote
from forges.quoting import quoted

# What git, and the servers of forges, say of a ref that somebody else moved first.
_MOVED = (
    "stale info",
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value",
    "reference already exists",
)


class Update(NamedTuple):
    """Move `ref` of the remote to the commit `sha` of ours, from `expected` (empty: there is no such ref yet)."""

    sha: str
    ref: str
    expected: str


def push(
    repository_path: Path,
    url: str,
    credentials: tuple[str, str],
    egress: Egress,
    updates: Collection[Update],
    *,
    limits: Limits = LIMITS,
) -> None:
    """Compare and swap: move refs of the remote forward, all of them or none.

    What is there already is success, so a push whose answer was lost can be repeated. Raises
    Moved where a ref is not at `expected` any more, Refused with the forge's own words where a
    hook or a protected branch forbids it, Unusable where the move would throw commits away.
    """
    remote = Remote.of(url, credentials, egress)
    check_names(*(update.ref for update in updates))
    for update in updates:
        _check_forward(repository_path, update, limits)
    if updates:
        done = run_git(repository_path, _arguments(remote, updates), limits, remote=remote)
        if done.code:
            raise _rejection(remote, done)


def _arguments(remote: Remote, updates: Collection[Update]) -> tuple[str, ...]:
    """With a lease the server is told what must be there (manual: git-push, --force-with-lease=<ref>:<expect>)."""
    return (
        "push",
        "--quiet",
        "--porcelain",
        "--no-verify",
        "--no-recurse-submodules",
        *(["--atomic"] if len(updates) > 1 else []),
        *(f"--force-with-lease={update.ref}:{update.expected}" for update in updates),
        remote.url,
        *(f"{update.sha}:{update.ref}" for update in updates),
    )


def _check_forward(repository: Path, update: Update, limits: Limits) -> None:
    """A lease alone would allow any move from `expected`; so that nothing is lost, `sha` must descend from it."""
    if not is_sha(update.sha) or not (is_sha(update.expected) or update.expected == ""):
        raise ValueError(f"{update} does not name whole commits.")
    if not update.expected:
        return
    done = run_git(repository, ("merge-base", "--is-ancestor", update.expected, update.sha), limits)
    if done.code == 1:
        raise Unusable(f"{update.ref} is not pushed: commits that are on it now would be lost.")
    if done.code:
        raise ForgeError(f"{update.ref} is not pushed. git says: {quoted(done.errors)}")


def _rejection(remote: Remote, done: Done) -> ForgeError:
    """What became of the refs stands in lines `!<tab>from:to<tab>[rejected] (reason)`."""
    rejected = [line.split("\t") for line in done.output.splitlines() if line.startswith("!\t")]
    # Of refs that belong together one fails, and the others only with it.
    told = [parts for parts in rejected if len(parts) == 3 and "atomic push fail" not in parts[2]]
    if not told:
        return complaint(remote, done)
    _, names, summary = told[0]
    ref, reason = names.partition(":")[2], summary.partition("(")[2].rpartition(")")[0]
    if any(words in summary for words in _MOVED):
        return Moved(f"{quoted(ref)} on {remote.host} is not where it was any more; nothing was pushed.")
    words = " ".join(filter(None, (quoted(reason, remote.secrets), remote_words(remote, done))))
    return Refused(f"{remote.host} did not take the push to {quoted(ref)}: {words}", 403)
