"""The migrations of a judged commit: their SQL from git, their durations from the steps that ran."""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.checks.models import Judgement, Step
from apps.projects.models import Project
from apps.repositories.storage import open_repository
from apps.repositories.trees import CommitTree, TreeError

SHOWN_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class MigrationView:
    """One migration. `statements_ms` has one entry a statement that ran; durations are None where nothing ran."""

    position: int
    name: str
    path: str
    is_new: bool
    duration_ms: float | None
    statements_ms: tuple[float, ...]
    failed: bool


@dataclass(frozen=True, slots=True)
class MigrationText:
    """A migration's file, cut at SHOWN_BYTES (then `is_cut`); empty where it can't be read."""

    sql: str
    is_cut: bool


def migrations_of(
    project: Project, judgement: Judgement, *, everything: bool = False
) -> tuple[MigrationView, ...]:
    """The migrations the base lacks; with `everything` the shared ones too."""
    steps = _walk(project, judgement.tip, 0 if everything else judgement.shared)
    failed = (judgement.head.failure or {}).get("path") if judgement.head else None
    return tuple(_view(step, step.position > judgement.shared, failed) for step in steps)


def migration_texts(project: Project, commit: str, paths: Iterable[str]) -> dict[str, MigrationText]:
    """The files at the paths, as the commit has them: ask for those of one page, there may be thousands."""
    wanted = tuple(paths)
    tree = _tree(project, commit) if wanted else None
    return {path: _text(tree, path) for path in wanted}


_WALK = """
with recursive walk as (
    select * from checks_step where project_id = %s and key = %s and position > %s
    union all
    select parent.* from walk join checks_step parent
        on parent.project_id = walk.project_id and parent.key = walk.parent and parent.position > %s
)
select * from walk order by position
"""


def _walk(project: Project, tip: str, after: int) -> list[Step]:
    """The steps from position `after` + 1 to the one whose key is `tip`; one query."""
    return list(Step.objects.raw(_WALK, [project.pk, tip, after, after]))


def _tree(project: Project, commit: str) -> CommitTree | None:
    try:
        return CommitTree(open_repository(project), commit)
    except TreeError:
        return None


def _view(step: Step, is_new: bool, failed: str | None) -> MigrationView:
    return MigrationView(
        position=step.position,
        name=step.name,
        path=step.path,
        is_new=is_new,
        duration_ms=None if step.duration_us is None else step.duration_us / 1000,
        statements_ms=tuple(us / 1000 for us in step.statements_us),
        failed=step.path == failed,
    )


def _text(tree: CommitTree | None, path: str) -> MigrationText:
    try:
        data = tree.read(path) if tree else b""
    except (FileNotFoundError, TreeError):
        data = b""
    text = data[:SHOWN_BYTES].decode("utf-8-sig", "replace")
    return MigrationText(text, is_cut=len(data) > SHOWN_BYTES)
