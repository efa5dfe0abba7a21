"""Jobs of continuous integration, step by step, in shallow clones of a repository with a history."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from braid.command.ci.checkout import Checkout
from braid.command.ci.events import Event, branch, commit, named
from braid.command.ci.github import GitHub
from braid.command.ci.gitlab import GitLab
from braid.command.exits import Stop
from tests.command.conftest import Braid, Folder, make_folder, make_repository
from tests.command.runners import ACTION, COMPONENT, run_action, run_component
from tests.command.test_outputs import sarif_of

pytestmark = pytest.mark.timeout(300)

NONE = "0" * 40
TYPE = 'ALTER TABLE "Guest" ALTER COLUMN "email" TYPE varchar({});\n'
FILE = "prisma/migrations/20240202000000_{}/migration.sql"
INJECTED = "DO $$ BEGIN RAISE EXCEPTION E'no\\n::error file=x::injected\\n::add-mask::e'; END $$;\n"


@dataclass
class Origin:
    """The repository on the forge; `commits` are the newest ones of its branches."""

    folder: Folder
    bare: Path
    commits: dict[str, str]

    def clone(self, place: Path, ref: str, *, depth: int = 1) -> Path:
        """What a forge's runner checks out: one ref, shallow, no branch."""
        place.mkdir()
        clone = Folder(place)
        clone.git("init", "--quiet")
        clone.git("remote", "add", "origin", self.bare.as_uri())
        clone.git("fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", f"+{ref}:refs/remotes/ci/it")
        clone.git("checkout", "--quiet", "--detach", "refs/remotes/ci/it")
        return place


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    """Main has moved on since three branches left it; pull requests 1 and 2 are theirs, 4 is a fork's."""
    place = tmp_path_factory.mktemp("origin")
    repository = make_repository(make_folder(place / "project"))
    git, commits = repository.git, {}
    for name, sql in {
        "failing": "SELECT 1;\n\n" + INJECTED,
        "passing": "CREATE TABLE room (id int);\n",
        "colliding": TYPE.format(50),
    }.items():
        git("switch", "--quiet", "--create", name, "main")
        repository.write(f"20240202000000_{name}", sql)
        commits[name] = repository.commit(f"Add {name}")
    git("switch", "--quiet", "main")
    for number in range(60):
        git("commit", "--quiet", "--allow-empty", "--message", f"Elsewhere {number}")
    repository.write("20240201000000_main", TYPE.format(80))
    commits["main"] = repository.commit("Widen")
    bare = place / "origin.git"
    git("clone", "--quiet", "--bare", str(repository.path), str(bare))
    pulls = ("failing:refs/pull/1/head", "passing:refs/pull/2/head", "colliding:refs/pull/4/head")
    git("push", "--quiet", str(bare), *pulls, ":refs/heads/colliding")
    return Origin(repository, bare, commits)


def pull_request(origin: Origin, tmp_path: Path, number: int, name: str) -> dict[str, str]:
    """The variables of a pull request of `name` into main, with its payload."""
    asked = {"number": number, "head": {"sha": origin.commits[name]}, "base": {"ref": "main"}}
    return event(tmp_path, "pull_request", {"pull_request": asked})


def event(tmp_path: Path, name: str, payload: Mapping[str, Any], **variables: str) -> dict[str, str]:
    place = tmp_path / "event.json"
    place.write_text(json.dumps({"repository": {"default_branch": "main"}, **payload}))
    return {"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(place), **variables}


def test_a_pull_request_that_fails(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/pull/1/head")
    ran = run_action(clone, pull_request(origin, tmp_path, 1, "failing"), tmp_path / "temp")
    assert (ran.code, ran.outputs["outcome"]) == (1, "failed"), ran.log
    text = ran.log.partition("::stop-commands::")[2]
    token, _, rest = text.partition("\n")
    inside, _, after = rest.partition(f"\n::{token}::\n")
    assert "injected" in inside
    commands = [line for line in after.splitlines() if line.startswith("::")]
    assert commands[0].startswith(f"::error file={FILE.format('failing')},line=3,")
    assert "no%0A::error file=x::injected%0A::add-mask::e" in commands[0]
    assert len([each for each in commands if "::injected" in each]) == 1
    assert ran.summary.startswith("### ❌ braid check in prisma/migrations: failed\n")
    (result, *_) = sarif_of(Path(ran.outputs["sarif"]).read_text())["results"]
    assert result["ruleId"] == "replay.failed"


def test_a_pull_request_that_passes(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/pull/2/head")
    ran = run_action(clone, pull_request(origin, tmp_path, 2, "passing"), tmp_path / "temp")
    assert (ran.code, ran.outputs["outcome"]) == (0, "passed"), ran.log
    assert "::error" not in ran.log
    assert "### ✅ braid merge in prisma/migrations: clean" in ran.summary
    runs = json.loads(Path(ran.outputs["sarif"]).read_text())["runs"]
    assert [run["automationDetails"]["id"] for run in runs] == [
        "braid/check/prisma/migrations/",
        "braid/merge/prisma/migrations/",
    ]


def test_a_forks_pull_request_that_collides(origin: Origin, tmp_path: Path) -> None:
    """Its commits are in no branch of the repository that it asks."""
    clone = origin.clone(tmp_path / "clone", "refs/heads/main")
    ran = run_action(clone, pull_request(origin, tmp_path, 4, "colliding"), tmp_path / "temp", root="prisma")
    assert (ran.code, ran.outputs["outcome"]) == (1, "collides"), ran.log
    assert f"::error file={FILE.format('colliding')},line=1,title=Braid%3A merge.both-changed::" in ran.log
    cases = ElementTree.parse(ran.outputs["junit"]).iter("testcase")
    assert [case.get("name") for case in cases if case.find("failure") is not None] == [
        'merge.both-changed column public."Guest".email'
    ]


def test_the_first_push_of_all(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/heads/main")
    head = origin.commits["main"]
    variables = event(
        tmp_path, "push", {"before": NONE}, GITHUB_SHA=head, GITHUB_REF_NAME="main", GITHUB_REF_TYPE="branch"
    )
    ran = run_action(clone, variables, tmp_path / "temp")
    assert (ran.code, ran.outputs["outcome"]) == (0, "passed"), ran.log
    assert "nothing stood on main before" in ran.log


def test_a_base_that_is_not_there(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/pull/2/head")
    variables = pull_request(origin, tmp_path, 2, "passing")
    ran = run_action(clone, variables, tmp_path / "temp", base="nowhere")
    assert (ran.code, ran.outputs["outcome"]) == (2, "not-judged")
    assert "::error title=Braid%3A ci.stopped::nowhere is not in this clone and can't be fetched" in ran.log
    assert "fetch-depth: 0" in ran.summary
    assert sarif_of(Path(ran.outputs["sarif"]).read_text())["results"][0]["ruleId"] == "ci.stopped"


def merge_request(origin: Origin, name: str, **variables: str) -> dict[str, str]:
    told = {"CI_COMMIT_SHA": origin.commits[name], "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    return {**told, "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": NONE, **variables}


def test_a_merge_request_that_fails(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/heads/failing", depth=20)
    ran = run_component(clone, merge_request(origin, "failing"), braid="https://example.com/braid.git")
    assert ran.code == 1, ran.log
    assert f"{FILE.format('failing')}:3" in ran.log
    (failure,) = ElementTree.parse(ran.outputs["junit"]).iter("failure")
    assert failure.get("type") == "replay.failed"


def test_a_forks_merge_request_that_collides(origin: Origin, tmp_path: Path) -> None:
    """It runs in the fork, whose main is old; the target is asked for at the project's own address."""
    fork = tmp_path / "fork.git"
    origin.folder.git("init", "--quiet", "--bare", str(fork))
    origin.folder.git("push", "--quiet", str(fork), "colliding", "main~61:refs/heads/main")
    here = Origin(origin.folder, fork, origin.commits)
    clone = here.clone(tmp_path / "clone", "refs/heads/colliding")
    address = origin.bare.as_uri().removesuffix(".git")
    asked = {
        "CI_MERGE_REQUEST_PROJECT_ID": "1",
        "CI_PROJECT_ID": "2",
        "CI_MERGE_REQUEST_PROJECT_URL": address,
    }
    ran = run_component(clone, merge_request(origin, "colliding", **asked), braid="x")
    assert ran.code == 1, ran.log
    assert ran.log.rstrip().endswith("conflict: people must decide")


def test_a_shallow_clone_is_deepened_until_both_sides_meet(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/pull/2/head")
    assert Folder(clone).git("rev-list", "--count", "HEAD") == "1"
    asked = Event(commit(origin.commits["passing"], "refs/pull/2/head"), branch("main"))
    sides = (
        origin.commits["passing"],
        origin.commits["main"],
        origin.folder.git("merge-base", "passing", "main"),
    )
    assert Checkout(str(clone)).sides(asked) == sides
    assert Checkout(str(clone)).sides(asked) == sides


@pytest.mark.parametrize("deepens", [True, False])
def test_a_clone_that_cannot_be_deepened_is_not_taken_for_one_without_a_fork(
    origin: Origin, tmp_path: Path, deepens: bool
) -> None:
    place = origin.clone(tmp_path / "clone", "refs/pull/2/head")
    clone = Folder(place)
    clone.git("fetch", "--quiet", "--no-tags", "--depth=1", "origin", "refs/heads/main")
    clone.git("remote", "set-url", "origin", (tmp_path / "nowhere").as_uri())
    asked = Event(commit(origin.commits["passing"]), commit(origin.commits["main"]))
    with pytest.raises(Stop, match="shallow and does not hold where the two parted"):
        Checkout(str(place), deepens=deepens).sides(asked)


def test_a_whole_clone_is_left_whole(origin: Origin, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    origin.folder.git("clone", "--quiet", "--no-local", str(origin.bare), str(clone))
    head, base, fork = Checkout(str(clone)).sides(Event(commit(origin.commits["passing"]), branch("main")))
    assert (head, base, bool(fork)) == (origin.commits["passing"], origin.commits["main"], True)
    assert Folder(clone).git("rev-parse", "--is-shallow-repository") == "false"


def test_sides_without_a_commit_in_common(origin: Origin, tmp_path: Path) -> None:
    clone = origin.clone(tmp_path / "clone", "refs/heads/main")
    Folder(clone).git("checkout", "--quiet", "--orphan", "other")
    other = Folder(clone).commit("Begin anew")
    assert Checkout(str(clone)).sides(Event(commit(other), branch("main"))) == (
        other,
        origin.commits["main"],
        "",
    )


def test_what_people_name_as_base(origin: Origin, tmp_path: Path) -> None:
    origin.folder.git("push", "--quiet", str(origin.bare), "passing:refs/tags/v1")
    clone = Checkout(str(origin.clone(tmp_path / "clone", "refs/heads/main", depth=2)))
    head = commit(origin.commits["main"])
    for text in (origin.commits["passing"], "passing", "v1"):
        assert clone.sides(Event(head, named(text)))[1] == origin.commits["passing"]
    assert clone.sides(Event(head, named("HEAD~1")))[1] == origin.folder.git("rev-parse", "main~1")
    with pytest.raises(Stop, match="-x is not in this clone"):
        clone.sides(Event(head, named("-x")))


def test_no_repository(braid: Braid, tmp_path: Path) -> None:
    said = braid("ci", tmp_path)
    assert said.code == 2
    assert "not a git repository" in said.out


def test_reports_that_cannot_be_written(braid: Braid, repository: Folder) -> None:
    said = braid(
        "ci", repository.path, "--base", "main", "--reports", repository.path / "prisma/schema.prisma/x"
    )
    assert said.code == 2
    assert "Not a directory" in said.err


def test_events_of_github(tmp_path: Path) -> None:
    def about(name: str, payload: Mapping[str, Any], **variables: str) -> tuple[str, str]:
        found = GitHub(event(tmp_path, name, payload, **variables)).event()
        base = found.base
        return found.head.commit, (base.commit or base.refs[0]) if base else found.note

    on = {"GITHUB_SHA": "c0", "GITHUB_REF_TYPE": "branch"}
    refs = {"head_ref": "refs/heads/gh-readonly-queue/main/pr-1", "base_ref": "refs/heads/main"}
    group = {"merge_group": {"head_sha": "c1", "base_sha": "c2", **refs}}
    assert about("merge_group", group) == ("c1", "c2")
    assert about("push", {"before": "c3"}, GITHUB_REF_NAME="main", **on) == ("c0", "c3")
    assert about("push", {"before": NONE}, GITHUB_REF_NAME="work", **on) == ("c0", "refs/heads/main")
    assert about("push", {"before": "c3"}, GITHUB_REF_NAME="work", **on) == ("c0", "refs/heads/main")
    assert about("workflow_dispatch", {}, GITHUB_REF_NAME="v1", GITHUB_SHA="c0") == ("c0", "refs/heads/main")
    assert about("workflow_dispatch", {}, GITHUB_REF_NAME="main", **on)[1].startswith("nothing stood on main")
    with pytest.raises(Stop, match="lacks 'pull_request'"):
        about("pull_request", {})
    with pytest.raises(Stop, match="can't be read"):
        GitHub({"GITHUB_EVENT_PATH": str(tmp_path)}).event()


def test_events_of_gitlab() -> None:
    def about(**variables: str) -> tuple[str, str, str]:
        found = GitLab({"CI_COMMIT_SHA": "c0", "CI_DEFAULT_BRANCH": "main", **variables}).event()
        base = found.base
        told = (base.commit or base.refs[0], base.remote) if base else (found.note, "")
        return (found.head.commit, *told)

    request = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "next", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "c1"}
    train = {**request, "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train"}
    assert about(**request) == ("c1", "refs/heads/next", "origin")
    assert about(**train) == ("c0", "refs/heads/next", "origin")
    assert about(CI_COMMIT_BRANCH="work", CI_COMMIT_BEFORE_SHA=NONE) == ("c0", "refs/heads/main", "origin")
    assert about(CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA="c2") == ("c0", "c2", "origin")
    assert about(CI_COMMIT_BRANCH="main", CI_COMMIT_BEFORE_SHA=NONE)[1].startswith("nothing stood on main")


def test_the_files_are_what_forges_read() -> None:
    action = yaml.safe_load(ACTION.read_text())
    assert action["runs"]["using"] == "composite"
    assert all("uses" not in step for step in action["runs"]["steps"])
    spec, jobs = yaml.safe_load_all(COMPONENT.read_text())
    assert "default" not in spec["spec"]["inputs"]["braid"]
    (job,) = jobs.values()
    assert job["artifacts"]["when"] == "always"
