"""GitLab CI (https://docs.gitlab.com/ci/variables/predefined_variables).

A merge request from a fork runs in the fork: its target is then fetched from the project that
is asked, by its public address. Nothing here needs a secret.
"""

from collections.abc import Mapping

from braid.command.ci.events import ORIGIN, Event, Told, branch, commit, pushed


class GitLab:
    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def event(self) -> Event:
        get = self._variables.get
        sha = get("CI_COMMIT_SHA", "")
        target = get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "")
        if target:
            is_train = get("CI_MERGE_REQUEST_EVENT_TYPE") == "merge_train"
            # Of merged results the branch itself is judged, in which a collision does not look like a failure;
            # of a train what stands on all cars before it.
            head = sha if is_train else get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or sha
            number = get("CI_MERGE_REQUEST_IID", "")
            return Event(commit(head, label=number and f"!{number}"), branch(target, self._target()))
        return pushed(
            sha, get("CI_COMMIT_BRANCH", ""), get("CI_DEFAULT_BRANCH", ""), get("CI_COMMIT_BEFORE_SHA", "")
        )

    def tell(self, told: Told) -> None:
        """The rest are files: GitLab takes reports as artifacts."""
        print(told.text)

    def _target(self) -> str:
        get = self._variables.get
        url, asked = get("CI_MERGE_REQUEST_PROJECT_URL", ""), get("CI_MERGE_REQUEST_PROJECT_ID")
        return f"{url}.git" if url and asked != get("CI_PROJECT_ID") else ORIGIN
