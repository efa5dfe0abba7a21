"""Bitbucket Cloud's deliveries (https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/)."""

from forges.hints.payload import Payload
from forges.hints.values import Headers, Hint, Subject

_PULLS = frozenset({"created", "updated", "fulfilled", "rejected"})


def read(headers: Headers, payload: Payload) -> Hint:
    """A push may hold several refs: where it does no one is named, and all that moved are found by git."""
    event, _, action = headers.get("x-event-key", "").partition(":")
    repository = payload.at("repository")
    is_pull = event == "pullrequest" and action in _PULLS
    refs = _refs(payload) if (event, action) == ("repo", "push") else ()
    return Hint(
        subject=_subject(event, action, is_pull),
        event=headers.get("x-event-key", ""),
        action=action,
        repository_id=repository.text("uuid"),
        repository=repository.text("full_name"),
        ref=refs[0] if len(refs) == 1 else "",
        pull=payload.at("pullrequest").number("id") if is_pull else None,
        actor=payload.at("actor").text("nickname") or payload.at("actor").text("display_name"),
    )


def _subject(event: str, action: str, is_pull: bool) -> Subject:
    if is_pull:
        return Subject.PULL
    if (event, action) == ("repo", "push"):
        return Subject.BRANCHES
    moved = (event, action) in (("repo", "updated"), ("repo", "transfer"), ("repo", "deleted"))
    return Subject.REPOSITORY if moved else Subject.NOTHING


def _refs(payload: Payload) -> tuple[str, ...]:
    sides = (
        change.at("new") if change.has("new") else change.at("old")
        for change in payload.at("push").items("changes")
    )
    return tuple(f"refs/heads/{side.text('name')}" for side in sides if side.text("type") == "branch")
