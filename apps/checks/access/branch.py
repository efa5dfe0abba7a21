"""One branch's judgement in full: what changes, which migrations do it, what was found, how long it took."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from apps.checks.access.migrations import MigrationView, migrations_of
from apps.checks.access.overview import BranchSummary, summarize
from apps.checks.content.diffs import load_objects
from apps.checks.content.findings import findings_of
from apps.checks.models import Diff, Judgement, State, Verdict
from apps.projects.models import Project
from apps.repositories.models import Branch
from schemata.catalog import Address, Kind
from schemata.findings import Finding


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change. `before` and `after` are readable SQL definitions, empty where there is none.

    `attributes` are (name, before, after) as text, for `alter` and `rename`. A covered change (the column
    of a new table) is said by its object already and has no definitions. `is_soft`: nothing can tell.
    `is_recreated`: dropped and made anew under the same name, so what it held, if anything, is lost. `is_behind`: the
    default branch did the reverse since this branch left it; this branch never touched the object.
    """

    action: str
    kind: str
    address: str
    name: str
    summary: str
    before: str
    after: str
    attributes: tuple[tuple[str, str, str], ...]
    is_soft: bool = False
    is_covered: bool = False
    is_recreated: bool = False
    is_behind: bool = False


@dataclass(frozen=True, slots=True)
class ObjectChanges:
    """The changes of one object a person thinks in: a table with its parts, a type, a view.

    `action` is what happened to the object itself, `alter` where only its parts changed. `before` and
    `after` are the whole object as SQL on either side; `previous` its old name after a rename, and
    `previous_addresses` what it and its parts were called before.
    """

    action: str
    kind: str
    address: str
    changes: tuple[ChangeView, ...]
    name: str = ""
    previous: str = ""
    before: str = ""
    after: str = ""
    previous_addresses: tuple[str, ...] = ()

    @property
    def is_behind(self) -> bool:
        """Whether all of it is the default branch's doing."""
        return bool(self.changes) and all(change.is_behind for change in self.changes)


@dataclass(frozen=True, slots=True)
class FailureView:
    """Where a replay stopped. `excerpt` is the line with a caret line under the place Postgres named.

    `statement` counts from 0 in the migration; None where no single one is to blame.
    """

    migration: str
    path: str
    statement: int | None
    sqlstate: str
    message: str
    detail: str
    hint: str
    line: int | None
    column: int | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class BranchPage:
    """`verdict` is the newest; `judged` the newest that holds a judgement, for the time a job runs.

    `objects` have changed objects first (alter, rename, add, drop), each group by name. `migrations` are
    those that the default branch lacks, in the order they run, then the count of the shared ones in `shared`.
    """

    summary: BranchSummary
    verdict: Verdict | None
    judged: Verdict | None
    judgement: Judgement | None
    diff: Diff | None
    objects: tuple[ObjectChanges, ...] = ()
    migrations: tuple[MigrationView, ...] = ()
    shared: int = 0
    findings: tuple[Finding, ...] = ()
    failure: FailureView | None = None
    findings_by_path: dict[str, tuple[Finding, ...]] = field(default_factory=dict)


def find_branch(project: Project, name: str) -> Branch:
    """The branch, deleted or not; raises Http404."""
    branch = Branch.objects.select_related("pushed_by").filter(project=project, name=name).first()
    if branch is None:
        raise Http404("No such branch")
    branch.project = project
    return branch


def find_verdict(project: Project, verdict_id: int) -> Verdict:
    found = verdicts_of(project).filter(pk=verdict_id).first()
    if found is None:
        raise Http404("No such verdict")
    return found


def branch_summary(project: Project, name: str) -> BranchSummary:
    branch = find_branch(project, name)
    return summarize(branch, latest_verdict(branch), project.default_branch)


def latest_verdict(branch: Branch) -> Verdict | None:
    return verdicts_of(branch.project).filter(branch=branch).order_by("-id").first()


def last_replayed(branch: Branch) -> tuple[Verdict, int] | None:
    """The newest verdict of the branch whose replay reached its end, and the id of its snapshot."""
    replayed = verdicts_of(branch.project).filter(branch=branch, judgement__head__snapshot__isnull=False)
    verdict = replayed.order_by("-id").first()
    if verdict is None or verdict.judgement is None or verdict.judgement.head is None:
        return None
    return verdict, verdict.judgement.head.snapshot_id or 0


def branch_page(project: Project, name: str) -> BranchPage:
    """The page of the branch as it stands: its newest verdict, or the one before while that runs."""
    branch = find_branch(project, name)
    verdict = latest_verdict(branch)
    judged = verdict if verdict is None or verdict.judgement_id else _last_judged(branch)
    return _page(project, branch, verdict, judged)


def verdict_page(project: Project, verdict_id: int) -> BranchPage:
    """The page of one verdict, also of an old one."""
    verdict = find_verdict(project, verdict_id)
    return _page(project, verdict.branch, verdict, verdict if verdict.judgement_id else None)


def object_changes(diff: Diff | None) -> tuple[ObjectChanges, ...]:
    """The changes grouped by the object a person thinks in: the branch's own first, changed before new."""
    if diff is None:
        return ()
    return _grouped(diff)


@lru_cache(maxsize=4)
def _grouped(diff: Diff) -> tuple[ObjectChanges, ...]:
    """A diff never changes, and a person who pages through a large one asks for it again and again."""
    objects = [_object(stored) for stored in load_objects(diff)]
    return tuple(sorted(objects, key=lambda o: (o.is_behind, _ORDER.index(o.action), o.kind, o.address)))


_ORDER = ("alter", "rename", "add", "drop")


def verdicts_of(project: Project) -> QuerySet[Verdict]:
    """The project's verdicts with what is shown of them loaded."""
    related = ("branch__pushed_by", "judgement__diff", "judgement__head", "judgement__base")
    return Verdict.objects.filter(project=project).select_related(*related)


def _last_judged(branch: Branch) -> Verdict | None:
    judged = verdicts_of(branch.project).filter(branch=branch, judgement__isnull=False)
    return judged.exclude(state=State.SUPERSEDED).order_by("-id").first()


def _page(project: Project, branch: Branch, verdict: Verdict | None, judged: Verdict | None) -> BranchPage:
    summary = summarize(branch, verdict, project.default_branch)
    judgement = judged.judgement if judged else None
    if judged is None or judgement is None:
        return BranchPage(summary, verdict, None, None, None)
    findings = findings_of(judgement)
    return BranchPage(
        summary=summary,
        verdict=verdict,
        judged=judged,
        judgement=judgement,
        diff=judgement.diff,
        objects=object_changes(judgement.diff),
        migrations=migrations_of(project, judgement),
        shared=judgement.shared,
        findings=findings,
        failure=_failure(judgement),
        findings_by_path=_by_path(findings),
    )


def _by_path(findings: tuple[Finding, ...]) -> dict[str, tuple[Finding, ...]]:
    paths = {finding.path for finding in findings}
    return {path: tuple(f for f in findings if f.path == path) for path in paths}


def _failure(judgement: Judgement) -> FailureView | None:
    stored = judgement.head.failure if judgement.head else None
    return FailureView(**stored) if stored else None


def _object(stored: dict[str, Any]) -> ObjectChanges:
    return ObjectChanges(
        action=stored["action"],
        kind=stored["kind"],
        address=stored["address"],
        changes=tuple(_change(change) for change in stored["changes"]),
        name=stored["name"],
        previous=stored["previous"],
        before=stored["before"],
        after=stored["after"],
        previous_addresses=tuple(_address(c["previous"]) for c in stored["changes"] if c["previous"]),
    )


def _address(stored: list[str]) -> str:
    """An address of `Change.to_json` as text."""
    return str(Address(Kind(stored[0]), *stored[1:]))


def _change(stored: dict[str, Any]) -> ChangeView:
    return ChangeView(
        action=stored["action"],
        kind=stored["kind"],
        address=stored["address"],
        name=stored["name"],
        summary=stored["summary"],
        before=stored["before_sql"],
        after=stored["after_sql"],
        attributes=tuple((name, _text(old), _text(new)) for name, old, new in stored["attributes"]),
        is_soft=stored["soft"],
        is_covered=stored["covered_by"] is not None,
        is_recreated=stored["recreated"],
        is_behind=stored["behind"],
    )


def _text(value: Any) -> str:
    """An attribute's value as a person reads it."""
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(
            f"{name} {_text(each)}" for name, each in value.items() if each not in (None, "", False)
        )
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    return str(value)
