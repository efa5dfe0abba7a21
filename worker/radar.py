"""From a judged branch to the meetings that it has: its footprint is read, kept, and compared with all others."""

import logging

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from apps.checks.access import why_stopped
from apps.merges import radar
from apps.repositories.commits import merge_base
from apps.repositories.models import Branch
from apps.repositories.trees import TreeError
from sandbox.errors import SandboxError, ServerDown
from sandbox.replays import Replay
from schemata.history import History
from schemata.layouts import LayoutError
from schemata.merge.footprint import Footprint, footprint, renamed_between
from schemata.merge.histories import meet
from worker.histories import Histories
from worker.process import sandboxes

logger = logging.getLogger(__name__)


def chart(branch_id: int) -> None:
    """Find out whom the branch meets, and ask for these merges; of the default branch, all that left it.

    Whatever goes wrong, the sweep asks again for a branch whose footprint is not that of its head.
    """
    branch = Branch.objects.select_related("project").filter(pk=branch_id, deleted_at=None).first()
    if branch is None:
        return
    charting = _Charting(branch)
    try:
        charting.run()
    except ServerDown as error:
        logger.warning("branch %s is not charted yet: %s", branch_id, error)
    except (SoftTimeLimitExceeded, Exception):
        logger.exception("branch %s", branch_id)
        charting.give_up()


class _Charting:
    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.project = branch.project
        self.histories = Histories(branch.project)
        self.default, self.others = radar.open_branches(branch.project)

    def run(self) -> None:
        if self.branch.is_default:
            self._follow_default()
            return
        fork = self._fork(self.branch)
        if fork == self.branch.head:
            radar.retire(self.branch)
        else:
            radar.chart(self.branch, fork, self._footprint(fork))

    def give_up(self) -> None:
        """Braid failed, and would again: the branch meets everything."""
        if not self.branch.is_default:
            reason = "Braid failed while it looked at this branch; the worker's log has the reason"
            radar.chart(self.branch, "", Footprint(everything=reason))

    def _follow_default(self) -> None:
        held = {branch.pk for branch in self.others if self._fork(branch) == branch.head}
        radar.follow_default(self.branch, {branch.pk for branch in self.others} - held, held)

    def _fork(self, branch: Branch) -> str:
        """Where the branch left the default one; empty where they share nothing."""
        return merge_base(self.histories.repository, self.default.head, branch.head) if self.default else ""

    def _footprint(self, fork: str) -> Footprint | None:
        """The branch's footprint; None where it has nothing that runs, which its own page says."""
        if why_stopped(self.branch, self.branch.head):
            return None
        try:
            base = self._read(fork)
            head = self._read(self.branch.head)
        except (LayoutError, TreeError):
            return None
        if not head.is_runnable or not base.is_runnable:
            return None
        try:
            return self._of_histories(base, head)
        except ServerDown:
            raise
        except SandboxError as error:
            return Footprint(everything=f"it could not be run: {error}")

    def _read(self, commit: str) -> History:
        return self.histories.read(commit).history if commit else History("", "", ())

    def _of_histories(self, base: History, head: History) -> Footprint | None:
        """Migrations of the branch are looked at as they run on what had landed, as merges do it."""
        meeting = meet(base, base, head)
        if meeting.edited:
            return Footprint(everything=f"it changes {meeting.edited[0]}, which had landed")
        landed = History(head.layout, head.root, meeting.trunk)
        own = History(head.layout, head.root, (*meeting.trunk, *meeting.theirs))
        before, after = self._replay(landed, own)
        if before.failure or after.failure:
            return None
        return footprint(before.catalog, after.catalog, meeting.theirs, self._renamed(base))

    def _renamed(self, base: History) -> dict[str, str]:
        """New names that the default branch gave since the branch left it."""
        try:
            now = self._read(self.default.head if self.default else "")
        except (LayoutError, TreeError):
            return {}
        if now.migrations == base.migrations or not now.is_runnable:
            return {}
        before, after = self._replay(base, now)
        return {} if before.failure or after.failure else renamed_between(before.catalog, after.catalog)

    def _replay(self, before: History, after: History) -> tuple[Replay, Replay]:
        postgres = after.postgres or self.project.postgres
        return sandboxes().replay_pair(
            before,
            after,
            owner=self.project.key.hex,
            postgres=postgres,
            deadline_s=settings.CHECK_DEADLINE_S,
        )
