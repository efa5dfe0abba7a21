"""What proposals hear from the apps below, which know nothing of them."""

from typing import Any

from apps.merges.models import Meeting
from apps.projects.models import Project
from apps.proposals.actions.following import follow_push, meet_again
from apps.proposals.actions.keeping import ask_reviewers, follow_merge, lock_proposals
from apps.proposals.actions.queueing import follow_line, wake_queue
from apps.proposals.models import Event, Proposal
from apps.repositories.models import Push


def branches_moved(push: Push, **_: Any) -> None:
    """In the transaction that records the push: no reader sees a branch and its proposal apart."""
    follow_push(push)
    wake_queue(push)


def project_resettled(project: Project, settings: tuple[str, ...], **_: Any) -> None:
    """On another Postgres, or from another folder, the same branches may merge otherwise."""
    if {"postgres", "root"} & set(settings):
        meet_again(project)


def meeting_finishing(meeting: Meeting, **_: Any) -> None:
    """Proposals are locked before meetings everywhere, so here too."""
    lock_proposals(meeting)


def meeting_finished(meeting: Meeting, **_: Any) -> None:
    follow_merge(meeting)


def proposal_changed(proposal: Proposal, kind: str, **_: Any) -> None:
    """It may have been merged long before it was proposed: then no meeting will say so."""
    if kind in ("opened", "reopened", "readied"):
        ask_reviewers(proposal)


def queued_changed(proposal: Proposal, kind: str, event: Event, **_: Any) -> None:
    """A push or an end takes a proposal out of the queue at once; an answer may, which the queue looks at."""
    follow_line(proposal, kind, event.data)
