"""Bitbucket Cloud's deliveries (https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/)."""

from collections.abc import Iterator

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
        subject=_subject(event, action, is_pull, _is_of_tags(payload)),
        event=headers.get("x-event-key", ""),
        action=action,
        repository_id=repository.text("uuid"),
        repository=repository.text("full_name"),
        ref=refs[0] if len(refs) == 1 else "",
        pull=payload.at("pullrequest").number("id") if is_pull else None,
        actor=payload.at("actor").text("nickname") or payload.at("actor").text("display_name"),
        account=payload.at("actor").text("uuid"),
    )


def _subject(event: str, action: str, is_pull: bool, is_of_tags: bool) -> Subject:
    if is_pull:
        return Subject.PULL
    if (event, action) == ("repo", "push"):
        return Subject.NOTHING if is_of_tags else Subject.BRANCHES
    moved = (event, action) in (("repo", "updated"), ("repo", "transfer"), ("repo", "deleted"))
    return Subject.REPOSITORY if moved else Subject.NOTHING


def _refs(payload: Payload) -> tuple[str, ...]:
    return tuple(
        f"refs/heads/{side.text('name')}" for side in _sides(payload) if side.text("type") == "branch"
    )


def _is_of_tags(payload: Payload) -> bool:
    """A push that names no ref may still have moved branches."""
    kinds = {side.text("type") for side in _sides(payload)}
    return kinds == {"tag"}


def _sides(payload: Payload) -> Iterator[Payload]:
    """What each ref of a push is now, or was where it is gone."""
    for change in payload.at("push").items("changes"):
        yield change.at("new") if change.has("new") else change.at("old")
