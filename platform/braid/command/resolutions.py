"""`--resolutions FILE`: what people chose, by conflict id."""

import json
from pathlib import Path
from typing import Any

from braid.command.exits import Stop
from schemata.merge.resolutions import Resolution

_KEYS = {"choose", "name", "value", "sql"}


def read_resolutions(name: str | None) -> dict[str, Resolution]:
    """The file's answers. Raises Stop for anything but `{id: {"choose": ..., ...}}`."""
    if name is None:
        return {}
    try:
        text = Path(name).read_text(encoding="utf-8")
        given = json.loads(text)
    except OSError as error:
        raise Stop(f"{name}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise Stop(f"{name}: not JSON: {error}") from None
    if not isinstance(given, dict):
        raise Stop(f'{name}: expected {{conflict id: {{"choose": "ours", ...}}}}')
    return {key: _resolution(name, key, each) for key, each in given.items()}


def _resolution(name: str, key: str, given: Any) -> Resolution:
    if not isinstance(given, dict) or not isinstance(given.get("choose"), str):
        raise Stop(f'{name}: {key}: expected {{"choose": "ours"|"theirs"|"both"|"value"|"sql", ...}}')
    unknown = sorted(set(given) - _KEYS)
    if unknown:
        raise Stop(f"{name}: {key}: {unknown[0]} means nothing here; known: {', '.join(sorted(_KEYS))}")
    for text in ("name", "sql"):
        if not isinstance(given.get(text, ""), str):
            raise Stop(f"{name}: {key}: {text} must be a text")
    if given["choose"] == "sql" and not given.get("sql", "").strip():
        raise Stop(f"{name}: {key}: choose sql needs the statement under sql")
    return Resolution(
        given["choose"], given.get("name", ""), _frozen(given.get("value")), given.get("sql", "")
    )


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
