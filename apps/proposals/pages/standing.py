"""How a proposal merges with the default branch, in a word and a sentence."""

from dataclasses import dataclass

from apps.merges.models import ACTIVE, Meeting, Outcome, State
from apps.proposals.models import Proposal

WORDS = {
    Outcome.CLEAN: ("Merges", "passed"),
    Outcome.REWRITTEN: ("Merges, rewritten", "passed"),
    Outcome.CONFLICT: ("Conflicts", "failed"),
    Outcome.BROKEN: ("Broken", "failed"),
    Outcome.UNUSABLE: ("Unusable", "unusable"),
}
ICONS = {"passed": "check", "failed": "cross", "running": "spinner", "waiting": "clock"}


@dataclass(frozen=True, slots=True)
class Standing:
    """`word` and `headline` say it; `badge` is the class of components.css, `is_active` while a worker has it.

    `objects` are those in conflict, `is_stale` says that an older head is spoken of.
    """

    word: str
    badge: str
    headline: str
    objects: tuple[str, ...] = ()
    is_active: bool = False
    is_stale: bool = False

    @property
    def icon(self) -> str:
        return ICONS.get(self.badge, "alert")


def standing_of(proposal: Proposal, meeting: Meeting | None) -> Standing:
    """What is known of the proposal's merge, be it of an older head."""
    if meeting is None:
        return Standing("Not merged yet", "waiting", "Braid has not tried to merge this yet.")
    active = meeting.state in ACTIVE
    result = meeting.result
    if meeting.state == State.ERROR:
        return Standing("Braid's error", "error", meeting.error)
    if result is None:
        return Standing("Merging", "running", "A worker merges both heads.", is_active=active)
    word, badge = WORDS[Outcome(result.outcome)]
    if result.outcome == Outcome.CLEAN and result.order_matters:
        word = "Merges, in order"
    return Standing(
        word,
        badge,
        result.headline,
        tuple(result.objects_in_conflict),
        is_active=active,
        is_stale=not meeting.is_current or meeting.merged_theirs != proposal.head,
    )
