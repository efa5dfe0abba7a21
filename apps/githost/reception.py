"""What Braid does about one push: admits it from quarantine, records it, tells the pusher what it saw."""

import asyncio
import logging
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from apps.githost import proposing, remarks
from apps.githost.authorisation import Grant
from apps.githost.database import in_reading_thread, in_thread
from apps.githost.histories import is_filled
from apps.githost.hooks import Question, Say
from apps.githost.rules import Ground, refusals
from apps.repositories.actions import HEADS, record_push
from apps.repositories.models import Push
from apps.repositories.storage import open_quarantine, size_on_disk

logger = logging.getLogger(__name__)

# Seconds between looks at the verdict: often at first, when most verdicts come.
FIRST_LOOK_S, LONGEST_LOOK_S = 0.05, 0.4
MEGABYTE = 1024 * 1024


class Reception:
    """Answers the hooks of one push."""

    def __init__(self, grant: Grant) -> None:
        self._grant = grant

    async def judge(self, question: Question, say: Say) -> bool:
        """Whether git may go on; what the pusher should read goes to `say`."""
        if question.hook == "pre-receive":
            return await self._admit(question, say)
        await self._welcome(question, say)
        return True

    async def _admit(self, question: Question, say: Say) -> bool:
        found = await in_thread(self._refusals, question)
        for sentence in found:
            say(sentence)
        if found:
            say("Nothing of this push was taken.")
        return not found

    def _refusals(self, question: Question) -> tuple[str, ...]:
        return refusals(question.changes, self._ground(question.quarantine))

    def _ground(self, quarantine: str) -> Ground:
        folder, project = self._grant.repository, self._grant.project
        sizes = [size_on_disk(folder / "objects"), size_on_disk(Path(quarantine)) if quarantine else 0]
        return Ground(
            default_branch=project.default_branch,
            default_filled=is_filled(project, open_quarantine(folder, "")),
            size_mb=sum(sizes) // MEGABYTE,
            quota_mb=settings.PROJECT_QUOTA_MB,
        )

    async def _welcome(self, question: Question, say: Say) -> None:
        try:
            push = await in_thread(record_push, self._grant.project, self._grant.user, question.changes)
        except DatabaseError:
            logger.exception("a push to %s is not recorded yet", self._grant.project.pk)
            say("Braid has your push but can't note it right now; its verdict will come within minutes.")
            return
        await self._tell_contents(question, say)
        await self._tell_proposals(question, say)
        if any(change.ref.startswith(HEADS) and change.after for change in question.changes):
            await self._tell_verdicts(push, say)

    async def _tell_contents(self, question: Question, say: Say) -> None:
        try:
            lines = await in_reading_thread(remarks.on_push, self._grant.project, question.changes)
        except Exception:
            # The push is taken and recorded; a file that no reader was made for must not hide that.
            logger.exception("what a push to %s holds could not be read", self._grant.project.pk)
            lines = ["Braid could not look into this push; whoever runs it finds the reason in its log."]
        for line in lines:
            say(line)

    async def _tell_proposals(self, question: Question, say: Say) -> None:
        try:
            for line in await in_thread(self._propose, question):
                say(line)
        except Exception:
            logger.exception("the proposals of a push to %s could not be told", self._grant.project.pk)
            say("Braid could not propose or look up proposals now; their page can.")

    def _propose(self, question: Question) -> list[str]:
        grant = self._grant
        return list(proposing.answer(grant.project, grant.user, question.changes, question.options))

    async def _tell_verdicts(self, push: Push, say: Say) -> None:
        """Say each verdict, and with whom a branch collides, that is known within the time that a pusher is kept
        waiting; the pages show the others."""
        told: set[tuple[str, int]] = set()
        awaited = "The verdict is on its way."
        wait, left = FIRST_LOOK_S, settings.VERDICT_WAIT_MS / 1000
        while left > 0:
            await asyncio.sleep(wait)
            report = await in_thread(remarks.on_verdicts, push, told)
            for line in report.lines:
                say(line)
            told |= report.told
            awaited = report.awaited
            if not awaited:
                return
            left, wait = left - wait, min(wait * 1.5, LONGEST_LOOK_S)
        say(awaited)
