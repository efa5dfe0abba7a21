"""The clone that a job works in: gets the commits which a shallow one lacks, with git's own client.

git is asked rather than a library, for the clone's own settings know how to sign in.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from braid.command.ci.events import Event, Wanted
from braid.command.exits import Stop
from braid.command.sources import Source, commit_of_repository

# Where what is fetched lies until it is known by its hash; no other ref of the clone is made or moved.
_KEPT = "refs/braid/"
# A shallow clone is deepened until the two sides meet: a recent fork is found without the whole history.
_DEPTHS = ("--depth=50", "--depth=1000", "--unshallow")
_QUIETLY = ("--quiet", "--no-tags", "--no-recurse-submodules")
_ADVICE = "fetch it before this (GitHub: fetch-depth: 0; GitLab: GIT_DEPTH: 0), or name another --base"


class Checkout:
    """The repository around `folder`. Raises Stop where there is none.

    Without `deepens` a shallow clone stays as it is.
    """

    def __init__(self, folder: str, *, deepens: bool = True) -> None:
        self._folder = folder
        self._depths = _DEPTHS if deepens else ()
        self.git_dir = Path(self._said("rev-parse", "--absolute-git-dir"))
        self.prefix = self._said("rev-parse", "--show-prefix").rstrip("/")

    def sides(self, event: Event) -> tuple[str, str, str]:
        """Hashes of the head, the base, and where the two parted; empty where there is none. Raises Stop."""
        try:
            head = self._commit(event.head, "head")
            if event.base is None:
                return head, "", ""
            base = self._commit(event.base, "base")
            return head, base, self._fork(event, base, head)
        finally:
            for role in ("head", "base"):
                self._git("update-ref", "-d", _KEPT + role)

    def source(self, label: str, commit: str) -> Source:
        """A commit's files, seen from the folder. Raises Stop."""
        return commit_of_repository(label, self.git_dir, commit, self.prefix)

    def default_branch(self, remote: str) -> str:
        """What the remote calls its HEAD. Raises Stop."""
        known = self._git("symbolic-ref", "--quiet", "--short", f"refs/remotes/{remote}/HEAD").stdout.strip()
        if known:
            return known.removeprefix(f"{remote}/")
        for line in self._git("ls-remote", "--symref", remote, "HEAD").stdout.splitlines():
            if line.startswith("ref: refs/heads/"):
                return line.removeprefix("ref: refs/heads/").partition("\t")[0]
        raise Stop(f"{remote} does not say which branch is its default; name it with --base")

    def _commit(self, wanted: Wanted, role: str) -> str:
        """What is here already, else what is fetched; a branch is always fetched, for it may have moved."""
        if self._has(wanted.commit):
            return wanted.commit
        said = self._fetch(wanted, (*wanted.refs, wanted.commit), role, self._depths[:1])
        if wanted.commit:
            found = self._has(wanted.commit)
        else:
            found = self._has(wanted.label if said or not wanted.refs else _KEPT + role)
        if not found:
            raise Stop(f"{wanted.label} is not in this clone and can't be fetched ({said}): {_ADVICE}")
        if said and not wanted.commit:
            print(f"braid: {wanted.label} as it is in this clone, for {said}", file=sys.stderr)
        return found

    def _fork(self, event: Event, base: str, head: str) -> str:
        """Where the two parted, once enough of a shallow clone's history is here; empty where they share nothing.

        Raises Stop where that can't be told.
        """
        for depth in ("", *self._depths):
            for wanted, commit, role in ((event.base, base, "base"), (event.head, head, "head")):
                if depth and wanted:
                    self._fetch(wanted, (commit, *wanted.refs), role, [depth])
            found = self._git("merge-base", base, head)
            if found.returncode == 0 or not self._is_shallow():
                return found.stdout.strip()
        raise Stop(f"this clone is shallow and does not hold where the two parted: {_ADVICE}")

    def _has(self, revision: str) -> str:
        if not revision:
            return ""
        return self._git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        ).stdout.strip()

    def _fetch(self, wanted: Wanted, refs: Sequence[str], role: str, depth: Sequence[str]) -> str:
        """Fetch the first of the refs that the remote gives; why the last failed, empty where one did not."""
        said = ""
        for ref in filter(None, refs):
            # Only a clone that is shallow already has a depth; another one is not made shallow.
            options = [*_QUIETLY, *(depth if self._is_shallow() else ())]
            done = self._git("fetch", *options, wanted.remote, f"+{ref}:{_KEPT}{role}")
            if done.returncode == 0:
                return ""
            said = _first(done.stderr)
        return said

    def _is_shallow(self) -> bool:
        return self._git("rev-parse", "--is-shallow-repository").stdout.strip() == "true"

    def _said(self, *arguments: str) -> str:
        done = self._git(*arguments)
        if done.returncode:
            raise Stop(f"{self._folder}: {_first(done.stderr)}")
        return done.stdout.strip()

    def _git(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        # Nobody is there to type a password.
        environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            return subprocess.run(
                ["git", "-C", self._folder, *arguments],
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except FileNotFoundError:
            raise Stop("git is not on this machine") from None


def _first(said: str) -> str:
    """The line in which git says what is wrong; what follows is advice."""
    lines = said.strip().splitlines() or ["git said nothing"]
    return next((line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")), lines[0])
