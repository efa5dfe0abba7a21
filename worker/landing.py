"""From a proposal's head and the commit to land on to a proved candidate: a merge commit that no branch holds yet.

`build` merges and makes the commit; `prove` reads that commit as anybody would who clones it,
replays it from empty and holds what comes of it to the merge that people approved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from apps.merges.content import load_document, open_conflicts
from apps.merges.models import Merge, Outcome
from apps.projects.models import Project
from apps.repositories.landing import Author, commit_tree
from sandbox.new_drift import find_new_drift
from sandbox.replays import OnProgress, Replay
from schemata.findings import Finding
from schemata.landing.mending import Mending
from schemata.merge.proof import schema_hash
from schemata.merge.resolutions import ResolutionError
from schemata.statements.scanner import ScanError, pieces
from worker.candidates import Composing, LandedName, Refused
from worker.histories import Histories
from worker.mending import Landed
from worker.merging import Sides, Unusable, read_sides, settle
from worker.process import sandboxes

# What a commit's message has room for.
MOST_LINES = 60
# Of SQL, what may be spaced otherwise and says the same.
OUTSIDE = frozenset({"code", "space", "comment", "open", "close", "end"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A merge commit on `target` that is not proved yet. `merged` is the hash of the schema that it must give."""

    commit: str
    target: str
    head: str
    merge: Merge
    merged: str
    migrations: tuple[LandedName, ...]
    mending: Mending
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """What the merge commit says of the proposal: `subject`, then the paragraphs, then trailers."""

    subject: str
    paragraphs: tuple[str, ...]
    trailers: tuple[str, ...]
    author: Author | None
    at: datetime

    def text(self, *more: str) -> str:
        body = (self.subject, *self.paragraphs, *more, "\n".join(self.trailers))
        return "\n\n".join(filter(None, body)) + "\n"


def build(
    project: Project,
    target: str,
    head: str,
    choices: Mapping[str, Any],
    letter: Letter,
    on_progress: OnProgress | None = None,
) -> Candidate:
    """Merge `head` into `target` and make the commit that would land. Raises Refused and SandboxError."""
    histories = Histories(project)
    try:
        sides = read_sides(histories, target, head)
    except Unusable as error:
        raise Refused(str(error)) from error
    merge = _merge(project, sides, choices, on_progress)
    composing = Composing(histories, sides, target, head, load_document(merge))
    tree, problems = composing.tree()
    history = composing.read_back(tree)
    mending = Landed(project, composing, tree, history, choices).mending(on_progress)
    parents = (target, head)
    message = letter.text(_renames(composing.names), _mending(mending))
    commit = commit_tree(histories.repository, tree, parents, message, letter.author, letter.at)
    return Candidate(commit, target, head, merge, composing.merged, composing.names, mending, problems)


def prove(project: Project, candidate: Candidate, on_progress: OnProgress | None = None) -> Replay:
    """Replay the candidate from empty and hold what comes of it to the merge. Raises Refused and SandboxError."""
    history = Histories(project).read(candidate.commit).history
    replay = sandboxes().replay(
        history,
        owner=project.key.hex,
        postgres=history.postgres or project.postgres,
        deadline_s=settings.CHECK_DEADLINE_S,
        on_progress=on_progress,
    )
    if replay.failure:
        raise Refused(f"On an empty database {replay.failure.migration} fails: {replay.failure.message}")
    if schema_hash(replay.catalog) != candidate.merged:
        raise Refused(
            "On an empty database the migrations give another schema than the merge that was proved."
        )
    return replay


def drift_of(project: Project, candidate: Candidate, on_progress: OnProgress | None = None) -> list[str]:
    """By what the candidate makes its schema file drift further than the target's, in words. Raises SandboxError.

    Whether that keeps it from landing is the policy's matter, which may change until it lands.
    """
    histories = Histories(project)
    history = histories.read(candidate.commit).history
    found = find_new_drift(
        sandboxes(),
        history,
        (histories.read(candidate.target).history,),
        owner=project.key.hex,
        postgres=history.postgres or project.postgres,
        deadline_s=settings.CHECK_DEADLINE_S,
        on_progress=on_progress,
    )
    return [_place(each) for each in (found.findings() if found.problem else found.added)]


def _place(found: Finding) -> str:
    message = found.message.rstrip(".")
    return f"{found.path}:{found.line}: {message}" if found.line else message


def _merge(
    project: Project, sides: Sides, choices: Mapping[str, Any], on_progress: OnProgress | None
) -> Merge:
    """The merge with what people chose. Raises Refused where that is not all there is to choose."""
    try:
        merge = settle(project, sides, choices, on_progress)
    except ResolutionError as error:
        raise Refused(f"What people chose does not fit what it would land on: {error}") from error
    if merge.outcome not in (Outcome.CLEAN, Outcome.REWRITTEN):
        opened = open_conflicts(load_document(merge))
        raise Refused(f"It does not merge any more: {merge.headline}.", opened)
    return merge


def _renames(names: Sequence[LandedName]) -> str:
    """Which migrations are not as on the branch, and what they are called there."""
    lines = [
        f"  {each.name}" if each.was == each.name else f"  {each.was or '(new)'} -> {each.name}"
        for each in names
    ]
    told = [
        line + (" (rewritten)" if each.origin == "rewritten" else "")
        for each, line in zip(names, lines, strict=True)
        if each.was != each.name or each.origin == "rewritten"
    ]
    return "\n".join(["Migrations that land otherwise than on the branch", *told]) if told else ""


def _mending(found: Mending) -> str:
    if found.anew:
        return f"A database that ran the branch's own migrations is best made anew: {found.anew}."
    if not found.steps:
        return ""
    lead = "A database that ran the branch's own migrations is mended by"
    lines = [line for step in found.steps for line in f"  {step.shown()}".replace("\n", "\n  ").splitlines()]
    if len(lines) > MOST_LINES or any(_spans_lines(step.text) for step in found.steps):
        return f"{lead} the commands on the proposal's page."
    notes = [f"Rows can keep it from going through: {each}." for each in found.notes]
    return "\n".join([lead, *lines, *notes])


def _spans_lines(sql: str) -> bool:
    """Whether a string in it has several lines, so that setting it in would change what it says."""
    try:
        return any("\n" in sql[each.start : each.end] for each in pieces(sql) if each.sort not in OUTSIDE)
    except ScanError:
        return True
