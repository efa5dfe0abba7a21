"""What is different between the change that somebody approved and the one that would land now, in words."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from apps.checks.content.diffs import load_objects
from apps.merges.content import load_document
from apps.merges.models import Merge
from sandbox.merging.fingerprint import rows_statements

MOST_LINES = 30
MOST_LETTERS = 200
MOST_TOLD = 5

# A change by what it does to which object: `change.to_json` with its SQL, as diffs are stored.
Changes = dict[tuple[str, str], dict[str, Any]]


def changed_since(before: Merge | None, after: Merge) -> tuple[str, ...]:
    """One sentence for each difference between two merges with other change hashes; never empty."""
    if before is None:
        return ("what it was before is not kept any more",)
    lines = [*_postgres(before, after), *_schema(_changes(before), _changes(after)), *_rows(before, after)]
    if not lines:
        lines = ["the same changes are reached from another schema"]
    more = len(lines) - MOST_LINES
    return (*lines[:MOST_LINES], *([f"and {more} more"] if more > 0 else ()))


def look_again(seen: str, now: Merge | None) -> str:
    """What somebody is told who answers to the change with the hash `seen`, when it is another one by now."""
    changes = changed_since(_merge_with(seen, now), now) if now else ("Braid merges it anew",)
    more = len(changes) - MOST_TOLD
    told = "; ".join([*changes[:MOST_TOLD], *([f"and {more} more"] if more > 0 else [])])
    return f"The change is another one since you looked at it: {told}. Look at what it is now, then decide again."


def _merge_with(change_hash: str, beside: Merge) -> Merge | None:
    """The newest merge of the same project with that change."""
    found = Merge.objects.filter(project=beside.project_id, change_hash=change_hash).exclude(change_hash="")
    return found.select_related("diff").order_by("-id").first()


def _postgres(before: Merge, after: Merge) -> Iterator[str]:
    """On another version the same statements may do something else."""
    was, now = (load_document(merge).get("postgres") for merge in (before, after))
    if was != now:
        yield f"it is for {_version(now)}; it was for {_version(was)}"


def _version(postgres: int | None) -> str:
    return f"Postgres {postgres}" if postgres else "whichever Postgres Braid has"


def _changes(merge: Merge) -> Changes:
    if merge.diff is None:
        return {}
    found = (change for shown in load_objects(merge.diff) for change in shown["changes"])
    return {
        (each["action"], each["address"]): each for each in found if not each["behind"] and not each["soft"]
    }


def _schema(before: Changes, after: Changes) -> Iterator[str]:
    for key in sorted(after.keys() - before.keys()):
        if not _is_said(after[key], after, before):
            yield f"new: {after[key]['summary']}"
    for key in sorted(before.keys() - after.keys()):
        if not _is_said(before[key], before, after):
            yield f"gone: {before[key]['summary']}"
    for key in sorted(after.keys() & before.keys()):
        if _content(after[key]) != _content(before[key]):
            yield _altered(before[key], after[key])


def _is_said(change: dict[str, Any], own: Changes, other: Changes) -> bool:
    """Whether the change that covers it is itself only on this side: then its line says enough."""
    covering = change["covered_by"]
    if not covering:
        return False
    names = [key for key, each in own.items() if _address(each) == list(covering) and not each["covered_by"]]
    return bool(names) and not any(key in other for key in names)


def _address(change: dict[str, Any]) -> list[str]:
    shown = change["after"] or change["before"]
    return list(shown["address"]) if shown else []


def _content(change: dict[str, Any]) -> Any:
    """What the change does, apart from what else is true of its object, as its hash has it."""
    said = [change[name] for name in ("summary", "attributes", "recreated", "renamed_values")]
    if change["action"] in ("alter", "rename"):
        return said
    return [*said, *(_without_position(change[side]) for side in ("before", "after"))]


def _without_position(shown: dict[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in shown.items() if name != "position"} if shown else None


def _altered(before: dict[str, Any], after: dict[str, Any]) -> str:
    if before["summary"] != after["summary"]:
        return f"now: {after['summary']}; it was: {before['summary']}"
    was, now = _sql(before), _sql(after)
    if was != now:
        return f"{after['address']} is now `{_short(now)}`; it was `{_short(was)}`"
    return f"{after['address']} differs in a detail"


def _sql(change: dict[str, Any]) -> str:
    return str(change["after_sql"] or change["before_sql"])


def _rows(before: Merge, after: Merge) -> Iterator[str]:
    """Statements that write rows, as they stand in the migrations that would land."""
    was, now = (Counter(_statements(merge)) for merge in (before, after))
    yield from (f"new statement that may write rows: `{_short(text)}`" for text in now - was)
    yield from (f"gone: the statement `{_short(text)}`" for text in was - now)
    if was == now and list(was) != list(now):
        yield "the statements that write rows are in another order"


def _statements(merge: Merge) -> tuple[str, ...]:
    return rows_statements(each["sql"] for each in load_document(merge).get("migrations", ()))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 1] + "…"
