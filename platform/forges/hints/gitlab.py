"""GitLab's deliveries (https://docs.gitlab.com/user/project/integrations/webhook_events/)."""

from forges.hints.payload import Payload
from forges.hints.values import Headers, Hint, Subject

_REPOSITORY = frozenset({"project_rename", "project_transfer", "project_destroy", "project_update"})


def read(headers: Headers, payload: Payload) -> Hint:
    event = payload.text("object_kind") or payload.text("event_name") or headers.get("x-gitlab-event", "")
    attributes, project = payload.at("object_attributes"), payload.at("project")
    is_pull = event == "merge_request"
    return Hint(
        subject=_subject(event, payload),
        event=event,
        action=attributes.text("action"),
        repository_id=project.text("id") or payload.text("project_id"),
        repository=project.text("path_with_namespace"),
        ref=payload.text("ref") if event == "push" else "",
        pull=attributes.number("iid") if is_pull else None,
        sha=attributes.at("last_commit").text("id") if is_pull else payload.text("after"),
        actor=payload.at("user").text("username") or payload.text("user_username"),
        account=payload.at("user").text("id") or payload.text("user_id"),
    )


def _subject(event: str, payload: Payload) -> Subject:
    if event == "push":
        return Subject.BRANCHES if payload.text("ref").startswith("refs/heads/") else Subject.NOTHING
    if event == "merge_request":
        return Subject.PULL
    return Subject.REPOSITORY if event in _REPOSITORY else Subject.NOTHING
