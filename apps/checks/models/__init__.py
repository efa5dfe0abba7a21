"""What Braid keeps of its judgements.

A `Verdict` is one branch head waiting for, or holding, its judgement; it is the
row that is claimed, watched and shown. Everything a judgement consists of lies
in rows addressed by content and scoped to their project (`Judgement`, `Replay`,
`Step`, `Snapshot`, `Diff`, `FindingRecord`), so a push stores only what no
earlier push has stored, and the same input never runs twice.
"""

from apps.checks.models.content import Diff, FindingRecord, Judgement, Replay, Snapshot, Step
from apps.checks.models.verdict import ACTIVE, FINISHED, State, Verdict

__all__ = [
    "ACTIVE",
    "FINISHED",
    "Diff",
    "FindingRecord",
    "Judgement",
    "Replay",
    "Snapshot",
    "State",
    "Step",
    "Verdict",
]
