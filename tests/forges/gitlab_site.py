"""A small GitLab of the tests' own: the documented shapes of its API (https://docs.gitlab.com/api).

It refuses what GitLab refuses: a status that is pending already, a merge of another head, states that there are not.
"""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from tests.forges import hosting
from tests.forges.hosting import NAME, PullState, Site

TOKEN = "glpat-of-the-project"
SECRET = "a-secret-of-the-webhook"
BOT = "project_7_bot"
STATES = {"pending", "running", "success", "failed", "canceled", "skipped"}


@dataclass
class GitLabSite(Site):
    """One project, with GitLab's deliveries and answers."""

    pull_ref: ClassVar[str] = "refs/merge-requests/{}/head"
    scopes: list[str] = field(default_factory=lambda: ["api", "write_repository"])

    def delivery(self, event: str, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a delivery; GitLab shows the secret and signs nothing."""
        told = {"object_kind": event, "project": {"id": 7, "path_with_namespace": NAME}, **payload}
        return json.dumps(told).encode(), {
            "Content-Type": "application/json",
            "X-Gitlab-Event": {"push": "Push Hook"}.get(event, "Merge Request Hook"),
            "X-Gitlab-Token": SECRET,
            "Idempotency-Key": str(uuid.uuid4()),
        }

    def push_delivery(self, branch: str) -> tuple[bytes, dict[str, str]]:
        return self.delivery("push", {"ref": f"refs/heads/{branch}", "after": self.head(branch)})

    def pull_delivery(self, pull: PullState, action: str) -> tuple[bytes, dict[str, str]]:
        told = {"iid": pull.number, "action": action, "last_commit": {"id": self.sha(pull)}}
        return self.delivery("merge_request", {"object_attributes": told})

    def as_json(self) -> dict[str, Any]:
        return {
            "id": 7,
            "path_with_namespace": NAME,
            "web_url": f"{self.base_url}/{NAME}",
            "default_branch": "main",
            "archived": False,
            "merge_method": "merge",
            "permissions": {"project_access": {"access_level": 30}, "group_access": None},
        }

    def pull_json(self, pull: PullState) -> dict[str, Any]:
        return {
            "id": 100 + pull.number,
            "iid": pull.number,
            "title": f"Draft: {pull.title}" if pull.draft else pull.title,
            "description": pull.body,
            "state": "merged" if pull.merged else {"open": "opened"}.get(pull.state, pull.state),
            "draft": pull.draft,
            "source_branch": pull.head,
            "target_branch": pull.base,
            "source_project_id": 8 if pull.fork else 7,
            "target_project_id": 7,
            "sha": self.sha(pull),
            "author": {"username": pull.author},
            "web_url": f"{self.base_url}/{NAME}/-/merge_requests/{pull.number}",
            "merge_commit_sha": pull.merge_commit or None,
            "squash_commit_sha": None,
            "detailed_merge_status": "mergeable" if pull.state == "open" else "not_open",
        }


@contextmanager
def serve(folder: Path) -> Iterator[GitLabSite]:
    """A running GitLab with an empty repository."""
    with hosting.serve(GitLabSite(folder), Handler) as running:
        yield running


class Handler(hosting.Handler):
    site: GitLabSite
    prefix = "/api/v4"

    def is_known(self) -> bool:
        return self.headers.get("PRIVATE-TOKEN") == TOKEN

    def takes_password(self, password: str) -> bool:
        return password == TOKEN

    def api(self, path: str, told: Any) -> None:
        project = f"/projects/{quote(NAME, safe='')}"
        path = re.sub(r"^/projects/7(?=/|$)", lambda _: project, path)
        if path == "/user":
            self.send({"id": 9, "username": BOT})
        elif path == "/personal_access_tokens/self":
            self.send({"id": 3, "scopes": self.site.scopes, "expires_at": "2027-03-01", "active": True})
        elif path == f"{project}/repository/branches/main":
            self.send({"name": "main", "protected": True, "can_push": True})
        elif path == project:
            self.send(self.site.as_json())
        elif path == f"{project}/merge_requests":
            found = [self.site.pull_json(each) for each in self.site.pulls.values() if each.state == "open"]
            self.send(found)
        elif found := re.fullmatch(rf"{project}/statuses/([0-9a-f]{{40}})", path):
            self._status(found[1], told)
        elif (found := re.fullmatch(rf"{project}/merge_requests/(\d+)(/.+)?", path)) and (
            pull := self.site.pulls.get(int(found[1]))
        ):
            self._of_request(pull, found[2] or "", told)
        else:
            self.send({"message": "404 Not Found"}, 404)

    def _of_request(self, pull: PullState, path: str, told: Any) -> None:
        if path == "/merge":
            status = self.site.merge(pull, told["sha"])
            self.send(self.site.pull_json(pull) if status == 200 else {"message": "not now"}, status)
        elif path == "/notes":
            self._notes(pull.number, told)
        elif (found := re.fullmatch(r"/notes/(\d+)", path)) and int(found[1]) in self.site.comments:
            self.site.comments[int(found[1])]["body"] = told["body"]
            self.send(self.site.comments[int(found[1])])
        elif path == "":
            self.send(self.site.pull_json(pull))
        else:
            self.send({"message": "404 Not Found"}, 404)

    def _notes(self, number: int, told: Any) -> None:
        notes = self.site.comments
        if self.command == "GET":
            self.send([each for each in notes.values() if each["number"] == number])
            return
        made = {"id": len(notes) + 1, "number": number, "body": told["body"], "author": {"username": BOT}}
        notes[len(notes) + 1] = made
        self.send(made, 201)

    def _status(self, sha: str, told: Any) -> None:
        state, name = told["state"], told["name"]
        if state not in STATES:
            self.send({"error": "state does not have a valid value"}, 400)
        elif state == "pending" == self.site.status(sha, name):
            self.send({"message": "Cannot transition status via :enqueue from :pending"}, 400)
        else:
            self.site.statuses.append({"sha": sha, "context": name, **told})
            self.send({"id": len(self.site.statuses), "status": state}, 201)
