"""The conflicts of a proposal as they stand, with what people chose: what pages and the API read.

A proposal's merge is kept as a document (`apps.merges.content`): the bare one, and the one with what
was chosen. A conflict is open while the latter has it; what the former had besides is settled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.merges.content import load_document, open_conflicts
from apps.merges.models import Meeting, Merge
from apps.proposals.access import meeting_of
from apps.proposals.models import Proposal, Resolution

Conflict = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Disputed:
    """One conflict: `about` as the document has it, `exhibit` its definitions (None for a file's).

    `chosen` is the current choice, `offered` one that was made when a side was another. `is_open`:
    the last merge still asks. `versions` counts all choices there were.
    """

    about: Conflict
    exhibit: Mapping[str, Any] | None
    chosen: Resolution | None
    offered: Resolution | None
    version: int
    is_open: bool

    @property
    def id(self) -> str:
        return str(self.about["id"])

    @property
    def is_waiting(self) -> bool:
        """Chosen, and the merge with that choice is still to come."""
        return self.is_open and self.chosen is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """All conflicts; `stale` are choices about conflicts that are none any more, `told` the newest document."""

    conflicts: tuple[Disputed, ...]
    stale: tuple[Resolution, ...]
    told: Mapping[str, Any]
    meeting: Meeting | None

    @property
    def undecided(self) -> int:
        """How many nobody has chosen about."""
        return sum(each.chosen is None for each in self.conflicts)

    @property
    def is_settled(self) -> bool:
        return not any(each.is_open for each in self.conflicts)


def conflicts_of(proposal: Proposal, meeting: Meeting | None = None) -> Standing:
    """The conflicts of the proposal's branch with the default branch; of an ended proposal, as they were."""
    meeting = meeting or meeting_of(proposal)
    bare, newest = _documents(proposal, meeting)
    known = _all_known(bare, newest)
    opened = set(open_conflicts(newest))
    rows = _current(proposal)
    free = [row for key, row in rows.items() if key not in known and row.choice is not None]
    shown = newest.get("exhibits", {})
    exhibits = {**bare.get("exhibits", {}), **shown}
    offers = _offers(known, rows, free)
    conflicts = tuple(
        _disputed(about, exhibits.get(key), rows.get(key), offers.get(key), is_open=key in opened)
        for key, about in known.items()
    )
    offered = {row.pk for row in offers.values()}
    stale = tuple(row for row in free if row.pk not in offered)
    return Standing(conflicts, stale, newest, meeting)


def find_conflict(proposal: Proposal, conflict: str) -> Conflict | None:
    """One conflict of the proposal's merge as it stands, open or settled."""
    bare, newest = _documents(proposal, meeting_of(proposal))
    return _all_known(bare, newest).get(conflict)


def versions_of(proposal: Proposal) -> Mapping[str, list[Resolution]]:
    """Every choice that there was, the newest first, by conflict."""
    found: dict[str, list[Resolution]] = {}
    rows = Resolution.objects.filter(proposal=proposal).select_related("author").order_by("-id")
    for row in rows:
        found.setdefault(row.conflict, []).append(row)
    return found


def named(about: Mapping[str, Any]) -> str:
    """What a conflict is about, as people say it."""
    name = f"{about['object']['kind']} {about['object']['name']}".rstrip()
    return f"{name} ({about['attribute']})" if about["attribute"] else name


def from_file(found: Mapping[str, Any]) -> dict[str, Any]:
    """A conflict of a schema file in the form of the others."""
    path = " ".join(filter(None, (found["block"], found["member"])))
    return {
        "id": found["id"],
        "kind": "schema-file",
        "object": {"kind": found["file"], "name": path},
        "attribute": found["part"],
        "base": found["base"],
        "ours": found["ours"],
        "theirs": found["theirs"],
        "where": {side: _line(found, side) for side in ("ours", "theirs")},
        "options": found["options"],
        "message": found["message"],
    }


def _line(found: Mapping[str, Any], side: str) -> dict[str, Any] | None:
    line = found[f"line_{side}"]
    return {"file": found["file"], "line": line, "migration": "", "sql": ""} if line else None


def _documents(proposal: Proposal, meeting: Meeting | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The bare merge and the newest one, which is the bare one where nothing was chosen."""
    if not proposal.is_asking and proposal.kept:
        kept = load_document(proposal.kept)
        return kept, kept
    if meeting is None:
        return {}, {}
    bare = _document(meeting.merge)
    return bare, _document(meeting.resolved) if meeting.resolved else bare


def _document(merge: Merge | None) -> dict[str, Any]:
    return load_document(merge) if merge else {}


def _all_known(bare: Mapping[str, Any], newest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The bare merge's conflicts, which say where each side did what, then those that came up behind them."""
    first = _known(bare)
    return {**first, **{key: about for key, about in _known(newest).items() if key not in first}}


def _known(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The document's conflicts by id, those that choices settled too."""
    schema = document.get("schema_file") or {}
    files = [*schema.get("settled", ()), *schema.get("conflicts", ())]
    all_of_them = [
        *document.get("settled", ()),
        *document.get("conflicts", ()),
        *(from_file(each) for each in files if not each["follows"]),
    ]
    return {each["id"]: {**each, "name": named(each)} for each in all_of_them}


def _current(proposal: Proposal) -> dict[str, Resolution]:
    rows = Resolution.objects.filter(proposal=proposal, is_current=True).select_related("author")
    return {row.conflict: row for row in rows.order_by("id")}


def _offers(
    known: Mapping[str, Conflict], rows: Mapping[str, Resolution], free: list[Resolution]
) -> dict[str, Resolution]:
    """Choices about conflicts that are none any more, for the open one about the same thing."""
    by_subject = {_subject(row.about): row for row in free}
    undecided = ((key, about) for key, about in known.items() if key not in rows or rows[key].choice is None)
    found = {key: by_subject.get(_subject(about)) for key, about in undecided}
    return {key: row for key, row in found.items() if row and row.choice and _fits(row, known[key])}


def _fits(row: Resolution, about: Conflict) -> bool:
    return row.choice is not None and row.choice["choose"] in about["options"]


def _subject(about: Mapping[str, Any]) -> tuple[Any, ...]:
    return about["kind"], about["object"]["kind"], about["object"]["name"], about["attribute"]


def _disputed(
    about: Conflict,
    exhibit: Mapping[str, Any] | None,
    row: Resolution | None,
    offered: Resolution | None,
    *,
    is_open: bool,
) -> Disputed:
    chosen = row if row and row.choice is not None else None
    return Disputed(about, exhibit, chosen, offered, row.version if row else 0, is_open)
