"""The push history of a project: who moved which ref when, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from apps.accounts.models import User
from apps.checks.models import Verdict
from apps.projects.models import Project
from apps.repositories.models import Push, RefUpdate

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class UpdateView:
    """One ref that moved; `branch` is empty for a tag, `verdict` None where nothing was judged."""

    ref: str
    branch: str
    kind: str
    before: str
    after: str
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class PushView:
    id: int
    pusher: User | None
    received_at: datetime
    updates: tuple[UpdateView, ...]


def push_history(
    project: Project, *, before_id: int | None = None, limit: int = PAGE_SIZE
) -> tuple[PushView, ...]:
    """The pushes older than `before_id`, newest first; three queries."""
    pushes = Push.objects.filter(project=project).select_related("pusher").order_by("-id")
    if before_id is not None:
        pushes = pushes.filter(id__lt=before_id)
    found = list(pushes.prefetch_related("updates")[:limit])
    verdicts = Verdict.objects.filter(push__in=found).select_related("branch", "judgement__diff")
    by_place = {(v.push_id, v.branch.name, v.commit): v for v in verdicts.order_by("id")}
    return tuple(_push(push, by_place) for push in found)


def _push(push: Push, verdicts: dict[tuple[int | None, str, str], Verdict]) -> PushView:
    updates = tuple(_update(push, update, verdicts) for update in push.updates.all())
    return PushView(push.pk, push.pusher, push.received_at, updates)


def _update(
    push: Push, update: RefUpdate, verdicts: dict[tuple[int | None, str, str], Verdict]
) -> UpdateView:
    verdict = verdicts.get((push.pk, update.branch_name, update.after))
    return UpdateView(update.ref, update.branch_name, update.kind, update.before, update.after, verdict)
