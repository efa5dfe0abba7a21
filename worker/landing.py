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
from sandbox.replays import OnProgress, Replay
from schemata.landing.mending import Mending
from schemata.merge.proof import schema_hash
from schemata.merge.resolutions import ResolutionError
from worker.candidates import Composing, LandedName, Refused
from worker.histories import Histories
from worker.merging import Sides, Unusable, read_sides, settle
from worker.process import sandboxes


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
    mending = composing.mending(tree, history)
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
    lines = [
        f"  {each.was or '(new)'} -> {each.name}"
        + (f" ({each.origin})" if each.origin == "rewritten" else "")
        for each in names
        if each.was != each.name or each.origin == "rewritten"
    ]
    return "\n".join(["Migrations land under the names", *lines]) if lines else ""


def _mending(found: Mending) -> str:
    if found.anew:
        return f"A database that ran the branch's own migrations is best made anew: {found.anew}."
    lines = [f"  {step.shown()}" for step in found.steps]
    return "\n".join(["A database that ran them under their old names is mended by", *lines]) if lines else ""
