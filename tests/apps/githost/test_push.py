"""Pushing with the real git client: what is taken, what is refused, what is said and what is recorded."""

from apps.accounts.models import User
from apps.projects.models import Project
from apps.repositories.models import Branch, RefUpdate
from tests.apps.githost.conftest import USERS, Clone


def test_the_first_push_fills_the_default_branch(clone: Clone, project: Project, developer: User) -> None:
    head = clone.commit("Start", USERS)
    said = clone.git("push", "origin", "main")
    print(said)
    branch = Branch.objects.get(project=project)
    assert (branch.name, branch.head, branch.pushed_by) == ("main", head, developer)
    update = RefUpdate.objects.get(push__project=project)
    assert (update.ref, update.before, update.after, update.kind) == ("refs/heads/main", "", head, "created")
    assert "remote: http://" in said
