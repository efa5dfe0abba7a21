"""From two histories to one judgement: the same reasoning for the server and for `braid check`.

Values in, values out: the caller reads the histories, owns the sandboxes and
saves or prints what comes back. What is wrong with a team's files or SQL comes
back as findings; only `ServerDown`, which is nobody's mistake, is raised.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from sandbox import Sandboxes
from sandbox.errors import DeadlineExceeded, ExtensionMissing, LimitExceeded, NoInstallation
from sandbox.new_drift import find_new_drift, has_file
from sandbox.replays import OnProgress, Replay, ReplayFailure
from schemata.catalog import Catalog, Kind
from schemata.changes import Action, Change
from schemata.diff import diff
from schemata.findings import Finding, Severity
from schemata.history import History
from schemata.layouts import compare_landed


class Outcome(StrEnum):
    """PASSED: nothing blocks. FAILED: a finding blocks. UNUSABLE: there is no history to judge."""

    PASSED = "passed"
    FAILED = "failed"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What can be said about `head` against `base`; `shared` counts the migrations both begin with.

    `drift` counts by what the branch makes its schema file say otherwise than the migrations, None where that is
    not known, or, where it `awaits_drift`, not yet. Not `conclusive`: a deadline, a limit or what this
    machine lacks took part, so another try may differ.
    """

    outcome: Outcome
    headline: str
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    base: Replay | None = None
    head: Replay | None = None
    shared: int = 0
    drift: int | None = None
    awaits_drift: bool = False
    conclusive: bool = True


def unusable(finding: Finding) -> Judgement:
    """The judgement of a commit whose files give no history (`LayoutError.finding`)."""
    return Judgement(Outcome.UNUSABLE, headline=finding.message, findings=(finding,))


def judge(
    sandboxes: Sandboxes,
    base: History | None,
    head: History,
    *,
    fork: History | None = None,
    owner: str,
    postgres: int | None = None,
    deadline_s: float,
    on_progress: OnProgress | None = None,
    holds_file: bool = True,
) -> Judgement:
    """Replay both histories and say what `head` does to the database that `base` makes.

    `base` is None where there is nothing to compare with (a first push). `fork` is
    the history where the branch left the base, if the base has moved on since.
    Without `holds_file` a schema file is left to whoever runs `find_new_drift` later, with the same histories.
    Raises `ServerDown` when no sandbox server can be had.
    """
    landed = base or History(head.layout, head.root, ())
    case = _Case(landed, head, fork or landed)
    if not head.is_runnable:
        return case.conclude()
    if not landed.is_runnable:
        case = replace(case, base=replace(landed, migrations=()), seen=(_base_unusable(landed),))
    run = partial(sandboxes.replay_pair, owner=owner, postgres=postgres, deadline_s=deadline_s)
    try:
        before, after = run(case.base, head, on_progress=on_progress)
        if after.failure:
            return case.stopped(before, after)
        # What the base has gained since the branch left it shows as dropped; it is not the branch's doing.
        own = before if fork is None else run(fork, fork)[0]
        if not holds_file and has_file(head):
            return replace(case.compared(before, after, own.catalog), awaits_drift=True)
        drift = find_new_drift(
            sandboxes,
            head,
            (landed, fork or landed),
            owner=owner,
            postgres=postgres,
            deadline_s=deadline_s,
            on_progress=on_progress,
        )
    except (DeadlineExceeded, LimitExceeded, ExtensionMissing, NoInstallation) as error:
        return replace(case.conclude(_from_sandbox(error)), conclusive=False)
    judged = case.compared(before, after, own.catalog, *drift.findings())
    return replace(judged, drift=drift.count, conclusive=drift.conclusive)


@dataclass(frozen=True, slots=True)
class _Case:
    """One head, its base and where the two parted; each method is a way in which it can end."""

    base: History
    head: History
    fork: History
    seen: tuple[Finding, ...] = ()

    def conclude(
        self,
        *found: Finding,
        changes: tuple[Change, ...] = (),
        before: Replay | None = None,
        after: Replay | None = None,
    ) -> Judgement:
        findings = (*self._read(), *self.seen, *found)
        blocking = next((f for f in findings if f.severity is Severity.ERROR), None)
        outcome = Outcome.FAILED if blocking else Outcome.PASSED
        headline = _place(blocking) if blocking else _summary(self._new(), _own(changes))
        shared = shared_length(self.base, self.head)
        return Judgement(outcome, headline, findings, changes, before, after, shared)

    def stopped(self, before: Replay, after: Replay) -> Judgement:
        found = [_from_failure(after.failure, landed=before.failure is not None)] if after.failure else []
        return self.conclude(*found, before=before, after=after)

    def compared(self, before: Replay, after: Replay, own: Catalog, *more: Finding) -> Judgement:
        same_origin = before.origin == after.origin
        changes = diff(before.catalog, after.catalog, same_origin=same_origin, trunk=after.trunk)
        # A branch that has nothing of its own, as one that landed in other words, does nothing to the base.
        is_bare = self.fork.migrations == self.head.migrations
        changes = tuple(replace(each, behind=is_bare or _is_behind(each, own)) for each in changes)
        found = (*_base_broken(before), *_losses(_own(changes)), *more)
        return self.conclude(*found, changes=changes, before=before, after=after)

    def _read(self) -> tuple[Finding, ...]:
        """What the files say before anything has run."""
        landed = compare_landed(self.base, self.head, self.fork)
        return (*self.head.findings, *landed, *_behind(self.fork, self.base, self.head))

    def _new(self) -> int:
        known = {migration.name for migration in self.base.migrations}
        return sum(migration.name not in known for migration in self.head.migrations)


def shared_length(base: History, head: History) -> int:
    """How many leading migrations are the same in both."""
    pairs = zip(base.prefix_hashes()[1:], head.prefix_hashes()[1:], strict=False)
    return next((i for i, (ours, theirs) in enumerate(pairs) if ours != theirs), _shorter(base, head))


def _shorter(base: History, head: History) -> int:
    return min(len(base.migrations), len(head.migrations))


def _place(finding: Finding) -> str:
    """`path:line: message`, on one line."""
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    message = " ".join(finding.message.split())
    return f"{place}: {message}" if place else message


def _summary(new: int, changes: tuple[Change, ...]) -> str:
    if not changes:
        return (
            f"{_count(new, 'new migration')}, no change to the schema" if new else "no change to the schema"
        )
    # The columns of a new table are said by the table.
    told = tuple(change for change in changes if change.covered_by is None) or changes
    what = "; ".join(c.summary for c in told) if len(told) <= 2 else _totals(told)
    return f"{_count(new, 'new migration')}: {what}" if new else what


def _totals(changes: tuple[Change, ...]) -> str:
    words = {"add": "added", "alter": "altered", "rename": "renamed", "drop": "dropped"}
    counted = {action: sum(c.action == action for c in changes) for action in words}
    return ", ".join(f"{counted[action]} {word}" for action, word in words.items() if counted[action])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _from_failure(failure: ReplayFailure, *, landed: bool) -> Finding:
    hints = [failure.detail, failure.hint]
    if landed:
        hints.append("The default branch fails as well, so this did not begin here.")
    return Finding(
        rule="replay.base-failed" if landed else "replay.failed",
        severity=Severity.ERROR,
        message=f"{failure.migration} fails: {failure.message}",
        hint=" ".join(hint for hint in hints if hint),
        path=failure.path,
        line=failure.line,
        column=failure.column,
    )


_HINTS: dict[type[Exception], str] = {
    LimitExceeded: "It was stopped by this server, not refused by Postgres: if nothing in the statement asks for "
    "so much, run the check again.",
    DeadlineExceeded: "If the statement is not what takes so long, run the check again: the server may be busy.",
}


def _from_sandbox(
    error: DeadlineExceeded | LimitExceeded | ExtensionMissing | NoInstallation,
) -> Finding:
    rules = {
        DeadlineExceeded: "replay.deadline",
        LimitExceeded: "replay.limit",
        ExtensionMissing: "replay.extension-missing",
        NoInstallation: "replay.postgres-missing",
    }
    return Finding(
        rule=rules[type(error)], severity=Severity.ERROR, message=str(error), hint=_HINTS.get(type(error), "")
    )


def _base_unusable(base: History) -> Finding:
    reason = next(f for f in base.findings if f.severity is Severity.ERROR)
    return Finding(
        rule="history.base-unusable",
        severity=Severity.NOTICE,
        message=f"The default branch cannot be run, so this is compared with an empty database: {reason.message}",
        path=reason.path,
        line=reason.line,
        column=reason.column,
    )


def _base_broken(before: Replay) -> Iterator[Finding]:
    if before.failure:
        yield Finding(
            rule="replay.base-broken",
            severity=Severity.NOTICE,
            message=f"The default branch stops at {before.failure.migration}: {before.failure.message}",
            hint="The changes are counted from where it stopped.",
            path=before.failure.path,
            line=before.failure.line,
            column=before.failure.column,
        )


def _behind(fork: History, base: History, head: History) -> Iterator[Finding]:
    known = {m.name for m in fork.migrations} | {m.name for m in head.migrations}
    missing = [m.name for m in base.migrations if m.name not in known]
    if missing:
        names = ", ".join(missing[:3]) + (" and more" if len(missing) > 3 else "")
        yield Finding(
            rule="history.behind",
            severity=Severity.NOTICE,
            message=f"The default branch has {_count(len(missing), 'migration')} that this branch lacks: {names}",
            hint="What they made is listed apart, until the default branch is merged into this one.",
        )


def _own(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """What the branch itself does."""
    return tuple(change for change in changes if not change.behind)


def _is_behind(change: Change, fork: Catalog) -> bool:
    """Whether the branch has the object as it was where it left the base: then it was the base that moved on."""
    subject = change.after or change.before
    if subject is None or change.soft or change.recreated:
        return False
    return fork.objects.get(subject.address) == change.after


def _losses(changes: tuple[Change, ...]) -> Iterator[Finding]:
    """Tables and columns that the branch drops."""
    for change in changes:
        lost = change.action is Action.DROP and change.address.kind in (Kind.TABLE, Kind.COLUMN)
        if lost and change.covered_by is None:
            yield Finding(
                rule=f"loss.{change.address.kind}",
                severity=Severity.NOTICE,
                message=f"Drops {change.address} with the data in it",
                object=str(change.address),
            )
