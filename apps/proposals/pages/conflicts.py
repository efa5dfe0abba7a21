"""The Conflicts tab arranged: each conflict with its three sides beside each other, and what can be chosen.

Pure: what was read in, frozen values out; the templates print them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from apps.checks.pages.lines import WORDS, Part
from apps.proposals.choices import told
from apps.proposals.models import Resolution
from apps.proposals.pages.threads import CommentView, ThreadView, by_conflict
from apps.proposals.resolutions import Disputed, Standing
from apps.repositories.commits import CommitInfo

LONGEST_MARKED = 12_000
NOT_PROVED = "not-proved"
# What a conflict of each kind is, in one sentence (docs/merge.md).
SAYS = {
    "both-changed": "Both sides gave it another value.",
    "both-added": "Both sides made one of this name, differently.",
    "both-renamed": "Each side gave it another name.",
    "dropped-against-changed": "One side dropped what the other changed.",
    "dropped-against-used": "One side dropped what the other has begun to use.",
    "renamed-against-used": "One side renamed what a text of the other calls by its old name.",
    "one-name-twice": "Two objects would have one name.",
    "value-removed-against-used": "One side removed a value that the other uses.",
    "two-primary-keys": "Each side gave the table its primary key.",
    "not-null-against-default": "One side forbids NULL while the other takes the default away.",
    "statement-does-not-fit": "A statement of the branch can't do its work where the target stands now.",
    "rows-collide": "On tables with rows it fails after the target's own migrations.",
    "migration-edited-twice": "Both sides changed a migration that had landed.",
    "history-rewritten": "A side changed landed migrations so that databases which ran them can't follow.",
    "schema-file": "Both sides changed this part of the schema file.",
    NOT_PROVED: "The migrations would not give what was merged.",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One column: its heading, the definition cut where it differs, and who wrote it where.

    `parts` are empty where this side has nothing.
    """

    title: str
    parts: tuple[Part, ...]
    place: str = ""
    sql: str = ""
    who: CommitInfo | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its word, what it means, and whether it is the one that stands."""

    choose: str
    label: str
    help: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ConflictCard:
    """One conflict. `name`, `value` and `sql` are what the form begins with.

    `comes_of_choices`: it is what was chosen about others that fails, so they are where to choose otherwise.
    """

    disputed: Disputed
    says: str
    sides: tuple[Side, ...]
    options: tuple[Option, ...]
    name: str
    value: str
    sql: str
    chosen: str
    offered: str
    offered_sides: str
    versions: tuple[tuple[Resolution, str], ...]
    threads: tuple[ThreadView, ...]
    comes_of_choices: bool = False

    @property
    def id(self) -> str:
        return self.disputed.id

    @property
    def is_discussed(self) -> bool:
        """Whether a thread about it goes on, which is where people answer."""
        return any(not each.first.is_resolved for each in self.threads)

    @property
    def lines(self) -> int:
        """How many lines the field of the value shows."""
        return min(self.value.count("\n") + 1, 20)


@dataclass(frozen=True, slots=True)
class Names:
    """What the sides are called on the page: branches."""

    ours: str
    theirs: str


def arrange(
    standing: Standing,
    names: Names,
    writers: Mapping[tuple[str, str], CommitInfo],
    versions: Mapping[str, Sequence[Resolution]],
    comments: Sequence[CommentView],
) -> tuple[ConflictCard, ...]:
    """A card for each conflict, those that nobody has chosen about first. `writers` are by side and file."""
    threads = by_conflict(comments)
    merged = (standing.told.get("schema_file") or {}).get("files", {})
    is_chosen = any(each.chosen for each in standing.conflicts)
    cards = (
        replace(
            _card(each, names, writers, versions.get(each.id, ()), threads.get(each.id, ()), merged),
            comes_of_choices=is_chosen and each.about["kind"] == NOT_PROVED,
        )
        for each in standing.conflicts
    )
    return tuple(sorted(cards, key=lambda card: card.disputed.chosen is not None))


def _card(
    disputed: Disputed,
    names: Names,
    writers: Mapping[tuple[str, str], CommitInfo],
    versions: Sequence[Resolution],
    threads: tuple[ThreadView, ...],
    merged: Mapping[str, str],
) -> ConflictCard:
    about = disputed.about
    start = disputed.chosen or disputed.offered
    choice = (start.choice if start else None) or {}
    return ConflictCard(
        disputed,
        about["message"] or SAYS.get(about["kind"], ""),
        sides_of(disputed, names, writers),
        tuple(_option(each, about, names, disputed.chosen) for each in about["options"]),
        str(choice.get("name", "")),
        shown_value(choice["value"] if "value" in choice else _start(about, merged)),
        str(choice.get("sql", "")),
        told(disputed.chosen.choice) if disputed.chosen else "",
        told(disputed.offered.choice) if disputed.offered else "",
        _sides_said(disputed.offered.about) if disputed.offered else "",
        tuple((row, told(row.choice)) for row in versions),
        threads,
    )


def _start(about: Mapping[str, Any], merged: Mapping[str, str]) -> Any:
    """What people begin to write from: of a whole file the merge as far as it goes, else theirs."""
    is_file = about["kind"] == "schema-file" and not about["object"]["name"]
    return merged.get(about["object"]["kind"]) if is_file else about["theirs"]


def sides_of(
    disputed: Disputed, names: Names, writers: Mapping[tuple[str, str], CommitInfo]
) -> tuple[Side, ...]:
    """Base (where there is one), ours and theirs, each with what the others do not say marked."""
    texts = _texts(disputed)
    if not any(texts.values()):
        return ()
    base = texts["base"]
    marked = _marked(base, texts["ours"], texts["theirs"])
    where = disputed.about["where"]
    titles = {"base": "Before both", "ours": names.ours, "theirs": names.theirs}
    found = []
    for side, parts in marked.items():
        place = where.get(side) or {}
        found.append(
            Side(
                titles[side],
                parts,
                f"{place['file']}:{place['line']}" if place.get("file") else "",
                place.get("sql", ""),
                writers.get((side, place.get("file", ""))),
            )
        )
    return tuple(found)


def shown_value(value: Any) -> str:
    """A value as people type it: texts as they are, everything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _sides_said(about: Mapping[str, Any]) -> str:
    mine, other = (shown_value(about[side]) or "nothing" for side in ("ours", "theirs"))
    return f"{mine} against {other}"


def _texts(disputed: Disputed) -> dict[str, str | None]:
    """The definitions; without any, the three values themselves."""
    source = disputed.exhibit or {}
    if not any(source.get(side) for side in ("base", "ours", "theirs")):
        source = disputed.about
    return {side: _text(source[side]) for side in ("base", "ours", "theirs")}


def _text(value: Any) -> str | None:
    return None if value is None else shown_value(value)


def _marked(base: str | None, ours: str | None, theirs: str | None) -> dict[str, tuple[Part, ...]]:
    mine, other = ours or "", theirs or ""
    if base is None:
        return {"ours": _against(mine, (other,)), "theirs": _against(other, (mine,))}
    return {
        "base": _against(base, tuple(filter(None, (ours, theirs)))),
        "ours": _against(mine, (base,)),
        "theirs": _against(other, (base,)),
    }


def _against(text: str, others: Sequence[str]) -> tuple[Part, ...]:
    """The text in parts, marked where any of the others says something else."""
    if not text:
        return ()
    if len(text) + sum(map(len, others)) > LONGEST_MARKED:
        return (Part(text, False),)
    words = WORDS.findall(text)
    differs = [False] * len(words)
    for other in filter(None, others):
        mine, there = _spaces_aside(words, WORDS.findall(other))
        matcher = SequenceMatcher(None, mine, there, autojunk=False)
        for tag, start, end, _low, _high in matcher.get_opcodes():
            if tag != "equal":
                differs[start:end] = [True] * (end - start)
    parts: list[Part] = []
    for word, marked in zip(words, differs, strict=True):
        if parts and parts[-1].marked == marked:
            parts[-1] = Part(parts[-1].text + word, marked)
        else:
            parts.append(Part(word, marked))
    return tuple(parts)


def _spaces_aside(mine: Sequence[str], other: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Spaces that only line up columns are not what differs, unless nothing else does."""
    alike = [[" " if word.isspace() else word for word in words] for words in (mine, other)]
    return (mine, other) if alike[0] == alike[1] else (alike[0], alike[1])


def _option(choose: str, about: Mapping[str, Any], names: Names, chosen: Resolution | None) -> Option:
    labels = {
        "ours": f"As on {names.ours}",
        "theirs": f"As on {names.theirs}",
        "both": "Both",
        "value": "Another value",
        "sql": "SQL of your own",
    }
    is_chosen = bool(chosen and chosen.choice and chosen.choice["choose"] == choose)
    return Option(choose, labels.get(choose, choose), _help(choose, about), is_chosen)


def _help(choose: str, about: Mapping[str, Any]) -> str:
    if choose == "ours" and about["kind"] == "statement-does-not-fit":
        return "The statement is left out."
    if choose == "both":
        if about["kind"] == "not-null-against-default":
            return "NULL is forbidden and there is no default: whoever writes must give a value."
        return "The branch's goes on under another name, which keys, indexes and defaults follow."
    if choose == "sql":
        return (
            "This stands in its place."
            if about["kind"] == "statement-does-not-fit"
            else "The target's stands, then this runs in a migration of its own; it may change nothing but this."
        )
    return ""
