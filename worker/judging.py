"""From a claimed verdict to a saved judgement: load, ask the core, save.

Whatever happens in between, the row ends in a state that says so; a worker that
is killed leaves a silent claim, which the sweep takes back.
"""

import logging
import time
from dataclasses import asdict
from functools import partial
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from apps.checks import actions
from apps.checks.content.judgements import Side, find_judgement, judgement_key, save_judgement, unusable_key
from apps.checks.models import Judgement, Verdict
from apps.repositories.models import Push
from apps.repositories.trees import TreeError
from sandbox import judge
from sandbox.errors import SandboxError
from schemata.findings import Finding, Severity
from schemata.layouts import LayoutError
from worker.commits import facts_of, fork_of
from worker.comparing import compare
from worker.heartbeat import ClaimLost, Heartbeat
from worker.histories import Histories, read_if_usable
from worker.process import new_claim, sandboxes
from worker.radar import chart

logger = logging.getLogger(__name__)


def judge_push(push_id: int) -> None:
    """Ask for the verdicts of a push; the first is judged here at once, the others by whoever is free."""
    push = Push.objects.select_related("project").filter(pk=push_id, settled=False).first()
    if push is None:
        return
    asked = actions.receive_push(push)
    if asked:
        judge_verdict(asked[0].pk)


def judge_verdict(verdict_id: int) -> None:
    """Judge the verdict unless another worker has it or it needs none any more."""
    verdict = actions.claim(verdict_id, new_claim())
    if verdict is None:
        return
    started = time.perf_counter()
    try:
        with Heartbeat(f"verdict {verdict.pk}", partial(actions.heartbeat, verdict)) as heartbeat:
            row, facts = _judge(verdict, heartbeat)
            actions.finish(verdict, row, job_ms=_ms_since(started), **facts)
        compare(verdict, row)
        chart(verdict.branch_id)
    except ClaimLost:
        logger.info("verdict %s was taken back", verdict.pk)
    except SandboxError as error:
        logger.warning("verdict %s: %s", verdict.pk, error)
        actions.postpone(verdict, str(error))
    except SoftTimeLimitExceeded:
        actions.give_up(verdict, _too_long())
    except Exception:
        logger.exception("verdict %s", verdict.pk)
        actions.give_up(verdict, "Braid failed while it judged this commit; the worker's log has the reason.")


def _judge(verdict: Verdict, heartbeat: Heartbeat) -> tuple[Judgement, dict[str, Any]]:
    """The judgement's row, found or made, and what else the verdict's row should say."""
    histories = Histories(verdict.project)
    facts = asdict(facts_of(histories.repository, verdict))
    try:
        head = histories.read(verdict.commit)
    except (LayoutError, TreeError) as error:
        return _unusable(verdict, error), {**facts, "server_ms": 0}
    base = read_if_usable(histories, verdict.base_commit)
    fork = read_if_usable(histories, fork_of(histories.repository, verdict))
    key = judgement_key(base, head, fork)
    found = find_judgement(verdict.project, key)
    if found:
        return found, {**facts, "server_ms": 0}
    judged = _run(verdict, heartbeat, base, head, fork)
    heartbeat.check()
    row = save_judgement(verdict.project, key, judged, base, head)
    return row, {**facts, "server_ms": _server_ms(judged)}


def _run(
    verdict: Verdict, heartbeat: Heartbeat, base: Side | None, head: Side, fork: Side | None
) -> judge.Judgement:
    return judge.judge(
        sandboxes(),
        base.history if base else None,
        head.history,
        fork=fork.history if fork else None,
        owner=verdict.project.key.hex,
        postgres=head.history.postgres or verdict.project.postgres,
        deadline_s=settings.CHECK_DEADLINE_S,
        on_progress=lambda step: heartbeat.tell(asdict(step)),
        holds_file=False,
    )


def _unusable(verdict: Verdict, error: LayoutError | TreeError) -> Judgement:
    finding = error.finding if isinstance(error, LayoutError) else _unreadable(error)
    judged = judge.unusable(finding)
    return save_judgement(verdict.project, unusable_key(finding), judged, None, None)


def _unreadable(error: TreeError) -> Finding:
    return Finding(rule="repository.unreadable", severity=Severity.ERROR, message=str(error))


def _server_ms(judged: judge.Judgement) -> float:
    return sum(replay.server_ms for replay in (judged.base, judged.head) if replay)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _too_long() -> str:
    limit = settings.CELERY_TASK_SOFT_TIME_LIMIT
    return f"The check took longer than {limit} s, the longest that one may take, and was stopped."
