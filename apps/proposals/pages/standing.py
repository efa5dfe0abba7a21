"""How a proposal merges with the default branch, in a word and a sentence."""

from dataclasses import dataclass, replace

from apps.merges.models import ACTIVE, Meeting, Merge, Outcome, State
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
    """What is known of the proposal's merge, be it of an older head; of an ended one what it stood for."""
    if not proposal.is_asking:
        return _said(proposal.kept) if proposal.kept else Standing("Never merged", "superseded", "")
    if meeting is None:
        return Standing("Not merged yet", "waiting", "Braid has not tried to merge this yet.")
    if meeting.state == State.ERROR:
        return Standing("Braid's error", "error", meeting.error)
    active = meeting.state in ACTIVE
    if meeting.result is None:
        return Standing("Merging", "running", "A worker merges both heads.", is_active=active)
    is_stale = not meeting.is_current or meeting.merged_theirs != proposal.head
    return replace(_said(meeting.result), is_active=active, is_stale=is_stale)


def for_people(headline: str) -> str:
    """A merge's headline for those who know a branch that is to be merged, and no sides."""
    for side, name in (("ours", "the default branch"), ("theirs", "the branch")):
        if headline.startswith(f"{side} does not replay"):
            return name + headline.removeprefix(side)
    return headline


def _said(merge: Merge) -> Standing:
    word, badge = WORDS[Outcome(merge.outcome)]
    if merge.outcome == Outcome.CLEAN and merge.order_matters:
        word = "Merges, in order"
    return Standing(word, badge, for_people(merge.headline), tuple(merge.objects_in_conflict))
