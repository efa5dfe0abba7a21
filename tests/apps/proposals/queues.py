"""Proposals that are approved, and a queue that is run in this process."""

from apps.proposals.access import meeting_of
from apps.proposals.actions.queueing import queue
from apps.proposals.actions.reviewing import review
from apps.proposals.models import Answer, Policy, Proposal, QueueEntry
from worker.queueing import run_queue


def ask_for(project, approvals=1):
    """The least that a policy can ask for: no verdict, that many approvals."""
    Policy.objects.update_or_create(project=project, defaults={"approvals": approvals, "required_checks": []})


def approve(user, proposal):
    now = Proposal.objects.select_related("branch__project", "project__team").get(pk=proposal.pk)
    return review(user, now, Answer.APPROVE, change_hash=meeting_of(now).result.change_hash)


def entry_of(proposal):
    return QueueEntry.objects.filter(proposal=proposal).latest("id")


def state_of(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


def run(project, rounds=10):
    """As workers do, until nothing is left in the queue."""
    for _ in range(rounds):
        run_queue(project.pk)


__all__ = ["approve", "ask_for", "entry_of", "queue", "run", "state_of"]
