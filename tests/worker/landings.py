"""A branch and a default branch in a workspace, and what the merge commit of the two says."""

from datetime import UTC, datetime

from apps.repositories.landing import Author
from worker.landing import Letter

AT = datetime(2026, 3, 1, tzinfo=UTC)
LETTER = Letter(
    "Merge #1: Say more", ("https://braid/1",), ("Approved-by: Olga",), Author("Dora", "d@example.com"), AT
)


def branch(workspace, name, files, start="main"):
    workspace.switch(name, start)
    commit = workspace.commit(files)
    workspace.push(name)
    return commit


def advance(workspace, files):
    if workspace.git("branch", "--show-current") != "main":
        workspace.git("switch", "--quiet", "main")
    commit = workspace.commit(files)
    workspace.push("main")
    return commit
