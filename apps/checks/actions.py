"""The writes on verdicts: asked for, claimed, kept alive, finished, given up, swept.

The row is the truth, and every step a conditional UPDATE (`apps.jobs.claims`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone

from apps.checks.events import announce
from apps.checks.models import ACTIVE, Judgement, State, Verdict
from apps.jobs import claims
from apps.jobs.messages import enqueue as send
from apps.projects.models import Project
from apps.repositories.models import Branch, Push

# Sent in the transaction that finishes a verdict with a judgement, with `verdict` as it then is.
finished = Signal()
# Sent in the transaction in which a verdict is asked for or ends, whatever its end, with `verdict` as it then is.
changed = Signal()


def enqueue_verdict(verdict_id: int) -> None:
    """Put the verdict on the queue once the rows are committed."""
    send("worker.judge", verdict_id)


@transaction.atomic
def receive_push(push: Push) -> list[Verdict]:
    """Ask for a verdict of every branch that the push moved, and settle the push.

    The first verdict is left to the caller to judge; the others are enqueued. A branch that
    has moved on since, or is gone, is the matter of the push that did it.
    """
    updates = [update for update in push.updates.all() if update.branch_name]
    moved = Branch.objects.filter(project=push.project, name__in=[u.branch_name for u in updates])
    branches = {branch.name: branch for branch in moved.select_related("project")}
    asked: list[Verdict] = []
    for update in sorted(updates, key=lambda u: u.branch_name != push.project.default_branch):
        branch = branches.get(update.branch_name)
        if branch and branch.deleted_at:
            supersede(branch, "the branch was deleted")
        elif branch and branch.head == update.after:
            verdict = request_verdict(branch, update.after, push=push, enqueue=bool(asked))
            asked += [verdict] if verdict else []
    if push.project.default_branch in branches:
        mark_stale(push.project, but=[verdict.pk for verdict in asked])
    Push.objects.filter(pk=push.pk).update(settled=True)
    return asked


@transaction.atomic
def request_verdict(
    branch: Branch, commit: str, *, push: Push | None = None, enqueue: bool = True, again: bool = False
) -> Verdict | None:
    """The verdict of `commit` on `branch`: the one that there is, or a new one that waits for a worker.

    None when the branch has moved on from `commit`, or is gone: that is for whoever moved it.
    A new one supersedes what still runs for the branch. With `again` a finished one does
    not count. Without `enqueue` the caller will judge it now.
    """
    now = Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    if now.head != commit or now.deleted_at:
        return None
    base = base_commit(branch, commit)
    latest = Verdict.objects.filter(branch=branch).order_by("-id").first()
    if latest and _answers(latest, commit, base, again):
        return latest
    if latest and not latest.is_finished:
        supersede(branch)
    verdict = Verdict.objects.create(
        project_id=branch.project_id,
        branch=branch,
        push=push,
        commit=commit,
        base_commit=base,
        requested_at=timezone.now(),
        enqueued_at=timezone.now(),
    )
    if latest and latest.stale:
        Verdict.objects.filter(pk=latest.pk).update(stale=False)
    if enqueue:
        enqueue_verdict(verdict.pk)
    announce(verdict)
    changed.send(Verdict, verdict=verdict)
    return verdict


def base_commit(branch: Branch, commit: str) -> str:
    """What the branch is judged against: the default branch's head; for itself, the last commit that passed."""
    if branch.is_default:
        passed = branch.verdicts.filter(state=State.PASSED).exclude(commit=commit).order_by("-id")
        return passed.values_list("commit", flat=True).first() or ""
    heads = Branch.objects.filter(project=branch.project_id, deleted_at=None)
    return heads.filter(name=branch.project.default_branch).values_list("head", flat=True).first() or ""


def _answers(latest: Verdict, commit: str, base: str, again: bool) -> bool:
    if (latest.commit, latest.base_commit) != (commit, base):
        return False
    if again or latest.stale:
        return latest.state == State.WAITING
    return latest.state not in (State.SUPERSEDED, State.ERROR)


def supersede(branch: Branch, reason: str = "a newer push took its place") -> int:
    """Give up what waits or runs for the branch; a worker that runs it stops at its next heartbeat."""
    given_up = list(Verdict.objects.filter(branch=branch, state__in=ACTIVE))
    for verdict in given_up:
        Verdict.objects.filter(pk=verdict.pk, state__in=ACTIVE).update(
            state=State.SUPERSEDED, headline=reason, finished_at=timezone.now()
        )
        announce(verdict)
    return len(given_up)


def mark_stale(project: Project, but: Sequence[int] = ()) -> int:
    """The default branch or the settings moved: what stands is judged again when there is time for it.

    One statement, however many branches there are; the sweep asks for a few of them at a time.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARK_STALE, [project.pk, list(but)])
        return int(cursor.rowcount)


_MARK_STALE = """
update checks_verdict set stale = true
where id in (
    select (select max(v.id) from checks_verdict v where v.branch_id = b.id)
    from repositories_branch b where b.project_id = %s and b.deleted_at is null
) and not (id = any(%s)) and not stale and state not in ('waiting', 'superseded')
"""


def claim(verdict_id: int, worker: str) -> Verdict | None:
    """Take the verdict, or None when somebody else has it, it is finished, or its time has not come."""
    if not claims.claim(Verdict, verdict_id, worker, claimed_at=timezone.now(), error="", progress={}):
        return None
    verdict = Verdict.objects.select_related("project", "branch").get(pk=verdict_id)
    announce(verdict)
    return verdict


def heartbeat(verdict: Verdict, progress: Mapping[str, Any] | None = None) -> bool:
    """Say that the claim is alive, and how far it is; False when it was taken back: stop."""
    alive = claims.heartbeat(verdict, progress)
    if alive and progress is not None:
        announce(verdict)
    return alive


@transaction.atomic
def finish(verdict: Verdict, judgement: Judgement, **facts: Any) -> bool:
    """Write the judgement under the verdict; `facts` are further columns. False when the claim was lost."""
    values = {"state": judgement.outcome, "headline": judgement.headline, "judgement": judgement}
    closed = _close(verdict, **values, **facts)
    if closed:
        finished.send(Verdict, verdict=verdict)
    return closed


@transaction.atomic
def tell_again(verdict: Verdict) -> None:
    """Something was added to the judgement of a verdict that was told before."""
    announce(verdict)
    verdict.refresh_from_db()
    changed.send(Verdict, verdict=verdict)


@transaction.atomic
def give_up(verdict: Verdict, error: str) -> bool:
    """End in `error`: Braid could not judge, through no fault of the team's."""
    return _close(verdict, state=State.ERROR, headline=claims.first_line(error), error=error)


@transaction.atomic
def postpone(verdict: Verdict, error: str) -> bool:
    """The sandboxes are down: wait, longer each time, and give up after the last wait."""
    if claims.is_last_setback(verdict):
        tried = f"Braid tried {claims.tries(verdict)} times"
        return give_up(verdict, f"{error}\n{tried}; run the check again once it is mended.")
    put_off = claims.put_off(verdict, headline=claims.waits_for_sandbox(error), error=error)
    announce(verdict)
    return put_off


def _close(verdict: Verdict, **values: Any) -> bool:
    closed = claims.held(verdict).update(finished_at=timezone.now(), stale=False, progress={}, **values)
    if closed:
        announce(verdict)
        verdict.refresh_from_db()
        changed.send(Verdict, verdict=verdict)
    return bool(closed)
