"""A choice tried out: the merge as it would be with it, made and kept as any other merge."""

import logging
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from apps.jobs import claims
from apps.proposals.actions import previewing
from apps.proposals.models import Preview
from sandbox.errors import SandboxError
from schemata.merge.resolutions import ResolutionError
from worker.heartbeat import ClaimLost, Heartbeat
from worker.histories import Histories
from worker.merging import Unusable, read_sides, settle
from worker.process import new_claim

logger = logging.getLogger(__name__)


def make_preview(preview_id: int) -> None:
    """Make it unless another worker does; the row says what became of it."""
    preview = previewing.claim(preview_id, new_claim())
    if preview is None:
        return
    try:
        with Heartbeat(f"preview {preview.pk}", partial(claims.heartbeat, preview)) as heartbeat:
            _make(preview, heartbeat)
    except ClaimLost:
        logger.info("preview %s was taken back", preview.pk)
    except (SandboxError, ResolutionError, Unusable) as error:
        previewing.fail(preview, str(error))
    except SoftTimeLimitExceeded:
        previewing.fail(preview, f"It took longer than {settings.CELERY_TASK_SOFT_TIME_LIMIT} s.")
    except Exception:
        logger.exception("preview %s", preview.pk)
        previewing.fail(preview, "Braid failed while it tried this; the worker's log has the reason.")


def _make(preview: Preview, heartbeat: Heartbeat) -> None:
    project = preview.proposal.project
    sides = read_sides(Histories(project), preview.ours_commit, preview.theirs_commit)
    previewing.finish(preview, settle(project, sides, preview.choices, lambda _step: heartbeat.check()))
