"""GitHub Actions, and what speaks its language (Gitea's and Forgejo's).

Variables: https://docs.github.com/actions/reference/variables-reference, payloads:
https://docs.github.com/webhooks/webhook-events-and-payloads. Nothing here needs a secret: a
fork's pull request is fetched from `refs/pull/N/head` of the repository that it asks.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from braid.command.ci.events import Event, Told, branch, commit, pushed
from braid.command.exits import Stop
from braid.command.reports import github, markdown


class GitHub:
    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def event(self) -> Event:
        name, payload = self._variables.get("GITHUB_EVENT_NAME", ""), self._payload()
        sha = self._variables.get("GITHUB_SHA", "")
        try:
            if name in ("pull_request", "pull_request_target"):
                return _pull_request(payload["pull_request"])
            if name == "merge_group":
                group = payload["merge_group"]
                head, base = (commit(group[f"{side}_sha"], group[f"{side}_ref"]) for side in ("head", "base"))
                return Event(head, base)
            default = str(payload["repository"]["default_branch"])
        except (KeyError, TypeError) as error:
            raise Stop(f"the event {name} of GITHUB_EVENT_PATH lacks {error}") from None
        is_branch = self._variables.get("GITHUB_REF_TYPE") == "branch"
        pushed_to = self._variables.get("GITHUB_REF_NAME", "") if is_branch else ""
        return pushed(sha, pushed_to, default, str(payload.get("before", "")))

    def tell(self, told: Told) -> None:
        # A line of a report that looks like a command must not be one.
        token = secrets.token_hex(16)
        print(f"::stop-commands::{token}\n{told.text}\n::{token}::")
        print(github.render(*told.accounts), end="")
        self._append("GITHUB_STEP_SUMMARY", markdown.render(*told.accounts))
        self._append("GITHUB_OUTPUT", f"outcome={told.outcome}\n")

    def _append(self, variable: str, text: str) -> None:
        """To the file that the runner reads when the step has ended."""
        place = self._variables.get(variable)
        if place:
            with open(place, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)

    def _payload(self) -> Any:
        place = self._variables.get("GITHUB_EVENT_PATH", "")
        try:
            return json.loads(Path(place).read_bytes())
        except (OSError, ValueError) as error:
            raise Stop(f"GITHUB_EVENT_PATH {place!r} can't be read ({error})") from None


def _pull_request(asked: Mapping[str, Any]) -> Event:
    """The branch itself and not GitHub's merge of the two, in which a collision would look like a failure."""
    number, target = asked["number"], asked["base"]["ref"]
    head = commit(asked["head"]["sha"], f"refs/pull/{number}/head", label=f"#{number}")
    return Event(head, branch(target))
