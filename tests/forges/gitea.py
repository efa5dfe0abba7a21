"""A small Gitea of the tests' own: its API's documented shapes (https://docs.gitea.com/api/)."""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.forges import hosting
from tests.forges.hosting import NAME, PullState, Site

TOKEN = "a-token-of-gitea"
SECRET = "a-secret-of-the-webhook"


@dataclass
class Gitea(Site):
    """One repository, with Gitea's deliveries and answers. `token` is the one that is good, `login` whose it is."""

    token: str = TOKEN
    login: str = "braid"

    def delivery(self, event: str, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a delivery, signed."""
        body = json.dumps({**payload, "repository": self.as_json()}).encode()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        return body, {
            "Content-Type": "application/json",
            "X-Gitea-Event": event,
            "X-GitHub-Event": event,
            "X-Gitea-Delivery": str(uuid.uuid4()),
            "X-Gitea-Signature": digest,
            "X-Hub-Signature-256": f"sha256={digest}",
        }

    def push_delivery(self, branch: str) -> tuple[bytes, dict[str, str]]:
        return self.delivery("push", {"ref": f"refs/heads/{branch}", "before": "0" * 40, "after": "1" * 40})

    def pull_delivery(self, pull: PullState, action: str) -> tuple[bytes, dict[str, str]]:
        told = {"action": action, "number": pull.number, "pull_request": self.pull_json(pull)}
        return self.delivery("pull_request", told)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.number,
            "full_name": self.name,
            "default_branch": self.default,
            "clone_url": self.clone_url,
            "html_url": f"{self.base_url}/{self.name}",
            "permissions": {"admin": False, "push": True, "pull": True},
        }

    def pull_json(self, pull: PullState) -> dict[str, Any]:
        own = {"id": 7, "full_name": self.name, "html_url": f"{self.base_url}/{self.name}"}
        other = {"id": 8, "full_name": pull.fork, "html_url": f"{self.base_url}/{pull.fork}"}
        return {
            "id": 100 + pull.number,
            "number": pull.number,
            "title": f"WIP: {pull.title}" if pull.draft else pull.title,
            "draft": pull.draft,
            "body": pull.body,
            "state": pull.state,
            "merged": pull.merged,
            "merge_commit_sha": pull.merge_commit or None,
            "allow_maintainer_edit": False,
            "user": {"id": pull.author_id, "login": pull.author},
            "html_url": f"{self.base_url}/{self.name}/pulls/{pull.number}",
            "head": {
                "ref": pull.head,
                "sha": self.sha(pull),
                "repo_id": 8 if pull.fork else 7,
                "repo": other if pull.fork else own,
            },
            "base": {"ref": pull.base, "sha": self.head_if_any(pull.base), "repo_id": 7, "repo": own},
        }


@contextmanager
def serve(folder: Path) -> Iterator[Gitea]:
    """A running Gitea with an empty repository."""
    with hosting.serve(Gitea(folder), Handler) as running:
        yield running


class Handler(hosting.Handler):
    prefix = "/api/v1"

    def is_known(self) -> bool:
        return self.headers.get("Authorization") == f"token {self.site.token}"

    def takes_password(self, password: str) -> bool:
        return password == self.site.token

    def api(self, path: str, told: Any) -> None:
        former, now, numbered = (
            f"/repos/{NAME}",
            f"/repos/{self.site.name}",
            f"/repositories/{self.site.number}",
        )
        if path == "/user":
            self.send({"login": self.site.login})
        elif path.startswith(now):
            self._of_repository(path.removeprefix(now), told)
        elif path == numbered:
            self.send(self.site.as_json())
        elif path.startswith(former) and self.site.is_name_taken:
            self.send({**self.site.as_json(), "id": 99, "full_name": NAME} if path == former else {}, 200)
        elif path.startswith(former):
            self.send({}, 307, Location=f"/api/v1{path.replace(former, now, 1)}")
        else:
            self.send({"message": "Not Found"}, 404)

    def _of_repository(self, path: str, told: Any) -> None:
        forge = self.site
        if path == "":
            self.send(forge.as_json())
        elif path == "/pulls":
            is_first = "page=2" not in self.path
            found = [forge.pull_json(each) for each in forge.pulls.values() if each.state == "open"]
            self.send(found if is_first else [])
        elif found := re.fullmatch(r"/pulls/(\d+)(/merge)?", path):
            self._pull(int(found[1]), bool(found[2]), told)
        elif found := re.fullmatch(r"/statuses/([0-9a-f]{40})", path):
            forge.statuses.append({"sha": found[1], **told})
            self.send({"id": len(forge.statuses), **told}, 201)
        elif path == "/issues/comments":
            self.send([])
        elif found := re.fullmatch(r"/issues/(\d+)/comments", path):
            self._comments(int(found[1]), told)
        elif (found := re.fullmatch(r"/issues/comments/(\d+)", path)) and int(found[1]) in forge.comments:
            self._edit(forge.comments[int(found[1])], told)
        else:
            self.send({"message": "Not Found"}, 404)

    def _edit(self, comment: dict[str, Any], told: Any) -> None:
        """Whoever may not administer the repository edits only what is theirs."""
        if comment["user"]["login"] != self.site.login:
            self.send({"message": "user does not have permission to edit"}, 403)
            return
        comment["body"] = told["body"]
        self.send(comment)

    def _pull(self, number: int, merges: bool, told: Any) -> None:
        pull = self.site.pulls.get(number)
        if pull is None:
            self.send({"message": "Not Found"}, 404)
        elif merges:
            status = self.site.merge(pull, told.get("head_commit_id", ""))
            self.send({} if status == 200 else {"message": self.site.refusal}, status)
        else:
            self.send(self.site.pull_json(pull))

    def _comments(self, number: int, told: Any) -> None:
        comments = self.site.comments
        if self.command == "GET":
            self.send([each for each in comments.values() if each["number"] == number])
            return
        identity = len(comments) + 1
        comments[identity] = {
            "id": identity,
            "number": number,
            "body": told["body"],
            "user": {"login": self.site.login},
        }
        self.send(comments[identity], 201)
