"""A branch's schema file against its migrations, once the verdict is told: most of that time is Postgres's own.

What is found becomes part of the judgement, for every verdict that holds it.
"""

import logging

from django.conf import settings

from apps.checks import actions
from apps.checks.content.judgements import add_drift
from apps.checks.models import Judgement, Verdict
from sandbox.errors import SandboxError
from sandbox.new_drift import NewDrift, find_new_drift
from worker.commits import fork_of
from worker.histories import Histories, read_if_usable
from worker.process import sandboxes

logger = logging.getLogger(__name__)


def compare(verdict: Verdict, row: Judgement) -> None:
    """Hold the file to the migrations where that is still to be done. What goes wrong is said of the file alone."""
    if not row.awaits_drift:
        return
    try:
        found = _find(verdict)
    except SandboxError as error:
        logger.warning("drift of verdict %s: %s", verdict.pk, error)
        found = NewDrift(problem=str(error), conclusive=False)
    except Exception:
        logger.exception("drift of verdict %s", verdict.pk)
        found = NewDrift(problem="Braid failed; the worker's log has the reason.", conclusive=False)
    if add_drift(row, found):
        actions.tell_again(verdict)


def _find(verdict: Verdict) -> NewDrift:
    histories = Histories(verdict.project)
    head = histories.read(verdict.commit).history
    earlier = (
        read_if_usable(histories, verdict.base_commit),
        read_if_usable(histories, fork_of(histories.repository, verdict)),
    )
    return find_new_drift(
        sandboxes(),
        head,
        tuple(side.history for side in earlier if side),
        owner=verdict.project.key.hex,
        postgres=head.postgres or verdict.project.postgres,
        deadline_s=settings.CHECK_DEADLINE_S,
    )
