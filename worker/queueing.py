"""A project's queue, moved on: what is proved lands, what waits is tested.

Any number of workers may do this at once for one project. A message that comes twice finds nothing to do.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from apps.accounts.names import one_line
from apps.forges.pulls import mark_of
from apps.jobs import claims
from apps.jobs.messages import enqueue
from apps.proposals.actions import line
from apps.proposals.actions.leaving import TASK
from apps.proposals.models import Answer, QueueEntry, Resolution, Review
from apps.proposals.situation import asks_as_seen
from apps.repositories.landing import Author
from sandbox.errors import SandboxError
from sandbox.replays import Replay
from worker import merging_back
from worker.candidates import Refused
from worker.heartbeat import ClaimLost, Heartbeat
from worker.landing import Candidate, Letter, build, drift_of, prove
from worker.process import new_claim

logger = logging.getLogger(__name__)


def run_queue(project_id: int) -> None:
    """Land what is proved, then test one entry and land again: what is left is for the next message."""
    waiting = land_all(project_id)
    tested = any(_test(each) for each in waiting.tests)
    if tested and not land_all(project_id).is_idle:
        enqueue(TASK, project_id)


def land_all(project_id: int) -> line.Line:
    """Land one after the other, as far as they are proved; what there is to do then."""
    found = line.arrange(project_id)
    while found.landing is not None and merging_back.land(found.landing):
        found = line.arrange(project_id)
    return found


def _test(test: line.Test) -> bool:
    """Test the entry unless another worker has it; whether it was done here."""
    entry = line.claim(test, new_claim())
    if entry is None:
        return False
    try:
        with Heartbeat(f"queue entry {entry.pk}", partial(claims.heartbeat, entry)) as heartbeat:
            _build_and_prove(entry, heartbeat)
    except ClaimLost:
        logger.info("queue entry %s was taken back", entry.pk)
    except Refused as error:
        line.refuse(entry, error.reason)
    except SandboxError as error:
        logger.warning("queue entry %s: %s", entry.pk, error)
        line.postpone(entry, str(error))
    except SoftTimeLimitExceeded:
        line.refuse(entry, f"Its test took longer than {settings.CELERY_TASK_SOFT_TIME_LIMIT} s.")
    except Exception:
        logger.exception("queue entry %s", entry.pk)
        line.refuse(entry, "Braid failed while it tested this; the worker's log has the reason.")
    return True


def _build_and_prove(entry: QueueEntry, heartbeat: Heartbeat) -> None:
    tell = _teller(heartbeat)
    choices = choices_of(entry)
    candidate = build(entry.project, entry.tested_on, entry.head, choices, letter_of(entry), tell)
    heartbeat.check()
    if entry.change_hash and candidate.merge.change_hash != entry.change_hash:
        raise Refused(
            "What would land is another change than the one that was queued: what is ahead of it, or on the "
            "default branch, altered it. Look at it again, and queue it once it is approved."
        )
    if not asks_as_seen(entry.proposal, candidate.target, candidate.commit):
        raise Refused(
            "Both sides changed [policy] in braid.toml, and what would land is neither's; merge the default branch "
            "into the branch by hand and push it again."
        )
    proof = _proof(candidate)
    _kept(line.offer(entry, candidate.commit, candidate.merge, proof))
    replay = prove(entry.project, candidate, tell)
    drift = drift_of(entry.project, candidate, tell)
    heartbeat.check()
    _kept(line.prove(entry, {**proof, "replay": _replay(replay), "drift": drift}))


def _kept(claim: bool) -> None:
    if not claim:
        raise ClaimLost("the queue has moved on")


def _teller(heartbeat: Heartbeat) -> Callable[[Any], None]:
    return lambda step: heartbeat.tell(asdict(step))


def choices_of(entry: QueueEntry) -> Mapping[str, Any]:
    """What people chose, by conflict; those that there are no conflicts for are not needed and do no harm."""
    chosen = Resolution.objects.filter(proposal=entry.proposal_id, is_current=True).exclude(choice=None)
    return dict(chosen.values_list("conflict", "choice"))


def letter_of(entry: QueueEntry) -> Letter:
    """What the merge commit says: the proposal and where it is, who approved it, who let it pass by the policy.

    Nobody's name or reason may look like another line of it.
    """
    proposal = entry.proposal
    address = f"{settings.BASE_URL}{proposal.get_absolute_url()}"
    author = Author(proposal.author.name, proposal.author.email) if proposal.author else None
    return Letter(
        subject=f"Merge {mark_of(proposal)}: {one_line(proposal.title)}",
        paragraphs=(f"Proposal: {address}",),
        trailers=(*_approvals(entry), *_bypass(entry)),
        author=author,
        at=entry.created_at,
    )


def _approvals(entry: QueueEntry) -> list[str]:
    given = Review.objects.filter(
        proposal=entry.proposal_id,
        answer=Answer.APPROVE,
        dismissed_at=None,
        change_hash=entry.change_hash,
    ).exclude(author=None)
    people = {review.author for review in given.select_related("author").order_by("id") if review.author}
    ordered = sorted(people, key=lambda person: (person.name, person.email))
    return [f"Approved-by: {one_line(person.name)} <{one_line(person.email)}>" for person in ordered]


def _bypass(entry: QueueEntry) -> list[str]:
    return [f"Policy-bypassed: {one_line(entry.bypassed)}"] if entry.bypassed else []


def _proof(candidate: Candidate) -> dict[str, Any]:
    """What the queue keeps of a candidate, for pages and the API."""
    steps = [asdict(each) for each in candidate.mending.steps]
    return {
        "merged": candidate.merged,
        "migrations": [asdict(each) for each in candidate.migrations],
        "mending": {
            "steps": steps,
            "anew": candidate.mending.anew,
            "notes": list(candidate.mending.notes),
            "proved": candidate.mending.is_proved,
        },
        "problems": list(candidate.problems),
    }


def _replay(replay: Replay) -> dict[str, Any]:
    return {
        "migrations": len(replay.runs),
        "postgres": replay.postgres,
        "duration_ms": round(replay.duration_ms),
        "catalog": replay.catalog.hash,
    }
