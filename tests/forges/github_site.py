"""A small GitHub Enterprise of the tests' own, with an App: tokens for its JWT, check runs with annotations.

Shapes: https://docs.github.com/en/rest. It refuses what GitHub refuses: more than 50 annotations in one
request, states that there are not, a token that has ended.
"""

import hashlib
import hmac
import json
import re
import secrets
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt

from forges.github.manifest import EVENTS, PERMISSIONS
from tests.forges import hosting
from tests.forges.github import private_key, public_key
from tests.forges.hosting import NAME, PullState, Site

APP, INSTALLATION = "4711", "9"
SECRET = "a-secret-of-the-app"
PREFIX = "/api/v3"
BATCH = 50
MOST_ACTIONS = 3
LONGEST = {"label": 20, "description": 40, "identifier": 20}
CONCLUSIONS = {"success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required", None}
STATES = {"pending", "success", "failure", "error"}
MERGE_REFUSED = {
    405: "Pull Request is not mergeable",
    409: "Head branch was modified. Review and try the merge again.",
}

__all__ = ["APP", "INSTALLATION", "SECRET", "GitHubSite", "private_key", "serve"]


@dataclass
class GitHubSite(Site):
    """One repository with an App installed. `runs` are check runs by id, `shown` all that they ever said,
    `permissions` what the account granted."""

    tokens: dict[str, float] = field(default_factory=dict)
    runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    shown: list[tuple[str, str, str]] = field(default_factory=list)
    permissions: dict[str, str] = field(default_factory=lambda: dict(PERMISSIONS))

    def run(self, sha: str, name: str) -> dict[str, Any]:
        """The latest check run of a name; empty where there is none."""
        found = [run for run in self.runs.values() if (run["head_sha"], run["name"]) == (sha, name)]
        return found[-1] if found else {}

    def delivery(self, event: str, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a delivery to the App, signed."""
        told = {**payload, "repository": self.as_json(), "installation": {"id": int(INSTALLATION)}}
        body = json.dumps(told).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        return body, {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": f"sha256={digest}",
        }

    def push_delivery(self, branch: str) -> tuple[bytes, dict[str, str]]:
        return self.delivery("push", {"ref": f"refs/heads/{branch}", "after": self.head(branch)})

    def press_delivery(
        self, run: dict[str, Any], button: str, login: str, account: int = 0
    ) -> tuple[bytes, dict[str, str]]:
        """Somebody presses a button of a check run."""
        told = {
            "action": "requested_action",
            "check_run": {"id": run["id"], "head_sha": run["head_sha"], "external_id": run["external_id"]},
            "requested_action": {"identifier": button},
            "sender": {"login": login, **({"id": account} if account else {})},
        }
        return self.delivery("check_run", told)

    def pull_delivery(self, pull: PullState, action: str) -> tuple[bytes, dict[str, str]]:
        told = {"action": action, "number": pull.number, "pull_request": self.pull_json(pull)}
        return self.delivery("pull_request", told)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": 7,
            "full_name": NAME,
            "default_branch": self.default,
            "html_url": f"{self.base_url}/{NAME}",
            "archived": False,
        }

    def pull_json(self, pull: PullState) -> dict[str, Any]:
        other = {"id": 8, "full_name": pull.fork, "html_url": f"{self.base_url}/{pull.fork}"}
        return {
            "number": pull.number,
            "title": pull.title,
            "body": pull.body,
            "state": pull.state,
            "draft": pull.draft,
            "merged_at": "2026-01-01T00:00:00Z" if pull.merged else None,
            "merge_commit_sha": pull.merge_commit or None,
            "maintainer_can_modify": False,
            "user": {"id": pull.author_id, "login": pull.author, "type": "User"},
            "html_url": f"{self.base_url}/{NAME}/pull/{pull.number}",
            "head": {"ref": pull.head, "sha": self.sha(pull), "repo": other if pull.fork else self.as_json()},
            "base": {"ref": pull.base, "sha": self.head("main"), "repo": self.as_json()},
        }


@contextmanager
def serve(folder: Path) -> Iterator[GitHubSite]:
    """A running GitHub with an empty repository."""
    with hosting.serve(GitHubSite(folder), Handler) as running:
        yield running


class Handler(hosting.Handler):
    site: GitHubSite
    prefix = PREFIX

    def is_known(self) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.path.startswith(f"{PREFIX}/app"):
            try:
                return bool(jwt.decode(token, public_key(), algorithms=["RS256"])["iss"] == APP)
            except jwt.PyJWTError:
                return False
        return self.site.tokens.get(token, 0) > time.time()

    def takes_password(self, password: str) -> bool:
        return self.site.tokens.get(password, 0) > time.time()

    def api(self, path: str, told: Any) -> None:
        of_repository = path.removeprefix(f"/repos/{NAME}")
        if path == "/app":
            self.send({"slug": "braid", "permissions": dict(PERMISSIONS), "events": list(EVENTS)})
        elif path == f"/app/installations/{INSTALLATION}/access_tokens":
            self._give_token()
        elif path == "/app/installations":
            self.send([self._installation()])
        elif path == f"/app/installations/{INSTALLATION}":
            self.send(self._installation())
        elif path == "/installation/repositories":
            self.send({"total_count": 1, "repositories": [self.site.as_json()]})
        elif of_repository == path:
            self.send({"message": "Not Found"}, 404)
        else:
            self._of_repository(of_repository, told)

    def _installation(self) -> dict[str, Any]:
        account = {"login": "acme"}
        return {"id": int(INSTALLATION), "account": account, "permissions": self.site.permissions}

    def _give_token(self) -> None:
        token, ends = f"ghs_{secrets.token_hex(8)}", time.time() + 3600
        self.site.tokens[token] = ends
        moment = datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {"token": token, "expires_at": moment, "permissions": self.site.permissions}
        self.send(told, 201)

    def _of_repository(self, path: str, told: Any) -> None:
        site = self.site
        if path == "":
            self.send(site.as_json())
        elif path == "/pulls":
            self.send([site.pull_json(each) for each in site.pulls.values() if each.state == "open"])
        elif found := re.fullmatch(r"/pulls/(\d+)(/merge)?", path):
            self._pull(int(found[1]), bool(found[2]), told)
        elif found := re.fullmatch(r"/statuses/([0-9a-f]{40})", path):
            self._status(found[1], told)
        elif found := re.fullmatch(r"/commits/([0-9a-f]{40})/check-runs", path):
            runs = [
                run
                for run in site.runs.values()
                if run["head_sha"] == found[1] and f"check_name={run['quoted']}" in self.path
            ]
            self.send({"total_count": len(runs), "check_runs": runs[-1:]})
        elif path == "/check-runs" or (found := re.fullmatch(r"/check-runs/(\d+)(/annotations)?", path)):
            self._check(path, told)
        elif found := re.fullmatch(r"/issues/(?:(\d+)/comments|comments/(\d+))", path):
            self._comment(int(found[1] or 0), int(found[2] or 0), told)
        else:
            self.send({"message": "Not Found"}, 404)

    def _pull(self, number: int, merges: bool, told: Any) -> None:
        pull = self.site.pulls.get(number)
        if pull is None:
            self.send({"message": "Not Found"}, 404)
        elif merges:
            status = self.site.merge(pull, told.get("sha", ""))
            done = {"sha": pull.merge_commit, "merged": True}
            self.send(done if status == 200 else {"message": MERGE_REFUSED[status]}, status)
        else:
            self.send(self.site.pull_json(pull))

    def _status(self, sha: str, told: Any) -> None:
        if told.get("state") not in STATES or len(told.get("description", "")) > 140:
            self.send({"message": "Validation Failed"}, 422)
            return
        self.site.statuses.append({"sha": sha, **told})
        self.send(told, 201)

    def _check(self, path: str, told: Any) -> None:
        runs = self.site.runs
        number = int((re.findall(r"\d+", path) or [len(runs) + 1])[0])
        if self.command == "GET":
            run = runs.get(number)
            listed = run["annotations"] if run and path.endswith("/annotations") else run
            self.send(listed if run else {"message": "Not Found"}, 200 if run else 404)
            return
        output = told.get("output", {})
        added = output.get("annotations", [])
        if (
            len(added) > BATCH
            or told.get("conclusion") not in CONCLUSIONS
            or len(output.get("summary", "")) > 65535
            or not _are_actions(told.get("actions", []))
        ):
            self.send({"message": "Invalid request."}, 422)
            return
        made = {"id": number, "app": {"id": int(APP)}, "annotations": [], "output": {}}
        run = runs.setdefault(number, made)
        run.update({key: value for key, value in told.items() if key != "output"})
        run["quoted"] = run["name"].replace("/", "%2F")
        run["annotations"] += added
        run["output"] = {**run["output"], **output, "annotations_count": len(run["annotations"])}
        self.site.shown.append(
            (run["head_sha"], run["name"], told.get("conclusion") or told.get("status", ""))
        )
        self.send(run, 201 if self.command == "POST" else 200)

    def _comment(self, number: int, identity: int, told: Any) -> None:
        comments = self.site.comments
        if self.command == "GET":
            self.send([each for each in comments.values() if each["number"] == number])
        elif self.command == "PATCH" and identity in comments:
            comments[identity]["body"] = told["body"]
            self.send(comments[identity])
        elif self.command == "POST":
            made = {"id": len(comments) + 1, "number": number, "body": told["body"]}
            comments[made["id"]] = {**made, "user": {"login": "braid[bot]", "type": "Bot"}}
            self.send(comments[made["id"]], 201)
        else:
            self.send({"message": "Not Found"}, 404)


def _are_actions(given: list[dict[str, str]]) -> bool:
    short = all(len(each[name]) <= most for each in given for name, most in LONGEST.items())
    return len(given) <= MOST_ACTIONS and short
