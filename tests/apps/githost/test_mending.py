"""When the rows can't follow the refs: the push stands, the pusher is told, and the rows come later."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from apps.projects.models import Project
from apps.repositories.actions import reconcile
from apps.repositories.commits import branch_heads
from apps.repositories.models import Branch, Push
from apps.repositories.storage import open_repository
from tests.apps.githost.conftest import EMAIL, Clone


@contextmanager
def no_table_for_pushes() -> Iterator[None]:
    """As good as a database that is away, from where the hook stands."""
    with connection.cursor() as cursor:
        cursor.execute("alter table repositories_push rename to repositories_push_away")
        try:
            yield
        finally:
            cursor.execute("alter table repositories_push_away rename to repositories_push")


def test_a_push_that_could_not_be_noted_is_kept_and_noted_later(filled: Clone, project: Project) -> None:
    filled.git("switch", "--create", "email")
    head = filled.commit("Email", EMAIL)
    with no_table_for_pushes():
        said = filled.git("push", "origin", "email")
    assert "Braid has your push but can't note it right now" in said
    assert branch_heads(open_repository(project))["email"] == head
    assert not Branch.objects.filter(project=project, name="email").exists()
    push = reconcile(project, settle_s=0)
    assert push is not None
    assert Branch.objects.get(project=project, name="email").head == head
    assert Push.objects.filter(project=project).count() == 2


def test_the_next_push_notes_its_own(filled: Clone, project: Project) -> None:
    """The connection that failed is not used again."""
    with no_table_for_pushes():
        filled.git("push", "origin", "main:refs/heads/lost")
    filled.git("push", "origin", "main:refs/heads/next")
    assert set(Branch.objects.filter(project=project).values_list("name", flat=True)) == {"main", "next"}
