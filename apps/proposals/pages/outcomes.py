"""What a merge comes to: what stands in it, what lands, what the schema file becomes, and what was run to prove it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.checks.pages.lines import Line, compare, whole

ORIGINS = {
    "theirs": "as on the branch",
    "restamped": "under another name",
    "rewritten": "rewritten",
    "generated": "new",
}
ORDERS = {
    "ours_then_theirs": "The target's migrations, then the branch's",
    "theirs_then_ours": "The branch's migrations, then the target's",
    "rewritten": "The target's migrations, then what lands",
}
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Lands:
    """One migration as it lands; `lines` compare it with the branch's text where that is another."""

    name: str
    origin: str
    was: str
    sql: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One order that was run: the hash that it gave, or what ended it. `is_merge`: it gave the merge.

    None while something is in conflict: then there is no merge yet that it could give.
    """

    title: str
    hash: str
    failure: str
    is_merge: bool | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """`merged` is the hash of the merge, `rows` what was compared in filled tables (None: nothing changes rows)."""

    merged: str
    migrations: tuple[Lands, ...]
    files: tuple[tuple[str, tuple[Line, ...]], ...]
    orders: tuple[Order, ...]
    rows: Mapping[str, Any] | None
    opened: tuple[str, ...]
    is_proved: bool


def outcome_of(told: Mapping[str, Any], ours_files: Mapping[str, str], opened: tuple[str, ...]) -> Outcome:
    """The document arranged. `ours_files` are the target's schema files, `opened` names what is still in conflict."""
    proof = told.get("proof") or {}
    merged = "" if opened else proof.get("merged") or ""
    orders = tuple(
        _order(title, proof[key], merged) for key, title in ORDERS.items() if proof.get(key) is not None
    )
    return Outcome(
        merged,
        tuple(map(_lands, told.get("migrations", ()))),
        tuple(_files(told.get("schema_file") or {}, ours_files)),
        orders,
        proof.get("rows"),
        opened,
        told.get("verdict") in ("clean", "rewritten") and any(each.is_merge for each in orders),
    )


def _lands(migration: Mapping[str, Any]) -> Lands:
    original, sql = migration["original"], migration["sql"]
    lines = compare(original, sql) if original and migration["origin"] == "rewritten" else ()
    was = migration["replaces"] if migration["replaces"] != migration["name"] else ""
    return Lands(migration["name"], ORIGINS[migration["origin"]], was, sql, lines[:LONGEST])


def _files(schema: Mapping[str, Any], before: Mapping[str, str]) -> list[tuple[str, tuple[Line, ...]]]:
    found = []
    for path, text in schema.get("files", {}).items():
        lines = compare(before[path], text) if path in before else whole("added", text)
        if lines:
            found.append((path, lines[:LONGEST]))
    return found


def _order(title: str, told: Any, merged: str) -> Order:
    if isinstance(told, str):
        return Order(title, told, "", told == merged if merged else None)
    place = f"{told['migration']}, line {told['line']}: " if told.get("line") else f"{told['migration']}: "
    return Order(title, "", place + told["error"], False if merged else None)
