"""Fetching: into a throw-away repository inside the real one, whose pack and refs are taken over at the end.

The quarantine borrows the real repository's objects and refs, so only what is new comes
over the wire. Its name is one that git's own upkeep and Braid's remove when a process died
in the middle. Objects are looked at as they arrive (fetch.fsckObjects), git checks that
nothing is missing, and only then are they made visible; refs move last, all or none.
"""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from egress import Egress
from forges.errors import ForgeError, Gone, Moved, Unusable
from forges.fetching.complaints import complaint
from forges.fetching.limits import LIMITS, Limits
from forges.fetching.listing import list_refs
from forges.fetching.names import check_names
from forges.fetching.processes import run_git
from forges.fetching.remote import Remote
from forges.quoting import quoted

NOTHING = "0" * 40
MAX_REFS = 1000
_OPTIONS = (
    "--quiet",
    "--no-tags",
    "--no-recurse-submodules",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--refmap=",
    "--stdin",
)


def fetch(
    repository_path: Path,
    url: str,
    credentials: tuple[str, str],
    egress: Egress,
    refspecs: Collection[tuple[str, str]],
    *,
    limits: Limits = LIMITS,
) -> dict[str, str]:
    """Bring refs of the remote (first of each pair, a full name) into refs of ours (second), wherever those stood.

    Returns the hash that each ref of ours now has. All of them move, or none and nothing is
    kept. Raises Gone where the remote has no such ref, Moved where somebody else moved one of
    ours meanwhile, other ForgeErrors as they come.
    """
    remote = Remote.of(url, credentials, egress)
    check_names(*(name for pair in refspecs for name in pair))
    if len(refspecs) > MAX_REFS:
        raise ValueError(f"{len(refspecs)} refs in one fetch; at most {MAX_REFS} go.")
    if not refspecs:
        return {}
    wanted = {f"refs/fetched/{number}": pair for number, pair in enumerate(sorted(refspecs))}
    before = _refs(repository_path, [ours for _, ours in refspecs], limits)
    with _quarantine(repository_path) as folder:
        given = "".join(f"+{theirs}:{place}\n" for place, (theirs, _) in wanted.items())
        done = run_git(
            folder, ("fetch", *_OPTIONS, remote.url), limits, remote=remote, given=given, watched=folder
        )
        if done.code:
            error = complaint(remote, done)
            if isinstance(error, Gone):
                # What answers in the forge's place may look empty to git: only a real list says that a ref is gone.
                list_refs(url, credentials, egress, sorted({theirs for theirs, _ in refspecs}))
            raise error
        found = _refs(folder, ["refs/fetched"], limits)
        after = {ours: found[place] for place, (_, ours) in wanted.items()}
        _keep(folder / "objects", repository_path / "objects")
    _move(repository_path, before, after, limits)
    return after


@contextmanager
def _quarantine(repository: Path) -> Iterator[Path]:
    """An empty bare repository that also sees the objects and refs of the real one."""
    objects = repository / "objects"
    folder = Path(mkdtemp(prefix="tmp_objdir-fetch-", dir=objects))
    try:
        for name in ("objects/info", "objects/pack", "refs"):
            (folder / name).mkdir(parents=True)
        (folder / "HEAD").write_text("ref: refs/heads/none\n")
        (folder / "objects/info/alternates").write_text(f"{objects.resolve()}\n")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _keep(fetched: Path, objects: Path) -> None:
    """Take the packs over; the index comes last, as a pack is there for others once its index is."""
    if any(len(path.name) == 2 for path in fetched.iterdir()):
        # Only git's old protocol leaves single objects, and those are never looked into.
        raise Unusable("The server speaks only git's old protocol over plain files, which Braid does not.")
    for kind in ("pack", "rev", "idx"):
        for path in sorted((fetched / "pack").glob(f"pack-*.{kind}")):
            os.replace(path, objects / "pack" / path.name)


def _refs(repository: Path, names: Collection[str], limits: Limits) -> dict[str, str]:
    form = "--format=%(objecttype) %(objectname) %(refname)"
    done = run_git(repository, ("for-each-ref", form, *names), limits)
    if done.code:
        raise ForgeError(f"The refs of the repository can't be read. git says: {quoted(done.errors)}")
    found = {}
    for line in done.output.splitlines():
        kind, sha, name = line.split(" ", 2)
        if kind != "commit":
            raise Unusable(f"A ref points to a {kind} where a commit belongs.")
        found[name] = sha
    return found


def _move(repository: Path, before: Mapping[str, str], after: Mapping[str, str], limits: Limits) -> None:
    """One transaction (manual: git-update-ref)."""
    lines = [
        f"update {name} {sha} {before.get(name, NOTHING)}\n"
        for name, sha in sorted(after.items())
        if before.get(name) != sha
    ]
    given = "".join(("start\n", *lines, "prepare\n", "commit\n"))
    done = run_git(repository, ("update-ref", "--no-deref", "--stdin"), limits, given=given)
    if not done.code:
        return
    now = _refs(repository, list(after), limits)
    if any(now.get(name) != before.get(name) for name in after):
        raise Moved("Another fetch moved the same refs meanwhile; nothing was changed by this one.")
    raise ForgeError(f"The refs can't be moved. git says: {quoted(done.errors)}")
