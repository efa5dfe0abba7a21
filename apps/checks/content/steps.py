"""The chain of a history's steps: the names under which what it did is kept.

A step's key hashes everything up to it: texts, transaction rules, names, paths
and the Postgres that was asked for. Two histories share the rows of the steps
they both begin with, so a push with one new migration adds one row.
"""

import hashlib
from collections.abc import Iterator

from apps.checks.content.rows import keep
from apps.checks.models import Step
from apps.projects.models import Project
from sandbox.replays import Replay
from schemata.history import History

RECENT = 64


def chain_of(history: History, postgres: int | None) -> tuple[str, ...]:
    """The key of every prefix: n + 1 hex digests, that of no migration first."""
    return tuple(_chain(history, postgres))


def _chain(history: History, postgres: int | None) -> Iterator[str]:
    key = hashlib.sha256(f"braid steps 1\0{postgres or ''}".encode()).hexdigest()
    yield key
    hashes = history.prefix_hashes()[1:]
    for migration, prefix in zip(history.migrations, hashes, strict=True):
        key = hashlib.sha256(f"{key}\0{prefix}\0{migration.name}\0{migration.path}".encode()).hexdigest()
        yield key


def save_steps(project: Project, history: History, chain: tuple[str, ...], replay: Replay | None) -> None:
    """Keep the steps that are not kept yet, with their durations where `replay` ran them.

    Steps that are kept without a duration, because nothing could run then, get it now.
    """
    known = _known(project, chain)
    ran = {i for i, run in enumerate(replay.runs) if not run.cached} if replay else set()
    wanted = sorted(ran | set(range(known, len(history.migrations))))
    rows = [_step(project, history, chain, replay, index) for index in wanted]
    keep(rows, update=["duration_us", "statements_us"])


def _known(project: Project, chain: tuple[str, ...]) -> int:
    """How many leading steps are kept; nearly always found among the last few."""
    for keys in (chain[1:][-RECENT:], chain[1:-RECENT]):
        found = Step.objects.filter(project=project, key__in=keys).order_by("-position")
        position = found.values_list("position", flat=True).first() if keys else None
        if position is not None:
            return position
    return 0


def _step(
    project: Project, history: History, chain: tuple[str, ...], replay: Replay | None, index: int
) -> Step:
    migration = history.migrations[index]
    run = replay.runs[index] if replay and index < len(replay.runs) else None
    timed = run if run and not run.cached else None
    return Step(
        project=project,
        key=chain[index + 1],
        parent=chain[index],
        position=index + 1,
        name=migration.name,
        path=migration.path,
        text_hash=migration.hash,
        duration_us=round(timed.duration_ms * 1000) if timed else None,
        statements_us=[round(s.duration_ms * 1000) for s in timed.statements] if timed else [],
    )
