"""Pushing with the real git client: what is taken, what is refused, what is said and what is recorded."""

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from apps.repositories.commits import branch_heads
from apps.repositories.models import Branch, Push, RefUpdate
from apps.repositories.storage import open_repository, repository_path
from tests.apps.githost.conftest import EMAIL, USERS, Clone
from tests.live import LiveBraid


def kinds(project: Project) -> list[tuple[str, str]]:
    updates = RefUpdate.objects.filter(push__project=project).order_by("id")
    return [(update.ref, update.kind) for update in updates]


def test_the_first_push_fills_the_default_branch(clone: Clone, project: Project, developer: User) -> None:
    head = clone.commit("Start", USERS)
    said = clone.git("push", "origin", "main")
    branch = Branch.objects.get(project=project)
    assert (branch.name, branch.head, branch.pushed_by, branch.deleted_at) == ("main", head, developer, None)
    update = RefUpdate.objects.get(push__project=project)
    assert (update.ref, update.before, update.after, update.kind) == ("refs/heads/main", "", head, "created")
    assert "main: flyway in db/migration, 1 migration" in said


def test_afterwards_only_a_merge_writes_the_default_branch(filled: Clone, project: Project) -> None:
    landed = filled.git("rev-parse", "HEAD")
    filled.commit("More", EMAIL)
    said = filled.try_git("push", "origin", "main")
    assert said.code == 1
    assert (
        "main is the default branch: only a merge writes it. Push your work to a branch of its own"
        in said.text
    )
    assert "Nothing of this push was taken." in said.text
    assert branch_heads(open_repository(project)) == {"main": landed}
    assert Push.objects.filter(project=project).count() == 1


def test_the_objects_of_a_refused_push_are_not_kept(filled: Clone, project: Project) -> None:
    head = filled.commit("More", EMAIL)
    assert filled.try_git("push", "origin", "main").code == 1
    assert head not in open_repository(project)
    assert not list((repository_path(project) / "objects").glob("tmp_objdir*"))


def test_a_branch_is_told_what_is_new_and_where_its_page_is(filled: Clone, live_braid: LiveBraid) -> None:
    filled.git("switch", "--create", "add/email")
    filled.commit("Email", EMAIL)
    said = filled.git("push", "origin", "add/email")
    assert "add/email: flyway in db/migration, 2 migrations" in said
    assert "1 new migration against main:" in said
    assert "  V2__email" in said
    assert f"{live_braid.url}/acme/shop/branch/add/email/" in said
    assert "The verdict is on its way." in said


def test_an_edited_landed_migration_is_named_with_its_line(filled: Clone) -> None:
    filled.git("switch", "--create", "edit")
    filled.commit("Edit", {"db/migration/V1__users.sql": "create table users (id bigint);\n"})
    said = filled.git("push", "origin", "edit")
    assert "V1__users.sql" in said
    assert "had landed and was edited since" in said


def test_what_lands_meanwhile_is_not_the_branchs_doing(
    filled: Clone, project: Project, new_clone: Callable[..., Clone]
) -> None:
    """A branch that left main before V2 landed has not removed V2."""
    filled.git("switch", "--create", "behind")
    filled.commit("Other", {"db/migration/V3__other.sql": "create table other (id int);\n"})
    filled.git("switch", "main")
    landed = filled.commit("Email", EMAIL)
    filled.git("push", "origin", "main:refs/heads/email")
    open_repository(project).references.create("refs/heads/main", landed, force=True)
    said = filled.git("push", "origin", "behind")
    assert "1 new migration against main:" in said
    assert "no longer there" not in said


def test_no_layout_is_a_remark_and_not_a_refusal(clone: Clone, project: Project) -> None:
    clone.commit("Start", {"README": "hello\n"})
    said = clone.git("push", "origin", "main")
    assert "main: Braid can't read the migrations of this branch yet." in said
    assert "No migrations were found" in said
    assert Branch.objects.filter(project=project, name="main").exists()


def test_an_unreadable_migration_does_not_block_the_push(filled: Clone) -> None:
    filled.git("switch", "--create", "broken")
    filled.write("db/migration/V2__bad.sql", b"create table \xff\xfe;\n")
    filled.commit("Broken")
    said = filled.git("push", "origin", "broken")
    assert "error: db/migration/V2__bad.sql:1:14: This file is not UTF-8" in said


def test_a_forced_push_is_recorded_as_forced(filled: Clone, project: Project) -> None:
    filled.git("switch", "--create", "work")
    filled.commit("One", EMAIL)
    filled.git("push", "origin", "work")
    filled.git("commit", "--quiet", "--amend", "--message", "Two")
    assert filled.try_git("push", "origin", "work").code == 1
    filled.git("push", "--force", "origin", "work")
    assert kinds(project)[-1] == ("refs/heads/work", "forced")
    assert Branch.objects.get(project=project, name="work").head == filled.git("rev-parse", "HEAD")


def test_a_fast_forward_is_an_update(filled: Clone, project: Project) -> None:
    filled.git("switch", "--create", "work")
    filled.commit("One", EMAIL)
    filled.git("push", "origin", "work")
    filled.commit("Two")
    filled.git("push", "origin", "work")
    assert kinds(project)[-1] == ("refs/heads/work", "updated")


def test_a_deleted_branch_keeps_its_row_and_can_come_back(filled: Clone, project: Project) -> None:
    filled.git("push", "origin", "main:refs/heads/work")
    said = filled.git("push", "origin", ":refs/heads/work")
    assert "verdict" not in said
    assert kinds(project)[-1] == ("refs/heads/work", "deleted")
    assert Branch.objects.get(project=project, name="work").deleted_at is not None
    filled.git("push", "origin", "main:refs/heads/work")
    assert Branch.objects.get(project=project, name="work").deleted_at is None


def test_the_default_branch_is_not_deleted(filled: Clone, project: Project) -> None:
    said = filled.try_git("push", "origin", ":refs/heads/main")
    assert said.code == 1
    assert "main is the default branch and can't be deleted" in said.text
    assert "main" in branch_heads(open_repository(project))


def test_tags_are_kept_and_recorded(filled: Clone, project: Project) -> None:
    filled.git("tag", "v1.0")
    filled.git("tag", "--annotate", "v2.0", "--message", "two")
    filled.git("push", "origin", "--tags")
    assert kinds(project)[-2:] == [("refs/tags/v1.0", "created"), ("refs/tags/v2.0", "created")]
    assert Branch.objects.filter(project=project).count() == 1


def test_many_branches_at_once(filled: Clone, project: Project, live_braid: LiveBraid) -> None:
    for number in range(40):
        filled.git("branch", f"topic-{number}")
    said = filled.git("push", "origin", "--all")
    assert Branch.objects.filter(project=project, deleted_at=None).count() == 41
    assert f"And 35 more branches: {live_braid.url}/acme/shop/" in said


def test_an_unrelated_history_is_a_branch_like_any_other(filled: Clone, project: Project) -> None:
    filled.git("switch", "--orphan", "other")
    head = filled.commit("Unrelated", {"db/migration/V1__things.sql": "create table things (id int);\n"})
    filled.git("push", "origin", "other")
    assert Branch.objects.get(project=project, name="other").head == head


def test_a_push_without_news_changes_nothing(filled: Clone, project: Project) -> None:
    assert "Everything up-to-date" in filled.git("push", "origin", "main")
    assert Push.objects.filter(project=project).count() == 1


def test_an_atomic_push_is_taken_whole_or_not_at_all(filled: Clone, project: Project) -> None:
    filled.commit("More", EMAIL)
    said = filled.try_git("push", "--atomic", "origin", "main", "main:refs/heads/work")
    assert said.code == 1
    assert set(branch_heads(open_repository(project))) == {"main"}


def test_push_options_are_read_and_do_no_harm(filled: Clone) -> None:
    options = ["--push-option=braid.frobnicate", "--push-option=$(exit 1)", "--push-option=end"]
    said = filled.git("push", *options, "origin", "main:refs/heads/work")
    assert "does not know the push option 'braid.frobnicate'" in said


BAD_NAMES = [
    "a$(id)",
    "it's",
    "<script>",
    "wörk",
    "a b~1".replace(" ", "").replace("~", "%"),
    "x/-rf",
    "HEAD",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_could_hurt_are_refused(filled: Clone, project: Project, name: str) -> None:
    said = filled.try_git("push", "origin", f"HEAD:refs/heads/{name}")
    assert said.code == 1
    assert "Nothing of this push was taken." in said.text
    assert set(branch_heads(open_repository(project))) == {"main"}


def test_a_name_that_turns_the_line_around_is_shown_without_doing_so(filled: Clone) -> None:
    said = filled.try_git("push", "origin", "HEAD:refs/heads/a\u202eb")
    refusal = next(line for line in said.text.splitlines() if "use letters" in line)
    assert "\u202e" not in refusal
    assert "a\N{REPLACEMENT CHARACTER}b" in refusal


@pytest.mark.parametrize("ref", ["refs/notes/commits", "refs/pull/1/head", "refs/braid/secret", "refs/x"])
def test_other_refs_than_branches_and_tags_are_refused(filled: Clone, ref: str) -> None:
    said = filled.try_git("push", "origin", f"HEAD:{ref}")
    assert said.code != 0
    assert "refs/heads/ and refs/tags/ only" in said.text or "deny updating a hidden ref" in said.text


def test_of_two_pushes_to_one_branch_at_once_one_wins(
    filled: Clone, project: Project, new_clone: Callable[..., Clone]
) -> None:
    import threading

    clones = [new_clone(f"clone-{number}") for number in range(4)]
    heads = []
    for number, clone in enumerate(clones):
        clone.git("pull", "--quiet", "origin", "main")
        heads.append(clone.commit(f"Work {number}", {f"file-{number}": "x"}))
    said = [None] * len(clones)

    def push(number: int) -> None:
        said[number] = clones[number].try_git("push", "origin", "main:refs/heads/work")

    threads = [threading.Thread(target=push, args=(number,)) for number in range(len(clones))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [head for head, result in zip(heads, said, strict=True) if result and result.code == 0]
    assert len(winners) == 1
    assert branch_heads(open_repository(project))["work"] == winners[0]
    assert Branch.objects.get(project=project, name="work").head == winners[0]


def test_a_default_branch_without_readable_migrations_is_mended_by_the_next_push(
    clone: Clone, project: Project
) -> None:
    two = {f"{folder}/{name}": sql for folder in "ab" for name, sql in USERS.items()}
    clone.commit("Only words", {"README.md": "A shop.\n"})
    clone.git("push", "origin", "main")
    clone.commit("Two layouts", two)
    said = clone.git("push", "origin", "main")
    assert "There are 2 sets of migrations" in said
    head = clone.commit("Say which", {"braid.toml": '[schema]\nlayout = "flyway"\nroot = "a/db/migration"\n'})
    assert "flyway in a/db/migration, 1 migration" in clone.git("push", "origin", "main")
    clone.commit("More", EMAIL)
    assert "only a merge writes it" in clone.try_git("push", "origin", "main").text
    assert branch_heads(open_repository(project)) == {"main": head}


def test_a_hint_of_several_lines_is_said_line_by_line(clone: Clone) -> None:
    clone.commit("Two", {f"{folder}/{name}": sql for folder in "ab" for name, sql in USERS.items()})
    said = [line.strip() for line in clone.git("push", "origin", "main").splitlines()]
    assert "remote:     [schema]" in said
    assert 'remote:     root = "a/db/migration"' in said
