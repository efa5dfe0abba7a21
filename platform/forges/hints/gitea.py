"""Gitea's and Forgejo's deliveries (https://docs.gitea.com/usage/webhooks)."""

from forges.hints.payload import Payload
from forges.hints.values import Headers, Hint, Subject

_PULLS = ("pull_request", "pull_request_sync", "pull_request_review_approved")
# What comes to pull requests without changing them.
_CHATTER = frozenset(
    {"label_updated", "label_cleared", "milestoned", "demilestoned", "assigned", "unassigned"}
)


def read(headers: Headers, payload: Payload) -> Hint:
    event = (
        headers.get("x-forgejo-event") or headers.get("x-gitea-event") or headers.get("x-github-event", "")
    )
    action = payload.text("action")
    repository = payload.at("repository")
    return Hint(
        subject=_subject(event, action, payload),
        event=event,
        action=action,
        repository_id=repository.text("id"),
        repository=repository.text("full_name"),
        ref=_ref(event, payload),
        pull=_number(event, payload),
        sha=payload.text("after") if event == "push" else payload.at("pull_request", "head").text("sha"),
        actor=payload.at("sender").text("login") or payload.at("pusher").text("login"),
        account=payload.at("sender").text("id") or payload.at("pusher").text("id"),
    )


def _subject(event: str, action: str, payload: Payload) -> Subject:
    if event == "push":
        return Subject.BRANCHES if payload.text("ref").startswith("refs/heads/") else Subject.NOTHING
    if event in ("create", "delete"):
        return Subject.BRANCHES if payload.text("ref_type") == "branch" else Subject.NOTHING
    if event in _PULLS:
        return Subject.NOTHING if action in _CHATTER else Subject.PULL
    return Subject.REPOSITORY if event == "repository" else Subject.NOTHING


def _ref(event: str, payload: Payload) -> str:
    given = payload.text("ref")
    if event in ("create", "delete") and given:
        return given if given.startswith("refs/") else f"refs/heads/{given}"
    return given if event == "push" else ""


def _number(event: str, payload: Payload) -> int | None:
    if event not in _PULLS:
        return None
    return payload.number("number") or payload.at("pull_request").number("number")
