"""The rows that follow refs: recorded in whatever order, and mended when they could not be."""

import pygit2
import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from apps.repositories.actions import RefChange, reconcile, record_push
from apps.repositories.models import Branch, Push, RefUpdate
from tests.apps.repositories.conftest import Write

MAIN = "refs/heads/main"


def moved(before: str, after: str, ref: str = MAIN) -> RefChange:
    return RefChange(ref, before, after)


def heads(project: Project) -> dict[str, str]:
    return dict(Branch.objects.filter(project=project, deleted_at=None).values_list("name", "head"))


def test_a_push_leaves_its_rows(project: Project, developer: User, write: Write) -> None:
    head = write({"a": b""})
    push = record_push(project, developer, [moved("", head), RefChange("refs/tags/v1", "", head)])
    assert (push.project, push.pusher, push.settled) == (project, developer, False)
    assert [(update.ref, update.kind, update.branch_name) for update in push.updates.all()] == [
        (MAIN, "created", "main"),
        ("refs/tags/v1", "created", ""),
    ]
    assert heads(project) == {"main": head}


def test_the_kinds_of_moves(
    project: Project, developer: User, write: Write, repository: pygit2.Repository
) -> None:
    first = write({"a": b"1"})
    second = write({"a": b"2"}, parents=[first])
    other = write({"b": b"1"})
    for before, after, kind in (
        ("", first, "created"),
        (first, second, "updated"),
        (second, first, "forced"),
        (first, other, "forced"),
        ("1" * 40, first, "forced"),
        (other, "", "deleted"),
    ):
        push = record_push(project, developer, [moved(before, after)])
        assert push.updates.get().kind == kind
    push = record_push(project, developer, [RefChange("refs/tags/v1", first, second)])
    assert push.updates.get().kind == "forced"


def test_of_two_pushes_the_later_may_be_recorded_first(
    project: Project, developer: User, write: Write
) -> None:
    first = write({"a": b"1"})
    second = write({"a": b"2"}, parents=[first])
    record_push(project, developer, [moved(first, second)])
    record_push(project, developer, [moved("", first)])
    assert heads(project) == {"main": second}


def test_a_deleted_branch_comes_back(
    project: Project, developer: User, write: Write, repository: pygit2.Repository
) -> None:
    head = write({"a": b""}, branch="topic")
    record_push(project, developer, [moved("", head, "refs/heads/topic")])
    repository.references.delete("refs/heads/topic")
    record_push(project, developer, [moved(head, "", "refs/heads/topic")])
    assert heads(project) == {}
    write({"a": b""}, branch="topic")
    record_push(project, developer, [moved("", head, "refs/heads/topic")])
    assert heads(project) == {"topic": head}
    assert Branch.objects.filter(project=project).count() == 1


def test_many_branches_cost_few_queries(
    project: Project, developer: User, write: Write, django_assert_max_num_queries: object
) -> None:
    changes = [moved("", write({"a": b""}, branch=f"b{n}"), f"refs/heads/b{n}") for n in range(50)]
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        record_push(project, developer, changes)
    assert len(heads(project)) == 50


def test_the_rows_of_a_push_are_written_together_or_not_at_all(
    project: Project, developer: User, write: Write
) -> None:
    head = write({"a": b""})
    with pytest.raises(Exception, match="one_update_per_ref_and_push"):
        record_push(project, developer, [moved("", head), moved("", head)])
    assert not Push.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_missing_broker_does_not_undo_a_push(project: Project, developer: User, write: Write) -> None:
    """The queue's tables are not there in this database; the sweep would enqueue it later."""
    record_push(project, developer, [moved("", write({"a": b""}))])
    assert Push.objects.filter(project=project, settled=False).exists()


def test_reconciling_records_what_has_no_row(
    project: Project, developer: User, write: Write, repository: pygit2.Repository
) -> None:
    first = write({"a": b"1"})
    write({"x": b"1"}, branch="gone")
    kept = [
        moved("", first),
        moved("", str(repository.references["refs/heads/gone"].target), "refs/heads/gone"),
    ]
    record_push(project, developer, kept)
    second = write({"a": b"2"}, parents=[first])
    new = write({"n": b"1"}, branch="new")
    repository.references.delete("refs/heads/gone")
    push = reconcile(project, settle_s=0)
    assert push is not None
    assert push.pusher is None
    assert [(update.ref, update.kind) for update in push.updates.all()] == [
        ("refs/heads/gone", "deleted"),
        (MAIN, "updated"),
        ("refs/heads/new", "created"),
    ]
    assert heads(project) == {"main": second, "new": new}
    assert reconcile(project, settle_s=0) is None


def test_reconciling_what_was_never_used_does_nothing(project: Project) -> None:
    assert reconcile(project, settle_s=0) is None
    assert not RefUpdate.objects.exists()
