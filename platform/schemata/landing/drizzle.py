"""Drizzle's bookkeeping: the journal goes on, and each landed migration gets a snapshot of the merged schema.

A snapshot is the three-way merge of base's newest, ours' newest and the one that theirs
has for the migration, as JSON: objects key by key, all else as a whole.
"""

import json
import re
import uuid
from collections.abc import Sequence
from typing import Any

from schemata.layouts.trees import Tree

LAYOUT = "drizzle"
JOURNAL = "meta/_journal.json"
_NUMBER = re.compile(r"(\d+)_")
_HEAD = ("id", "prevId", "prevIds")
_ABSENT = object()

Files = dict[str, bytes]


def bookkeeping(
    trees: tuple[Tree, Tree, Tree], root: str, newest: tuple[str, str], names: Sequence[tuple[str, str]]
) -> tuple[Files, tuple[str, ...]]:
    """Journal and snapshots for `names` (landed, on the branch), and what could not be merged in snapshots.

    `trees` are base's, ours' and theirs', `newest` the last migrations of base and ours.
    """
    base, ours, theirs = trees
    place = f"{root}/{JOURNAL}".lstrip("/")
    journal, other = _json(ours, place), _json(theirs, place)
    files: Files = {}
    problems: list[str] = []
    where = _in_meta if journal else _in_folder
    like = where(root, newest[1])
    before, mine = _json(base, where(root, newest[0])), _json(ours, like)
    for name, was in names:
        if journal:
            journal = {**journal, "entries": [*journal["entries"], _entry(journal, other, name, was)]}
        snapshot = _json(theirs, where(root, was))
        if snapshot is not None and mine is not None:
            path = where(root, name)
            merged = _merged(before or {}, mine, snapshot, problems, path)
            files[path] = _written(ours, like, merged)
            before, mine = snapshot, merged
    if journal and names:
        files[place] = _written(ours, place, journal)
    return files, tuple(problems)


def moments(tree: Tree, root: str) -> dict[str, int]:
    """When each migration of the journal says that it was made, in milliseconds: Drizzle's own order."""
    journal = _json(tree, f"{root}/{JOURNAL}".lstrip("/")) or {}
    entries = [each for each in journal.get("entries", ()) if isinstance(each, dict)]
    return {str(each.get("tag")): int(each.get("when", 0)) for each in entries}


def _in_meta(root: str, tag: str) -> str:
    """Beside the journal, by the number that a migration's name begins with."""
    found = _NUMBER.match(tag)
    return f"{root}/meta/{found[1] if found else tag}_snapshot.json".lstrip("/")


def _in_folder(root: str, name: str) -> str:
    """In the migration's own folder, where there is no journal."""
    return f"{root}/{name}/snapshot.json".lstrip("/")


def _entry(ours: dict[str, Any], theirs: dict[str, Any] | None, name: str, was: str) -> dict[str, Any]:
    """The journal's next entry: later than all before it, or Drizzle would pass it over."""
    entries = ours["entries"]
    known: dict[str, Any] = next(
        (each for each in (theirs or {}).get("entries", ()) if each.get("tag") == was), {}
    )
    last = entries[-1] if entries else {"idx": -1, "when": 0}
    when = max(int(known.get("when", 0)), int(last.get("when", 0)) + 1)
    pattern = {
        "idx": 0,
        "version": ours.get("version", "7"),
        "when": 0,
        "tag": "",
        "breakpoints": True,
    } | known
    return {**pattern, "idx": int(last.get("idx", len(entries) - 1)) + 1, "when": when, "tag": name}


def _json(tree: Tree, path: str) -> dict[str, Any] | None:
    try:
        found = json.loads(tree.read(path))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _merged(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any], problems: list[str], path: str
) -> dict[str, Any]:
    return _following(ours, _three_way(_plain(base), _plain(ours), _plain(theirs), problems, path))


def _following(ours: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """A snapshot of `body` that comes after ours."""
    # The same schema after the same snapshot has the same id, whoever merges it.
    identity = str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps([ours.get("id"), body], sort_keys=True)))
    head: dict[str, Any] = {"id": identity}
    if "prevIds" in ours:
        head["prevIds"] = [ours.get("id")]
    else:
        head["prevId"] = ours.get("id")
    return {**{key: head.get(key) for key in ours if key in head}, **body}


def _plain(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in snapshot.items() if key not in _HEAD}


def _three_way(base: Any, ours: Any, theirs: Any, problems: list[str], path: str) -> Any:
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        before = base if isinstance(base, dict) else {}
        merged = {}
        for key in dict.fromkeys([*ours, *theirs]):
            versions = [each.get(key, _ABSENT) for each in (before, ours, theirs)]
            inner = f"{path}: {key}" if path.endswith(".json") else f"{path}.{key}"
            value = _three_way(versions[0], versions[1], versions[2], problems, inner)
            if value is not _ABSENT:
                merged[key] = value
        return merged
    problems.append(f"{path} was changed on both sides; ours stands")
    return ours if ours is not _ABSENT else theirs


def _written(ours: Tree, like: str, value: dict[str, Any]) -> bytes:
    """JSON with the indent and the last line of the file that ours has."""
    try:
        text = ours.read(like).decode()
    except (OSError, UnicodeDecodeError):
        text = "{\n  \n}"
    found = re.search(r"\n([ \t]+)\"", text)
    indent: str | None = found[1] if found else None
    return (
        json.dumps(value, indent=indent, ensure_ascii=False) + ("\n" if text.endswith("\n") else "")
    ).encode()


def snapshot_again(before: Tree, after: Tree, root: str, newest: tuple[str, str], name: str) -> Files:
    """The snapshot of `before` once more, as that of a migration `name` that leads back to it from `after`.

    `newest` are the last migrations of both. Nothing where the tool keeps no snapshots there.
    """
    where = _in_meta if _json(after, f"{root}/{JOURNAL}".lstrip("/")) else _in_folder
    then, now = _json(before, where(root, newest[0])), _json(after, where(root, newest[1]))
    if then is None or now is None:
        return {}
    path = where(root, name)
    return {path: _written(after, where(root, newest[1]), _following(now, _plain(then)))}
