"""The writes that follow a change of refs: a push recorded, rows brought back in line, old packs folded.

A push moves refs first (git does that) and rows second. What goes wrong between
the two, a database that is away or a process that is killed, is mended by
`reconcile`, which beat calls for every project.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygit2
from celery import current_app
from django.db import transaction
from django.dispatch import Signal

from apps.repositories.commits import branch_head, branch_heads
from apps.repositories.models import Branch, Push, RefUpdate
from apps.repositories.storage import open_repository, repository_path

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.projects.models import Project

HEADS = "refs/heads/"
SETTLE_S = 5.0

# Sent in the transaction that records a push, with the `push`; its branches' rows stand where its refs are.
recorded = Signal()


@dataclass(frozen=True, slots=True)
class RefChange:
    """One ref that moved; `before` or `after` is empty where it did not exist."""

    ref: str
    before: str
    after: str


@transaction.atomic
def record_push(project: "Project", pusher: "User | None", changes: Sequence[RefChange]) -> Push:
    """Write the rows of a push whose refs have moved, and have its branches judged after commit.

    A branch's head is read from the repository under the project's lock, not
    taken from `changes`: of two pushes to one branch the later may be recorded first.
    """
    _lock(project)
    repository = open_repository(project)
    push = Push.objects.create(project=project, pusher=pusher)
    RefUpdate.objects.bulk_create(
        RefUpdate(push=push, ref=c.ref, before=c.before, after=c.after, kind=kind_of(repository, c))
        for c in changes
    )
    _follow(push, repository, [change.ref.removeprefix(HEADS) for change in changes if _is_branch(change)])
    recorded.send(Push, push=push)
    transaction.on_commit(lambda: _enqueue_judgement(push.pk), robust=True)
    return push


def reconcile(project: "Project", settle_s: float = SETTLE_S) -> Push | None:
    """Record what moved in the repository without a row: returns the push that stands for it, or None.

    A push that is between its refs and its rows this very moment looks the same, so only
    what is still so after `settle_s` seconds counts.
    """
    if not (repository_path(project) / "HEAD").exists() or not (first := _unrecorded(project)):
        return None
    time.sleep(settle_s)
    with transaction.atomic():
        _lock(project)
        changes = [change for change in _unrecorded(project) if change in first]
        return record_push(project, None, changes) if changes else None


def kind_of(repository: pygit2.Repository, change: RefChange) -> str:
    """Created, deleted, updated, or forced when commits of `before` are no longer reachable."""
    if not change.before:
        return RefUpdate.Kind.CREATED
    if not change.after:
        return RefUpdate.Kind.DELETED
    if _is_branch(change) and _is_fast_forward(repository, change):
        return RefUpdate.Kind.UPDATED
    return RefUpdate.Kind.FORCED


def _is_fast_forward(repository: pygit2.Repository, change: RefChange) -> bool:
    if change.before not in repository or change.after not in repository:
        return False
    return bool(repository.descendant_of(change.after, change.before))


def _lock(project: "Project") -> None:
    """One writer of a project's branch rows at a time; released at the end of the transaction."""
    type(project).objects.select_for_update(no_key=True).get(pk=project.pk)


def _is_branch(change: RefChange) -> bool:
    return change.ref.startswith(HEADS)


def _follow(push: Push, repository: pygit2.Repository, names: Sequence[str]) -> None:
    """Bring the rows of these branches to where the refs are: two statements, however many branches."""
    heads = {name: branch_head(repository, name) for name in names}
    gone = [name for name, head in heads.items() if not head]
    Branch.objects.filter(project=push.project, name__in=gone, deleted_at=None).update(
        deleted_at=push.received_at
    )
    Branch.objects.bulk_create(
        (_branch(push, name, head) for name, head in heads.items() if head),
        update_conflicts=True,
        unique_fields=["project", "name"],
        update_fields=["head", "pushed_by", "pushed_at", "deleted_at"],
    )


def _branch(push: Push, name: str, head: str) -> Branch:
    return Branch(
        project=push.project, name=name, head=head, pushed_by=push.pusher, pushed_at=push.received_at
    )


def _unrecorded(project: "Project") -> list[RefChange]:
    actual = branch_heads(open_repository(project))
    rows = Branch.objects.filter(project=project, deleted_at=None)
    known = {branch.name: branch.head for branch in rows}
    names = sorted(actual.keys() | known.keys())
    changes = (RefChange(HEADS + name, known.get(name, ""), actual.get(name, "")) for name in names)
    return [change for change in changes if change.before != change.after]


def _enqueue_judgement(push_id: int) -> None:
    """A broker that is away loses nothing: the sweeper finds the push that is not settled."""
    current_app.send_task("worker.judge_push", args=[push_id])
