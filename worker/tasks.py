"""The tasks, by the names that apps enqueue them under. Each takes ids and survives a second run.

A task's own result means nothing: the row says what became of it.
"""

from celery import shared_task

import worker.lifecycle  # noqa: F401 - connects the signals of a worker process
from apps.checks.sweep import sweep
from apps.forges import actions as forges
from apps.forges import outbox
from apps.merges.sweep import sweep as sweep_meetings
from apps.proposals.actions.following import meet_stale
from apps.proposals.actions.line import sweep as sweep_queues
from apps.proposals.actions.previewing import sweep as sweep_previews
from apps.proposals.actions.reverting import sweep as sweep_reverts
from worker.delivering import deliver
from worker.following import follow
from worker.installing import follow_app
from worker.judging import judge_push, judge_verdict
from worker.maintaining import maintain, reconcile_all
from worker.merging import merge_meeting
from worker.previewing import make_preview
from worker.proposing import meet_all
from worker.queueing import run_queue
from worker.radar import chart
from worker.reporting import report
from worker.reverting import revert


@shared_task(name="worker.judge_push")  # type: ignore[untyped-decorator]
def judge_push_task(push_id: int) -> None:
    """Turn a recorded push into verdicts, and judge the first of them here and now."""
    judge_push(push_id)


@shared_task(name="worker.judge")  # type: ignore[untyped-decorator]
def judge_task(verdict_id: int) -> None:
    judge_verdict(verdict_id)


@shared_task(name="worker.merge")  # type: ignore[untyped-decorator]
def merge_task(meeting_id: int) -> None:
    merge_meeting(meeting_id)


@shared_task(name="worker.deliver")  # type: ignore[untyped-decorator]
def deliver_task() -> None:
    deliver()


@shared_task(name="worker.meet_proposals")  # type: ignore[untyped-decorator]
def meet_proposals_task(project_id: int) -> None:
    meet_all(project_id)


@shared_task(name="worker.chart")  # type: ignore[untyped-decorator]
def chart_task(branch_id: int) -> None:
    chart(branch_id)


@shared_task(name="worker.queue")  # type: ignore[untyped-decorator]
def queue_task(project_id: int) -> None:
    run_queue(project_id)


@shared_task(name="worker.revert")  # type: ignore[untyped-decorator]
def revert_task(revert_id: int) -> None:
    revert(revert_id)


@shared_task(name="worker.preview")  # type: ignore[untyped-decorator]
def preview_task(preview_id: int) -> None:
    make_preview(preview_id)


@shared_task(name="worker.follow_forge")  # type: ignore[untyped-decorator]
def follow_forge_task(connection_id: int) -> None:
    follow(connection_id)


@shared_task(name="worker.follow_app")  # type: ignore[untyped-decorator]
def follow_app_task(app_id: int) -> None:
    follow_app(app_id)


@shared_task(name="worker.report_to_forge")  # type: ignore[untyped-decorator]
def report_to_forge_task(connection_id: int) -> None:
    report(connection_id)


@shared_task(name="worker.sweep")  # type: ignore[untyped-decorator]
def sweep_task() -> None:
    sweep()
    sweep_meetings()
    meet_stale()
    sweep_queues()
    sweep_reverts()
    sweep_previews()
    forges.sweep()
    outbox.sweep()


@shared_task(name="worker.maintain")  # type: ignore[untyped-decorator]
def maintain_task() -> None:
    maintain()


@shared_task(name="worker.reconcile")  # type: ignore[untyped-decorator]
def reconcile_task() -> None:
    reconcile_all()
    forges.poll()
