"""The migrations of a judged commit: their SQL from git, their durations from the steps that ran."""

from dataclasses import dataclass

from apps.checks.models import Judgement, Step, Verdict
from apps.projects.models import Project
from apps.repositories.storage import open_repository
from apps.repositories.trees import CommitTree, TreeError

SHOWN_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class MigrationView:
    """One migration. `sql` is cut at SHOWN_BYTES (then `is_cut`), and empty where the file can't be read.

    `statements_ms` has one entry a statement that ran; durations are None where nothing ran.
    """

    position: int
    name: str
    path: str
    is_new: bool
    sql: str
    is_cut: bool
    duration_ms: float | None
    statements_ms: tuple[float, ...]
    failed: bool


def migrations_of(
    project: Project, verdict: Verdict, judgement: Judgement, *, everything: bool = False
) -> tuple[MigrationView, ...]:
    """The migrations the base lacks, with their SQL; with `everything` the shared ones too, without."""
    steps = _walk(project, judgement.tip, 0 if everything else judgement.shared)
    tree = _tree(project, verdict.commit) if steps else None
    failed = (judgement.head.failure or {}).get("path") if judgement.head else None
    return tuple(_view(step, tree, step.position > judgement.shared, failed) for step in steps)


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


def _view(step: Step, tree: CommitTree | None, is_new: bool, failed: str | None) -> MigrationView:
    sql, is_cut = _sql(tree, step.path) if is_new and tree else ("", False)
    return MigrationView(
        position=step.position,
        name=step.name,
        path=step.path,
        is_new=is_new,
        sql=sql,
        is_cut=is_cut,
        duration_ms=None if step.duration_us is None else step.duration_us / 1000,
        statements_ms=tuple(us / 1000 for us in step.statements_us),
        failed=step.path == failed,
    )


def _sql(tree: CommitTree, path: str) -> tuple[str, bool]:
    try:
        data = tree.read(path)
    except (FileNotFoundError, TreeError):
        return "", False
    return data[:SHOWN_BYTES].decode("utf-8-sig", "replace"), len(data) > SHOWN_BYTES
