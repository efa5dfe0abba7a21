"""The `remote:` lines after a push: what Braid found in it, where to read on, and the verdict if it is there.

Everything here is also on the branch's page; nothing here decides anything.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from urllib.parse import quote

import pygit2
from django.conf import settings

from apps.checks.content import findings_of
from apps.checks.models import State, Verdict
from apps.githost.histories import history_of
from apps.merges.access import collisions_of, is_settled
from apps.projects.models import Project
from apps.repositories.actions import HEADS, RefChange
from apps.repositories.commits import branch_head, merge_base
from apps.repositories.models import Push
from apps.repositories.storage import open_repository
from apps.repositories.trees import TreeError
from schemata.findings import Finding, Severity
from schemata.history import History
from schemata.layouts import LayoutError, compare_landed

MAX_BRANCHES = 5
MAX_NAMES = 10
MAX_FINDINGS = 5
# What is found out after the verdict.
DRIFT = ("drift.", "schema.")


@dataclass(frozen=True, slots=True)
class Report:
    """Lines about verdicts and collisions that are known, and what of which branch was told by now.

    `awaited` says what is still on its way, empty where nothing is.
    """

    lines: tuple[str, ...]
    told: frozenset[tuple[str, int]]
    awaited: str


def on_push(project: Project, changes: Sequence[RefChange]) -> list[str]:
    """What each pushed branch holds, and the address of its page."""
    moved = [change for change in changes if change.ref.startswith(HEADS) and change.after]
    moved.sort(key=lambda change: change.ref != HEADS + project.default_branch)
    repository = open_repository(project)
    lines = [""]
    for change in moved[:MAX_BRANCHES]:
        lines += _on_branch(project, repository, change)
    if len(moved) > MAX_BRANCHES:
        lines.append(f"And {len(moved) - MAX_BRANCHES} more branches: {_project_url(project)}")
    return lines if moved else []


def on_verdicts(push: Push, told: set[tuple[str, int]]) -> Report:
    """The verdicts of a push that have come since `told`, and then with whom its branches collide."""
    awaited = [update for update in push.updates.all() if update.branch_name and update.after][:MAX_BRANCHES]
    verdicts = Verdict.objects.filter(push=push).select_related("branch", "judgement", "project__team")
    finished = [verdict for verdict in verdicts if verdict.is_finished]
    ready = [verdict for verdict in finished if ("verdict", verdict.branch_id) not in told]
    lines = [line for verdict in ready for line in _on_verdict(verdict)]
    met = [v for v in finished if ("collisions", v.branch_id) not in told and _is_charted(v)]
    compared = [v for v in finished if ("drift", v.branch_id) not in told and not _awaits_drift(v)]
    lines += [line for verdict in compared for line in _on_drift(verdict)]
    lines += [line for verdict in met for line in _on_collisions(verdict)]
    now_told = {("verdict", verdict.branch_id) for verdict in ready}
    now_told |= {("drift", verdict.branch_id) for verdict in compared}
    now_told |= {("collisions", verdict.branch_id) for verdict in met}
    return Report(tuple(lines), frozenset(now_told), _awaited(told | now_told, len(awaited)))


def _awaited(told: Set[tuple[str, int]], branches: int) -> str:
    counts = {about: sum(each == about for each, _ in told) for about in ("verdict", "drift", "collisions")}
    if counts["verdict"] < branches:
        return "The verdict is on its way."
    if counts["drift"] < branches:
        return "The schema file is still being compared with the migrations."
    return "" if counts["collisions"] >= branches else "Merges with other branches are still running."


def _is_charted(verdict: Verdict) -> bool:
    """Whether all is known of a branch's collisions; of one that does not merge at all, there is nothing to know."""
    if verdict.state != State.PASSED or verdict.branch.name == verdict.project.default_branch:
        return True
    return is_settled(verdict.branch, verdict.commit)


def _awaits_drift(verdict: Verdict) -> bool:
    return verdict.judgement is not None and verdict.judgement.awaits_drift


def _on_drift(verdict: Verdict) -> Iterator[str]:
    if verdict.judgement is not None and verdict.judgement.drift:
        found = [each for each in findings_of(verdict.judgement) if each.rule.startswith(DRIFT)]
        yield from _findings(found)


def _on_collisions(verdict: Verdict) -> Iterator[str]:
    branch = verdict.branch
    branch.project = verdict.project
    if verdict.state != State.PASSED or branch.is_default:
        return
    found = collisions_of(branch)
    for pair in found[:MAX_FINDINGS]:
        other = pair.other(branch)
        who = f" ({other.pushed_by})" if other.pushed_by and not other.is_default else ""
        more = f" and {len(pair.objects) - 1} more" if len(pair.objects) > 1 else ""
        yield f"{branch.name}: collides with {other.name}{who} on {pair.objects[0]}{more}"
    if len(found) > MAX_FINDINGS:
        yield f"and with {len(found) - MAX_FINDINGS} more branches: {_project_url(verdict.project)}radar/"


def _on_branch(project: Project, repository: pygit2.Repository, change: RefChange) -> Iterator[str]:
    name = change.ref.removeprefix(HEADS)
    try:
        head = history_of(project, repository, change.after)
    except (LayoutError, TreeError) as error:
        yield from _trouble(name, error)
    else:
        yield _layout(name, head)
        if name != project.default_branch:
            yield from _against_default(project, repository, change.after, head)
        yield from _findings(head.findings)
    yield _branch_url(project, name)
    yield ""


def _against_default(
    project: Project, repository: pygit2.Repository, commit: str, head: History
) -> Iterator[str]:
    default = branch_head(repository, project.default_branch)
    base = _history_or_none(project, repository, default)
    if base is None:
        return
    known = {migration.name for migration in base.migrations}
    new = [migration.name for migration in head.migrations if migration.name not in known]
    yield f"{_count(len(new), 'new migration')} against {project.default_branch}{':' if new else ''}"
    yield from _listed(new)
    # What came to the default branch after the branch left it is not the branch's doing.
    fork = merge_base(repository, default, commit)
    fork_history = base if fork == default else _history_or_none(project, repository, fork)
    yield from _findings(compare_landed(base, head, fork_history))


def _history_or_none(project: Project, repository: pygit2.Repository, commit: str) -> History | None:
    """A default branch without a readable layout is reported on its own page, not to each pusher."""
    if not commit:
        return None
    try:
        return history_of(project, repository, commit)
    except (LayoutError, TreeError):
        return None


def _layout(name: str, history: History) -> str:
    where = f" in {history.root}" if history.root else ""
    return f"{name}: {history.layout}{where}, {_count(len(history.migrations), 'migration')}"


def _trouble(name: str, error: Exception) -> Iterator[str]:
    yield f"{name}: Braid can't read the migrations of this branch yet."
    if isinstance(error, LayoutError):
        yield from _findings((error.finding,))
    else:
        yield f"  {error}"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    shown = [finding for finding in findings if finding.severity is not Severity.NOTICE]
    for finding in shown[:MAX_FINDINGS]:
        yield f"  {finding.severity}: {_place(finding)}{finding.message}"
        yield from (f"    {line}" for line in finding.hint.splitlines())
    if len(shown) > MAX_FINDINGS:
        yield f"  and {len(shown) - MAX_FINDINGS} more findings on the page"


def _place(finding: Finding) -> str:
    if not finding.path or finding.path in finding.message:
        return ""
    numbers = [str(number) for number in (finding.line, finding.column) if number is not None]
    return ":".join([finding.path, *numbers]) + ": "


def _on_verdict(verdict: Verdict) -> Iterator[str]:
    if verdict.state == State.SUPERSEDED:
        return
    mark = "ok" if verdict.state == State.PASSED else verdict.state
    yield f"{verdict.branch.name}: replay {mark}: {verdict.headline}"
    if verdict.judgement is not None and verdict.state != State.PASSED:
        errors = [f for f in findings_of(verdict.judgement) if f.severity is Severity.ERROR]
        yield from _findings([f for f in errors if f.message not in verdict.headline])


def _listed(names: Sequence[str]) -> Iterator[str]:
    yield from (f"  {name}" for name in names[:MAX_NAMES])
    if len(names) > MAX_NAMES:
        yield f"  and {len(names) - MAX_NAMES} more"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _project_url(project: Project) -> str:
    return f"{settings.BASE_URL}/{project.team.slug}/{project.slug}/"


def _branch_url(project: Project, name: str) -> str:
    return f"{_project_url(project)}branch/{quote(name)}/"
