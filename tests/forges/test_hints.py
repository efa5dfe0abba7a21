"""What deliveries say: where to look, and never more. Hostile ones are refused in one way."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forges import Kind
from forges.hints import Hint, Subject, Unreadable, delivery_id, read

HEADS = "refs/heads/"
REPOSITORY = {"id": 7, "full_name": "acme/shop", "uuid": "{7}"}


def hint(kind: Kind, event: str, **payload: Any) -> Hint:
    names = {Kind.GITHUB: "x-github-event", Kind.GITEA: "x-gitea-event", Kind.BITBUCKET: "x-event-key"}
    headers = {names[kind]: event} if kind in names else {"x-gitlab-event": event}
    return read(kind, headers, json.dumps({"repository": REPOSITORY, **payload}).encode())


def test_pushes_name_their_branch() -> None:
    for found in (
        hint(Kind.GITHUB, "push", ref=f"{HEADS}a", after="1" * 40),
        hint(Kind.GITEA, "push", ref=f"{HEADS}a", after="1" * 40),
        hint(Kind.GITLAB, "Push Hook", object_kind="push", ref=f"{HEADS}a", project={"id": 7}),
        hint(Kind.BITBUCKET, "repo:push", push={"changes": [{"new": {"type": "branch", "name": "a"}}]}),
        hint(
            Kind.BITBUCKET,
            "repo:push",
            push={"changes": [{"new": None, "old": {"type": "branch", "name": "a"}}]},
        ),
        hint(Kind.GITHUB, "delete", ref="a", ref_type="branch"),
        hint(Kind.GITEA, "create", ref="a", ref_type="branch"),
    ):
        assert (found.subject, found.ref) == (Subject.BRANCHES, f"{HEADS}a"), found
        assert found.repository_id in ("7", "{7}")


def test_who_did_it_is_told_with_the_id_of_the_account() -> None:
    for found in (
        hint(Kind.GITHUB, "push", sender={"login": "dora", "id": 9}),
        hint(Kind.GITEA, "push", sender={"login": "dora", "id": 9}),
        hint(Kind.GITEA, "push", pusher={"login": "dora", "id": 9}),
        hint(Kind.GITLAB, "Push Hook", object_kind="push", user_username="dora", user_id=9),
        hint(Kind.GITLAB, "", object_kind="merge_request", user={"username": "dora", "id": 9}),
        hint(Kind.BITBUCKET, "repo:push", actor={"nickname": "dora", "uuid": "9"}),
    ):
        assert (found.actor, found.account) == ("dora", "9"), found
    assert hint(Kind.GITHUB, "push", sender={"login": "dora"}).account == ""


def test_tags_are_nobodys_business() -> None:
    for found in (
        hint(Kind.GITHUB, "push", ref="refs/tags/v1"),
        hint(Kind.GITHUB, "create", ref="v1", ref_type="tag"),
        hint(Kind.GITEA, "push", ref="refs/tags/v1"),
        hint(Kind.GITLAB, "Tag Push Hook", object_kind="tag_push", ref="refs/tags/v1"),
        hint(Kind.BITBUCKET, "repo:push", push={"changes": [{"new": {"type": "tag", "name": "v1"}}]}),
    ):
        assert found.subject is Subject.NOTHING, found


@pytest.mark.parametrize(
    "action",
    ["opened", "edited", "synchronize", "reopened", "closed", "ready_for_review", "converted_to_draft"],
)
def test_pull_requests_name_their_number(action: str) -> None:
    pull = {"number": 3, "head": {"sha": "2" * 40}}
    spelled = {"synchronize": "synchronized"}.get(action, action)
    for found in (
        hint(Kind.GITHUB, "pull_request", action=action, number=3, pull_request=pull),
        hint(Kind.GITEA, "pull_request", action=spelled, number=3, pull_request=pull),
        hint(Kind.GITLAB, "Merge Request Hook", object_kind="merge_request", object_attributes={"iid": 3}),
        hint(Kind.BITBUCKET, "pullrequest:updated", pullrequest={"id": 3}),
    ):
        assert (found.subject, found.pull) == (Subject.PULL, 3), found


def test_checks_that_are_asked_for_again() -> None:
    run = {"id": 9, "head_sha": "3" * 40}
    again = hint(Kind.GITHUB, "check_run", action="rerequested", check_run=run)
    assert (again.subject, again.sha, again.report) == (Subject.RERUN, "3" * 40, "9")
    pressed = hint(
        Kind.GITHUB,
        "check_run",
        action="requested_action",
        check_run=run,
        requested_action={"identifier": "rerun"},
    )
    assert (pressed.subject, pressed.button) == (Subject.BUTTON, "rerun")
    assert hint(Kind.GITHUB, "check_run", action="completed", check_run=run).subject is Subject.NOTHING
    suite = hint(Kind.GITHUB, "check_suite", action="rerequested", check_suite={"head_sha": "4" * 40})
    assert (suite.subject, suite.sha) == (Subject.RERUN, "4" * 40)


def test_merge_queues_installations_and_moves() -> None:
    ref = f"{HEADS}gh-readonly-queue/main/pr-3-abc"
    group = hint(
        Kind.GITHUB,
        "merge_group",
        action="checks_requested",
        merge_group={"head_ref": ref, "head_sha": "5" * 40},
    )
    assert (group.subject, group.ref) == (Subject.QUEUE, ref)
    installed = hint(Kind.GITHUB, "installation", action="deleted", installation={"id": 11})
    assert (installed.subject, installed.installation) == (Subject.ACCESS, "11")
    assert hint(Kind.GITHUB, "repository", action="renamed").subject is Subject.REPOSITORY
    renamed = hint(Kind.GITHUB, "installation_target", action="renamed", installation={"id": 11})
    assert (renamed.subject, renamed.installation) == (Subject.ACCESS, "11")
    assert hint(Kind.GITHUB, "ping", zen="Calm.").subject is Subject.PING
    assert hint(Kind.GITHUB, "star", action="created").subject is Subject.NOTHING


def test_a_push_to_bitbucket_may_hold_several_refs() -> None:
    branch, tag = ({"new": {"type": kind, "name": "a"}} for kind in ("branch", "tag"))
    for changes in ([branch, branch], [branch, tag], [], [{"new": None}]):
        found = hint(Kind.BITBUCKET, "repo:push", push={"changes": changes})
        assert found.subject is Subject.BRANCHES, changes
        assert found.ref == ("refs/heads/a" if changes == [branch, tag] else "")


def test_a_repeated_delivery_has_the_same_id() -> None:
    assert delivery_id(Kind.GITHUB, {"x-github-delivery": "d-1"}, b"1") == "d-1"
    assert delivery_id(Kind.GITLAB, {"webhook-id": "m-1", "idempotency-key": "k"}, b"1") == "m-1"
    assert delivery_id(Kind.GITEA, {"x-gitea-delivery": "g-1"}, b"1") == "g-1"
    unnamed = [delivery_id(Kind.BITBUCKET, {}, body) for body in (b"1", b"1", b"2")]
    assert unnamed[0] == unnamed[1] != unnamed[2]
    events = ("pullrequest:created", "pullrequest:updated", "\ud800")
    assert len({delivery_id(Kind.BITBUCKET, {"x-event-key": event}, b"1") for event in events}) == 3
    assert delivery_id(Kind.GITHUB, {"x-github-delivery": "x" * 5000}, b"1") == delivery_id(
        Kind.GITHUB, {}, b"1"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff",
        b'{"a": NaN}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"payload=%7B%7D",
    ],
)
def test_what_is_no_delivery(body: bytes) -> None:
    for kind in Kind:
        with pytest.raises(Unreadable):
            read(kind, {}, body)


def test_odd_values_are_none() -> None:
    odd = (
        '{"ref": "\\ud800", "repository": {"id": %s, "full_name": ["x"]}, "pull_request": {"number": -1}}'
        % ("9" * 50_000)
    )
    found = read(Kind.GITHUB, {"x-github-event": "pull_request"}, odd.encode())
    assert (found.ref, found.repository, found.pull) == ("", "", None)
    twice = b'{"ref": "refs/heads/a", "ref": "refs/heads/b", "repository": null}'
    assert read(Kind.GITEA, {"x-gitea-event": "push"}, twice).ref == "refs/heads/b"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "ref",
                    "action",
                    "repository",
                    "id",
                    "number",
                    "pull_request",
                    "head",
                    "sha",
                    "object_attributes",
                    "iid",
                    "object_kind",
                    "project",
                    "push",
                    "changes",
                    "new",
                    "old",
                    "type",
                    "name",
                    "sender",
                    "login",
                    "check_run",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
EVENTS = [
    "push",
    "pull_request",
    "create",
    "check_run",
    "merge_group",
    "repo:push",
    "pullrequest:created",
    "repository",
]


@given(st.sampled_from(Kind), st.sampled_from(EVENTS), VALUES)
def test_whatever_comes_is_a_hint_or_unreadable(kind: Kind, event: str, value: Any) -> None:
    headers = {"x-github-event": event, "x-gitea-event": event, "x-event-key": event, "x-gitlab-event": event}
    try:
        found = read(kind, headers, json.dumps(value).encode())
    except Unreadable:
        return
    assert found.pull is None or found.pull > 0
    assert found.ref.isprintable()


def test_millions_of_nothings_are_no_delivery() -> None:
    body = b'{"x": [' + b"[]," * 2_000_000 + b"[]]}"
    with pytest.raises(Unreadable, match="more than a delivery does"):
        read(Kind.GITEA, {"x-gitea-event": "push"}, body)
