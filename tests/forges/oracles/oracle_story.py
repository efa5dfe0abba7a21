"""A pull request from its signed delivery to its merge, on an imitation of GitHub that remembers."""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from egress import Egress
from forges import Annotation, Kind, Level, Merging, Moved, Outcome, Place, PullState, Refused, Report
from forges.github import App, GitHub, InstallationToken
from forges.hints import Hint, Subject, read
from forges.signatures import verify
from tests.forges.github import private_key
from tests.forges.oracles.node import imitation
from tests.forges.served import Reply, Served, serve

SECRET = "the app's secret"
FILE = "migrations/2_price.sql"


@dataclass(frozen=True)
class Story:
    github: GitHub
    app: App
    dora: httpx.Client
    deliveries: Served

    def await_hint(self, subject: Subject, action: str = "") -> Hint:
        """The first delivery of its kind, whose signature holds."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for asked in self.deliveries.asked:
                hint = read(Kind.GITHUB, asked.headers, asked.content)
                if (hint.subject, hint.action) == (subject, action):
                    assert verify(Kind.GITHUB, asked.headers, asked.content, [SECRET], time.time())
                    return hint
            time.sleep(0.02)
        raise AssertionError(f"no delivery about {subject} {action}")

    def commit(self, branch: str, text: str) -> str:
        content = base64.b64encode(text.encode()).decode()
        body = {"message": "Add a price", "content": content, "branch": branch}
        return str(_made(self.dora.put(f"contents/{FILE}", json=body))["commit"]["sha"])

    def branch(self, name: str) -> None:
        base = _made(self.dora.get("git/ref/heads/main"))["object"]["sha"]
        _made(self.dora.post("git/refs", json={"ref": f"refs/heads/{name}", "sha": base}))

    def open(self, branch: str) -> int:
        body = {"title": "Add a price", "head": branch, "base": "main", "body": "See the plan."}
        return int(_made(self.dora.post("pulls", json=body))["number"])


def _made(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with serve() as deliveries:
        deliveries.answers["POST /hooks"] = Reply(202)
        with imitation(f"{deliveries.url}/hooks", SECRET) as found:
            host = f"127.0.0.1:{found['port']}"
            app = App(f"http://{host}", "4711", found["key"], Egress.of([host]))
            token = InstallationToken(app, "11")
            github = GitHub(Place(Kind.GITHUB, f"http://{host}", "acme/shop"), token, app.egress)
            base_url = f"http://{host}/repos/acme/shop/"
            with httpx.Client(base_url=base_url, headers={"Authorization": "Bearer doras_token"}) as dora:
                yield Story(github, app, dora, deliveries)


def test_the_app_and_where_it_is_installed(story: Story) -> None:
    assert story.app.login() == "braid[bot]"
    assert [(each.id, each.account) for each in story.app.installations()] == [("11", "acme")]
    assert story.app.installation("11").permissions["contents"] == "write"
    repository = story.github.repository()
    assert (repository.name, repository.default_branch, repository.can_write) == ("acme/shop", "main", True)


def test_another_key_is_refused(story: Story) -> None:

    with pytest.raises(Refused) as caught:
        replace(story.app, key=private_key()).installations()
    assert caught.value.status == 401


def test_from_a_delivery_to_a_merge(story: Story) -> None:
    story.branch("price")
    story.commit("price", "alter table goods add price int;")
    number = story.open("price")

    opened = story.await_hint(Subject.PULL, "opened")
    assert (opened.repository, opened.pull, opened.installation) == ("acme/shop", number, "11")
    pull = story.github.pull(number)
    assert (pull.state, pull.head_ref, pull.base_ref, pull.can_edit) == (
        PullState.OPEN,
        "price",
        "main",
        True,
    )
    assert pull.head_sha == opened.sha
    assert [each.number for each in story.github.open_pulls()] == [number]

    _report(story, pull.head_sha)
    _comment(story, number)

    with pytest.raises(Moved):
        story.github.merge(number, "0" * 40, "Add a price", "", Merging.MERGE)
    landed = story.github.merge(number, pull.head_sha, "Add a price", "", Merging.MERGE)

    assert story.await_hint(Subject.PULL, "closed").pull == number
    assert (story.github.pull(number).state, story.github.pull(number).merge_commit) == (
        PullState.MERGED,
        landed,
    )
    assert _made(story.dora.get("git/ref/heads/main"))["object"]["sha"] == landed
    assert story.github.merge(number, pull.head_sha, "Add a price", "", Merging.MERGE) == landed, (
        "asked for twice"
    )
    assert story.github.open_pulls() == ()


def _report(story: Story, sha: str) -> None:
    """Pending, then a failure with an annotation at its line, in one run, however often it is sent.

    The imitation forgets titles of annotations, and those that were there when it gets none.
    """
    pending = Report(sha, "braid", Outcome.PENDING, "Checking", "Soon", "https://braid.example/1", "check-1")
    run = story.github.put_report(pending)
    remark = Annotation(FILE, 1, Level.FAILURE, "", "Money as a float: take numeric.")
    failed = replace(pending, outcome=Outcome.FAILURE, title="One finding", annotations=(remark,))
    assert story.github.put_report(failed, run) == run
    annotations = _made(story.dora.get(f"check-runs/{run}/annotations"))
    assert [(each["path"], each["start_line"]) for each in annotations] == [(FILE, 1)]
    assert story.github.put_report(failed) == run
    shown = _made(story.dora.get(f"commits/{sha}/check-runs"))["check_runs"]
    assert [(each["id"], each["conclusion"]) for each in shown] == [(int(run), "failure")]


def _comment(story: Story, number: int) -> None:
    made = story.github.put_comment(number, "Two changes")
    assert story.github.put_comment(number, "Three changes") == made, "found again by its mark"
    comments = _made(story.dora.get(f"issues/{number}/comments"))
    assert [each["id"] for each in comments] == [int(made)]
    assert comments[0]["body"].startswith("Three changes")
    assert comments[0]["user"]["login"] == "braid[bot]"
