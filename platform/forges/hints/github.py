"""GitHub's deliveries (https://docs.github.com/en/webhooks/webhook-events-and-payloads)."""

from forges.hints.payload import Payload
from forges.hints.values import Headers, Hint, Subject

_PLAIN = {
    "push": Subject.BRANCHES,
    "create": Subject.BRANCHES,
    "delete": Subject.BRANCHES,
    "pull_request": Subject.PULL,
    "merge_group": Subject.QUEUE,
    "installation": Subject.ACCESS,
    "installation_repositories": Subject.ACCESS,
    # An account was renamed, and with it every repository of it.
    "installation_target": Subject.ACCESS,
    "ping": Subject.PING,
}
# What a repository's own deliveries say that concerns where it is.
_MOVES = frozenset({"renamed", "transferred", "deleted", "archived", "unarchived", "edited"})
_RERUNS = frozenset({"rerequested", "requested_action"})
# What comes to pull requests without changing them.
_CHATTER = frozenset(
    {"labeled", "unlabeled", "assigned", "unassigned", "milestoned", "demilestoned", "locked", "unlocked"}
)


def read(headers: Headers, payload: Payload) -> Hint:
    event, action = headers.get("x-github-event", ""), payload.text("action")
    subject = _subject(event, action, payload)
    return Hint(
        subject=subject,
        event=event,
        action=action,
        repository_id=payload.at("repository").text("id"),
        repository=payload.at("repository").text("full_name"),
        ref=_ref(event, payload),
        pull=payload.at("pull_request").number("number") if event == "pull_request" else None,
        sha=_sha(event, payload),
        report=payload.at("check_run").text("id"),
        button=payload.at("requested_action").text("identifier") if subject is Subject.BUTTON else "",
        installation=payload.at("installation").text("id"),
        actor=payload.at("sender").text("login"),
        account=payload.at("sender").text("id"),
    )


def _subject(event: str, action: str, payload: Payload) -> Subject:
    if event == "repository":
        return Subject.REPOSITORY if action in _MOVES else Subject.NOTHING
    if event in ("check_run", "check_suite"):
        if action not in _RERUNS:
            return Subject.NOTHING
        return Subject.BUTTON if action == "requested_action" else Subject.RERUN
    if event == "pull_request" and action in _CHATTER:
        return Subject.NOTHING
    if event in ("create", "delete") and payload.text("ref_type") != "branch":
        return Subject.NOTHING
    if event == "push" and not payload.text("ref").startswith("refs/heads/"):
        return Subject.NOTHING
    return _PLAIN.get(event, Subject.NOTHING)


def _ref(event: str, payload: Payload) -> str:
    if event == "merge_group":
        return payload.at("merge_group").text("head_ref")
    given = payload.text("ref")
    if event in ("create", "delete") and given:
        return given if given.startswith("refs/") else f"refs/heads/{given}"
    return given if event == "push" else ""


def _sha(event: str, payload: Payload) -> str:
    if event in ("check_run", "check_suite", "merge_group"):
        return payload.at(event).text("head_sha")
    return payload.text("after") if event == "push" else payload.at("pull_request", "head").text("sha")
