"""Every sample that GitHub publishes of its deliveries: its signature holds and it is read as what it is about."""

import json
from collections import Counter
from typing import Any

import pytest

from forges import Kind
from forges.hints import Hint, Subject, read
from forges.signatures import verify
from tests.forges.oracles.node import output

SECRET = "It's a Secret to Everybody"

# What Braid acts on, by event and action; all other samples are nothing to it.
ACTED_ON = {
    ("push", ""): Subject.BRANCHES,
    ("create", ""): Subject.BRANCHES,
    ("delete", ""): Subject.BRANCHES,
    **{
        ("pull_request", action): Subject.PULL
        for action in (
            "auto_merge_disabled",
            "auto_merge_enabled",
            "closed",
            "converted_to_draft",
            "edited",
            "opened",
            "ready_for_review",
            "reopened",
            "review_request_removed",
            "review_requested",
            "synchronize",
        )
    },
    **{("merge_group", action): Subject.QUEUE for action in ("checks_requested", "destroyed")},
    ("check_run", "rerequested"): Subject.RERUN,
    ("check_run", "requested_action"): Subject.BUTTON,
    ("check_suite", "rerequested"): Subject.RERUN,
    **{
        ("installation", action): Subject.ACCESS
        for action in ("created", "deleted", "suspend", "unsuspend", "new_permissions_accepted")
    },
    **{("installation_repositories", action): Subject.ACCESS for action in ("added", "removed")},
    **{
        ("repository", action): Subject.REPOSITORY
        for action in ("renamed", "transferred", "deleted", "archived", "unarchived", "edited")
    },
    ("installation_target", "renamed"): Subject.ACCESS,
    ("ping", ""): Subject.PING,
}


class Sample:
    def __init__(self, line: str) -> None:
        found = json.loads(line)
        self.event: str = found["event"]
        self.body: bytes = found["body"].encode()
        self.headers = {"x-github-event": self.event, "x-hub-signature-256": found["signature"]}
        self.payload: dict[str, Any] = json.loads(self.body)

    @property
    def what(self) -> tuple[str, str]:
        return self.event, self.payload.get("action", "")

    @property
    def hint(self) -> Hint:
        return read(Kind.GITHUB, self.headers, self.body)


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return [Sample(line) for line in output("samples.mjs", SECRET).splitlines()]


def test_all_signatures_hold_and_only_for_their_bodies(samples: list[Sample]) -> None:
    assert len(samples) == 329
    for sample in samples:
        assert verify(Kind.GITHUB, sample.headers, sample.body, [SECRET], 0.0), sample.what
        assert not verify(Kind.GITHUB, sample.headers, sample.body + b" ", [SECRET], 0.0)
        assert not verify(Kind.GITHUB, sample.headers, sample.body, [SECRET + "!"], 0.0)


def test_each_is_about_what_it_is_about(samples: list[Sample]) -> None:
    wrong = [
        (sample.what, sample.hint.subject)
        for sample in samples
        if sample.hint.subject
        is not (Subject.NOTHING if _is_of_a_tag(sample) else ACTED_ON.get(sample.what, Subject.NOTHING))
    ]
    assert wrong == []
    acted_on = Counter(sample.event for sample in samples if sample.hint.subject is not Subject.NOTHING)
    for event in ("push", "pull_request", "check_run", "check_suite", "installation", "repository", "ping"):
        assert acted_on[event] >= 1, event


def _is_of_a_tag(sample: Sample) -> bool:
    ref = sample.payload.get("ref", "")
    return sample.payload.get("ref_type") == "tag" or (
        sample.event == "push" and not ref.startswith("refs/heads/")
    )


def test_they_say_where_to_look(samples: list[Sample]) -> None:
    for sample in samples:
        hint, payload = sample.hint, sample.payload
        assert hint.repository == payload.get("repository", {}).get("full_name", "")
        assert hint.repository_id == str(payload.get("repository", {}).get("id", ""))
        assert hint.installation == str(payload.get("installation", {}).get("id", ""))
        if sample.event == "pull_request":
            assert (hint.pull, hint.sha) == (payload["number"], payload["pull_request"]["head"]["sha"])
        if sample.event == "push":
            assert (hint.ref, hint.sha) == (payload["ref"], payload["after"])
        if sample.event == "check_run":
            assert (hint.report, hint.sha) == (
                str(payload["check_run"]["id"]),
                payload["check_run"]["head_sha"],
            )
