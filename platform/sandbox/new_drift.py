"""What a commit adds to the drift of its schema file, for its verdict and for what the queue lands.

Drift that an earlier commit has already is nobody's doing here: people who are to mend their own
must not have to look for it among that of others.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sandbox.drifting import Drift, find_drift
from sandbox.errors import SandboxError, ServerDown
from sandbox.pool import Sandboxes
from sandbox.replays import OnProgress
from schemata.findings import Finding, Severity
from schemata.history import History, SourceFile

LAYOUT = "prisma"
KNOWN = "drift.known"
NOT_COMPARED = "drift.not-compared"
KEPT = 64
_MODEL = re.compile(r"^(?:\s*(?:model|view|enum)\b|<<<<<<<)", re.MULTILINE)
Key = tuple[str, int | None, str, tuple[SourceFile, ...]]
# By what they depend on: the owner, too, for what two teams have in common they need not know.
_known: OrderedDict[Key, tuple[Finding, ...]] = OrderedDict()


@dataclass(frozen=True, slots=True)
class NewDrift:
    """`added` is what no earlier history says otherwise than its migrations, `known` what one of them does.

    `problem`, where it is not empty, says why file and migrations could not be compared; another try may
    differ where that is not `conclusive`.
    """

    added: tuple[Finding, ...] = ()
    known: tuple[Finding, ...] = ()
    problem: str = ""
    conclusive: bool = True

    @property
    def count(self) -> int | None:
        """How much was added, None where that is not known."""
        return None if self.problem else len(self.added)

    def findings(self) -> tuple[Finding, ...]:
        """As a verdict tells them: nothing of it keeps a branch from passing, unless a policy says so."""
        if self.problem:
            message = f"The schema file was not compared with the migrations: {self.problem}"
            return (Finding(NOT_COMPARED, Severity.NOTICE, message),)
        warnings = tuple(replace(each, severity=Severity.WARNING) for each in self.added)
        return (*warnings, *self._known())

    def _known(self) -> tuple[Finding, ...]:
        if not self.known:
            return ()
        first, count = self.known[0], len(self.known)
        more = f", and {count - 1} more" if count > 1 else ""
        message = f"The schema file drifted before this branch: {first.message}{more}"
        hint = "braid drift lists all of it." if more else first.hint
        return (Finding(KNOWN, Severity.NOTICE, message, hint, first.path, first.line, None, first.object),)


def find_new_drift(
    sandboxes: Sandboxes,
    head: History,
    earlier: Sequence[History],
    *,
    owner: str,
    postgres: int | None = None,
    deadline_s: float,
    on_progress: OnProgress | None = None,
) -> NewDrift:
    """Hold the schema file of `head` to its migrations, and to what those before it had drifted by.

    Only Prisma has a file that can drift; other layouts add nothing. `head` must replay. Raises ServerDown
    when no sandbox server can be had; a deadline or a limit is a problem.
    """
    if not has_file(head):
        return NewDrift()
    if not _has_models(head):
        return NewDrift(problem="it has no models, so it describes no database")

    run = partial(
        find_drift,
        sandboxes,
        owner=owner,
        postgres=postgres,
        deadline_s=deadline_s,
        on_progress=on_progress,
    )
    try:
        found, known = _errors(run(head)), set[tuple[str, str, str]]()
        for history in filter(has_file, earlier):
            if all(_said(each) in known for each in found):
                break
            known |= {_said(each) for each in _errors_before((owner, postgres), history, run)}
    except ServerDown:
        raise
    except SandboxError as error:
        return NewDrift(problem=str(error), conclusive=False)
    return NewDrift(
        tuple(each for each in found if _said(each) not in known),
        tuple(each for each in found if _said(each) in known),
    )


def _errors(found: Drift) -> tuple[Finding, ...]:
    return tuple(each for each in found.findings if each.severity is Severity.ERROR)


def _errors_before(
    whose: tuple[str, int | None], history: History, run: Callable[[History], Drift]
) -> tuple[Finding, ...]:
    """Kept for the next: what one push is held against most others are, too."""
    key = (*whose, history.hash, history.schema_files)
    found = _known.get(key)
    if found is None:
        found = _errors(run(history))
        while len(_known) >= KEPT:
            _known.popitem(last=False)
        _known[key] = found
    return found


def has_file(history: History) -> bool:
    """Whether there is a file that can drift."""
    return history.layout == LAYOUT and bool(history.schema_files) and history.is_runnable


def _has_models(history: History) -> bool:
    """By the words that begin its blocks; what only looks like one is read later."""
    return any(_MODEL.search(file.text) for file in history.schema_files)


def _said(found: Finding) -> tuple[str, str, str]:
    """A finding wherever in the file it stands."""
    return found.rule, found.object, found.message
