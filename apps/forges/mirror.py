"""Braid's copy of a repository on a forge: which branches it holds, and how they are brought up to date.

Objects are fetched under refs of their own first, then branches are moved by one
compare-and-swap, then the push is recorded: what is cut off in between is taken up by the
next look. Branches that stood still since the repository was connected are passed over until they move.
"""

import subprocess
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db import transaction

from apps.forges.bringing import FETCHED, Remote, bring
from apps.forges.models import Connection
from apps.proposals.landing import lock_project
from apps.repositories.actions import HEADS, RefChange, record_push
from apps.repositories.commands import git_command, git_environment
from apps.repositories.commits import branch_heads
from apps.repositories.names import is_kept
from apps.repositories.storage import ensure_repository, open_repository
from forges import ForgeError, Pull, PullState, Unreachable, Unusable

NOTHING = "0" * 40
MAX_BRANCHES = 2000
# Their names and heads are kept, so as to see which of them move.
MAX_HEADS = 50_000
MOST_FORKS = 30
NO_BRANCHES = "The forge lists no branches where there were some; nothing is deleted for that."
MORE_HEADS = (
    "The repository has {count:,} branches; Braid follows none with more than {most:,}. Delete what is over."
)
TOO_MANY = (
    "Braid has {count:,} branches to follow and follows {most:,} of them, those of pull requests first. "
    "Delete what is over."
)
PARTED = "The project does not follow this repository any more."
UNREAD = "Braid can't read the fork "
UNREADABLE = UNREAD + (
    "{fork}. Make it public, let the account or token that Braid has read it, or push the "
    "branch to this repository. {why}"
)


@dataclass(frozen=True, slots=True)
class Look:
    """What the forge had when it was looked at: heads of branches by name, and the pull requests that matter.

    `refs` are the refs to fetch by local branch where that is not the forge's branch of the same name: heads
    of open pull requests from forks. `commits` has what each local branch should be at. `tops` are the
    names of branches up to their first slash. `forks` says of which of `refs` the fork's own repository has them,
    where the forge keeps no refs of pull requests; what could not be asked there is `unknown`, or in `troubles` with
    the commit that the forge shows and the reason.
    """

    heads: Mapping[str, str]
    pulls: tuple[Pull, ...]
    refs: Mapping[str, str]
    commits: Mapping[str, str]
    tops: frozenset[str]
    forks: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    troubles: Mapping[str, list[str]] = field(default_factory=dict)

    def stays(self, name: str) -> bool:
        """Whether a branch that came from the forge is there, or nothing is known against it."""
        return name in self.commits or name in self.unknown or name in self.troubles

    def local_name(self, pull: Pull) -> str:
        """The branch in which Braid keeps a pull request's head."""
        return fork_name(pull, self.tops) if pull.is_fork else pull.head_ref


@dataclass(frozen=True, slots=True)
class Brought:
    """Branches that moved, and what people should know of those that were left out."""

    changes: tuple[RefChange, ...]
    trouble: str


def look(
    remote: Remote, pulls: Sequence[Pull], known: Sequence[Pull] = (), waiting: Collection[int] = ()
) -> Look:
    """Ask git where the branches are, and the heads of open pull requests from forks.

    `pulls` have just been read, `known` are the others that were open last: forks' own repositories are asked about
    the first ones only. Nothing of those whose numbers are `waiting` is asked for.
    """
    read, pulls = {pull.number for pull in pulls}, (*pulls, *known)
    foreign = [
        pull for pull in pulls if pull.is_fork and pull.state is PullState.OPEN and pull.number not in waiting
    ]
    forks = [pull for pull in foreign if pull.ref]
    listed = remote.list_refs([HEADS, *(pull.ref for pull in forks)])
    heads = {ref.removeprefix(HEADS): commit for ref, commit in listed.items() if ref.startswith(HEADS)}
    if len(heads) > MAX_HEADS:
        raise Unusable(MORE_HEADS.format(count=len(heads), most=MAX_HEADS))
    tops = frozenset(name.partition("/")[0] for name in heads)
    refs = {fork_name(pull, tops): pull.ref for pull in forks if pull.ref in listed}
    commits = {**heads, **{name: listed[ref] for name, ref in refs.items()}}
    seen = Look(heads, pulls, refs, commits, tops)
    apart = [pull for pull in foreign if not pull.ref and pull.head_repository]
    asked = [pull for pull in apart if pull.number in read][:MOST_FORKS]
    unknown = frozenset(fork_name(pull, tops) for pull in apart if pull not in asked)
    return _look_at_forks(remote, asked, replace(seen, unknown=unknown))


def _look_at_forks(remote: Remote, asked: Iterable[Pull], seen: Look) -> Look:
    """Ask the forks' own repositories. Whoever has one that can't be asked holds up nobody else's."""
    for pull in asked:
        name, ref = fork_name(pull, seen.tops), HEADS + pull.head_ref
        try:
            commit = remote.fork(pull.head_repository).list_refs([ref])[ref]
        except (Unreachable, KeyError):
            # Out of order, or its branch has just gone: the pull request itself says so next time.
            seen = replace(seen, unknown=seen.unknown | {name})
        except ForgeError as error:
            why = UNREADABLE.format(fork=pull.head_repository, why=error)
            seen = replace(seen, troubles={**seen.troubles, name: [pull.head_sha, why]})
        else:
            seen = replace(
                seen,
                refs={**seen.refs, name: ref},
                commits={**seen.commits, name: commit},
                forks={**seen.forks, name: pull.head_repository},
            )
    return seen


def fork_name(pull: Pull, taken: Collection[str]) -> str:
    """`pull-7`; a branch of the repository itself, or a folder of branches, that is named so keeps its name."""
    name = f"pull-{pull.number}"
    while name in taken:
        name += "-fork"
    return name


def wanted(
    connection: Connection, seen: Look, asked: frozenset[str], known: Mapping[str, str]
) -> dict[str, str]:
    """The refs to hold, by local branch: those of interest among what the forge has, what matters most first.

    `asked` are branches that a delivery named, `known` those that Braid holds already.
    """
    default = connection.project.default_branch
    of_pulls = {pull.head_ref for pull in seen.pulls if not pull.is_fork and pull.state is PullState.OPEN}
    chosen = {
        name: HEADS + name
        for name, commit in seen.heads.items()
        if is_kept(name)
        and (
            name == default
            or name in asked
            or name in of_pulls
            or name in known
            or (connection.mirrored and connection.passed_over.get(name) != commit)
        )
    }
    chosen |= seen.refs
    ranks = {
        **dict.fromkeys(known, 3),
        **dict.fromkeys(asked, 2),
        **dict.fromkeys((*of_pulls, *seen.refs), 1),
        default: 0,
    }
    return dict(sorted(chosen.items(), key=lambda each: (ranks.get(each[0], 4), each[0])))


def bring_in(connection: Connection, remote: Remote, seen: Look, asked: frozenset[str]) -> Brought:
    """Fetch what is new and move branches to where the forge has them; what moved."""
    if connection.mirrored and not seen.heads:
        raise Unreachable(NO_BRANCHES)
    project = connection.project
    folder = ensure_repository(project)
    before = branch_heads(open_repository(project))
    interest = wanted(connection, seen, asked, before)
    refs = dict(list(interest.items())[:MAX_BRANCHES])
    known = {
        name: told
        for name, told in connection.refused.items()
        # A fork that can be read now has the same commit as before.
        if (seen.commits.get(name) == told[0] and not told[1].startswith(UNREAD)) or name in seen.unknown
    }
    new = [name for name in refs if before.get(name) != seen.commits[name] and name not in known]
    _clear(folder)
    fetched = bring(remote, folder, {name: refs[name] for name in new}, seen.refs.keys(), seen.forks)
    _note(connection, seen, refs)
    refused = {name: [seen.commits[name], why] for name, why in fetched.refused.items()}
    _note_refused(connection, {**known, **seen.troubles, **refused})
    new = [name for name in new if name in fetched.commits]
    _make_way(connection, folder, new, before, seen)
    moves = (RefChange(HEADS + name, before.get(name, ""), fetched.commits[name]) for name in new)
    changes = tuple(change for change in moves if change.before != change.after)
    _apply(connection, folder, changes)
    _clear(folder)
    return Brought(changes, _left_out(len(interest)))


def _left_out(count: int) -> str:
    return TOO_MANY.format(count=count, most=MAX_BRANCHES) if count > MAX_BRANCHES else ""


def remove_gone(connection: Connection, seen: Look) -> tuple[RefChange, ...]:
    """Delete branches that came from the forge and are there no more, and those of forks' pull requests that ended.

    The default branch stays: a forge that loses it has a trouble that people must look at.
    """
    project = connection.project
    held = branch_heads(open_repository(project))
    gone = [name for name in connection.mirrored if not seen.stays(name) and name != project.default_branch]
    changes = [RefChange(HEADS + name, held[name], "") for name in gone if name in held]
    _apply(connection, ensure_repository(project), changes)
    if gone:
        connection.mirrored = [name for name in connection.mirrored if name not in gone]
        Connection.objects.filter(pk=connection.pk).update(mirrored=connection.mirrored)
    return tuple(changes)


def _note_refused(connection: Connection, refused: dict[str, list[str]]) -> None:
    """What can't be had is not asked for again until it moves, or a person says so."""
    if refused != connection.refused:
        connection.refused = refused
        Connection.objects.filter(pk=connection.pk).update(refused=refused)


def refused_commits(connection: Connection, seen: Look) -> tuple[str, ...]:
    """Heads that can't be fetched, of which the forge is told that much; what it has in forks alone is not told."""
    refused = connection.refused.items()
    return tuple(sorted(commit for name, (commit, _) in refused if name not in seen.troubles))


def _note(connection: Connection, seen: Look, held: Iterable[str]) -> None:
    """Which branches are the forge's, and which heads nobody has asked about."""
    mirrored = sorted({*connection.mirrored, *held})
    still = {name: commit for name, commit in seen.heads.items() if name not in mirrored}
    if (mirrored, still) != (connection.mirrored, connection.passed_over):
        connection.mirrored, connection.passed_over = mirrored, still
        Connection.objects.filter(pk=connection.pk).update(mirrored=mirrored, passed_over=still)


@transaction.atomic
def _apply(connection: Connection, folder: Path, changes: Sequence[RefChange]) -> None:
    """Move the refs, all or none, then record what moved. Raises Unusable where people have disconnected meanwhile."""
    if changes:
        # Whoever disconnects locks the project first; from then on its branches are its own.
        project = lock_project(connection.project_id)
        if not Connection.objects.filter(pk=connection.pk).exists():
            raise Unusable(PARTED)
        update_refs(folder, [f"update {c.ref} {c.after or NOTHING} {c.before or NOTHING}" for c in changes])
        record_push(project, None, changes)


def _make_way(
    connection: Connection, folder: Path, new: Iterable[str], before: Mapping[str, str], seen: Look
) -> None:
    """Delete branches that are gone and whose name is a folder of a new one's, or the other way round."""
    created = [name for name in new if name not in before]
    blocking = [
        RefChange(HEADS + name, commit, "")
        for name, commit in before.items()
        if name not in seen.commits and any(_nests(name, each) or _nests(each, name) for each in created)
    ]
    _apply(connection, folder, blocking)


def _nests(outer: str, inner: str) -> bool:
    return inner.startswith(outer + "/")


def _clear(folder: Path) -> None:
    """What was fetched lies in branches now, or was given up."""
    stale = _git(folder, "for-each-ref", "--format=%(refname)", FETCHED).splitlines()
    update_refs(folder, [f"delete {ref}" for ref in stale])


def update_refs(folder: Path, lines: Sequence[str]) -> None:
    """One transaction of refs (manual: git-update-ref); raises CalledProcessError where one is not where it was."""
    _git(folder, "update-ref", "--no-deref", "--stdin", entered="".join(f"{line}\n" for line in lines))


def _git(folder: Path, *arguments: str, entered: str = "") -> str:
    done = subprocess.run(
        git_command("-C", str(folder), *arguments),
        env=git_environment(),
        input=entered,
        capture_output=True,
        check=True,
        timeout=60,
        text=True,
        errors="replace",
    )
    return done.stdout
