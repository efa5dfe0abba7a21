"""Objects that are made to hurt: bombs, forged trees, names that another file system would misread."""

import subprocess

import pytest

from apps.projects.models import Project
from apps.repositories.commits import branch_heads
from apps.repositories.storage import open_repository
from tests.apps.githost.conftest import Clone, client_environment
from tests.apps.githost.test_transport import MEGABYTE, Peak
from tests.live import LiveBraid


def store(clone: Clone, kind: str, data: bytes) -> str:
    """Write an object as it is, valid or not."""
    done = subprocess.run(
        ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"],
        cwd=clone.folder,
        env=client_environment(clone.folder),
        input=data,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def tree(*entries: tuple[str, bytes, str]) -> bytes:
    return b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)


def commit_of(clone: Clone, tree_id: str) -> str:
    return clone.git("commit-tree", tree_id, "-m", "forged")


@pytest.mark.parametrize(
    ("mode", "name", "words"),
    [
        ("40000", b".git", "hasDotgit"),
        ("40000", b".GIT", "hasDotgit"),
        ("40000", b"git~1", "hasDotgit"),
        ("40000", b".g\xe2\x80\x8cit", "hasDotgit"),
        ("40000", b"..", "hasDotdot"),
        ("100644", b"a/../../b", "fullPathname"),
        ("120000", b".gitmodules", "gitmodulesSymlink"),
    ],
)
def test_forged_names_are_refused(
    filled: Clone, project: Project, mode: str, name: bytes, words: str
) -> None:
    blob = store(filled, "blob", b"/etc/passwd")
    target = store(filled, "tree", tree(("100644", b"config", blob))) if mode == "40000" else blob
    head = commit_of(filled, store(filled, "tree", tree((mode, name, target))))
    said = filled.try_git("push", "origin", f"{head}:refs/heads/forged")
    assert said.code == 1
    assert words in said.text
    assert set(branch_heads(open_repository(project))) == {"main"}


def test_a_submodule_url_that_is_an_option_is_refused(filled: Clone) -> None:
    filled.git("switch", "--create", "module")
    filled.commit("Module", {".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n'})
    said = filled.try_git("push", "origin", "module")
    assert said.code == 1
    assert "gitmodulesUrl" in said.text


def test_faults_of_old_tools_are_let_pass(filled: Clone, project: Project) -> None:
    """Zero-padded modes and a commit without a space before its date stand in real old repositories."""
    blob = store(filled, "blob", b"x")
    inner = store(filled, "tree", tree(("100644", b"file", blob)))
    padded = store(filled, "tree", tree(("040000", b"folder", inner)))
    text = f"tree {padded}\nauthor A<a@example.org>1 +0000\ncommitter C <c@example.org> 1 +051800\n\nold\n"
    head = store(filled, "commit", text.encode())
    filled.git("push", "origin", f"{head}:refs/heads/old")
    assert branch_heads(open_repository(project))["old"] == head


def test_a_blob_bomb_costs_little_memory(filled: Clone, live_braid: LiveBraid) -> None:
    filled.git("switch", "--create", "bomb")
    with (filled.folder / "db/migration/V2__bomb.sql").open("wb") as bomb:
        bomb.truncate(40 * MEGABYTE)
    filled.commit("Bomb")
    with Peak(live_braid.process) as peak:
        said = filled.git("push", "origin", "bomb")
    assert peak.children < 40 * MEGABYTE
    assert peak.own - peak.before < 32 * MEGABYTE
    refusal = next(line for line in said.splitlines() if "40.0 MB" in line)
    assert "db/migration/V2__bomb.sql" in refusal


def test_a_tree_bomb_is_not_walked_to_its_end(filled: Clone, live_braid: LiveBraid, project: Project) -> None:
    """Ten names for one folder of ten names for one folder...: eleven objects, ten thousand million paths."""
    inside = store(filled, "blob", b"x")
    mode = "100644"
    for _ in range(10):
        inside = store(filled, "tree", tree(*((mode, f"{n}".encode(), inside) for n in range(10))))
        mode = "40000"
    head = commit_of(filled, inside)
    with Peak(live_braid.process) as peak:
        said = filled.git("push", "origin", f"{head}:refs/heads/bomb")
    assert peak.own - peak.before < 128 * MEGABYTE
    assert "can't read the migrations" in said
    assert branch_heads(open_repository(project))["bomb"] == head


def test_folders_a_hundred_levels_deep(filled: Clone) -> None:
    inside = store(filled, "tree", b"")
    for _ in range(100):
        inside = store(filled, "tree", tree(("40000", b"d", inside)))
    said = filled.git("push", "origin", f"{commit_of(filled, inside)}:refs/heads/deep")
    assert "can't read the migrations" in said


def test_symbolic_links_are_not_followed(filled: Clone) -> None:
    filled.git("switch", "--create", "link")
    (filled.folder / "db/migration/V2__link.sql").symlink_to("/etc/passwd")
    filled.commit("Link")
    said = filled.git("push", "origin", "link")
    assert "root:" not in said
    refusal = next(line for line in said.splitlines() if "symbolic link" in line)
    assert "db/migration/V2__link.sql" in refusal


def test_messages_do_not_reach_the_terminal_with_controls(filled: Clone) -> None:
    """The name of a migration is printed; what would move the cursor is not."""
    filled.git("switch", "--create", "controls")
    filled.commit("Controls", {"db/migration/V2__\x1b[2J\x07x.sql": "create table x (id int);\n"})
    said = filled.git("push", "origin", "controls")
    assert "\x1b[2J" not in said
    assert "\x07" not in said
