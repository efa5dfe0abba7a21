"""How the audit log's page words an entry."""

from collections.abc import Iterator
from typing import Any

from django import template

from apps.teams import audit

register = template.Library()
register.filter("phrase", audit.phrase)


@register.filter
def details(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The entry's data as lines, without what is empty; `before` and `after` become one per thing that changed."""
    before, after = data.get("before"), data.get("after")
    for name, value in data.items():
        if name not in ("before", "after") and value not in (None, ""):
            yield name.replace("_", " "), word(value)
    if isinstance(before, dict) and isinstance(after, dict):
        for name in after:
            if before.get(name) != after[name]:
                yield name.replace("_", " "), f"{word(before.get(name))} → {word(after[name])}"
    elif before is not None:
        yield "role", f"{word(before)} → {word(after)}"


def word(value: Any) -> str:
    return "none" if value in (None, "") else str(value)
