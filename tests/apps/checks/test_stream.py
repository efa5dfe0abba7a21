"""The API's stream of a verdict, over the real server: what moves is told, and the end ends it."""

import json
import threading
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from apps.checks import actions
from apps.checks.models import Judgement

COMMIT = "1" * 40


@pytest.fixture
def verdict(live_braid, project, make_branch):
    return actions.request_verdict(make_branch("feature", COMMIT), COMMIT)


@pytest.fixture
def open_stream(live_braid, verdict, token_of):
    path = f"/api/v1/teams/acme/projects/shop/verdicts/{verdict.pk}/events/"

    def open_as(user, secret=""):
        request = Request(live_braid.url + path)
        if user:
            request.add_header("Authorization", f"Bearer {secret or token_of(user)}")
        return urlopen(request, timeout=20)

    return open_as


def read_events(response):
    kind = ""
    for line in map(bytes.decode, response):
        name, _, value = line.rstrip("\n").partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


def test_every_step_is_told_until_the_verdict_is_there(verdict, open_stream, viewer, project):
    with open_stream(viewer) as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        events = read_events(response)
        assert [(kind, told["state"]) for kind, told in [next(events)]] == [("verdict", "waiting")]
        claimed = actions.claim(verdict.pk, "w1")
        actions.heartbeat(claimed, {"migration": "0002_b", "done": 1, "total": 2})
        seen = next(told for _, told in events if told["progress"].get("migration"))
        assert (seen["state"], seen["progress"]["done"]) == ("running", 1)
        judgement = Judgement.objects.create(project=project, key="k", outcome="passed", headline="fine")
        actions.finish(claimed, judgement)
        *_, (kind, last) = events
    assert (kind, last["state"], last["headline"]) == ("done", "passed", "fine")


def test_many_readers_share_one_listener(verdict, open_stream, viewer, project, token_of):
    ended, secret = [], token_of(viewer)

    def follow():
        with open_stream(viewer, secret) as response:
            ended.append(list(read_events(response))[-1][0])

    readers = [threading.Thread(target=follow) for _ in range(8)]
    [reader.start() for reader in readers]
    time.sleep(2)
    judgement = Judgement.objects.create(project=project, key="k", outcome="failed", headline="no")
    actions.finish(actions.claim(verdict.pk, "w1"), judgement)
    [reader.join(30) for reader in readers]
    assert ended == ["done"] * 8


@pytest.mark.parametrize("who", ["stranger", None])
def test_nobody_else_finds_it(request, open_stream, who):
    with pytest.raises(HTTPError) as error:
        open_stream(request.getfixturevalue(who) if who else None)
    assert error.value.code == (404 if who else 401)
    error.value.close()
