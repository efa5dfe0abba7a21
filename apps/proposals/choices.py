"""What can be chosen about a conflict, held against what it offers (docs/command.md lists the answers)."""

import json
from collections.abc import Mapping
from typing import Any

from apps.accounts.errors import RefusedError
from apps.proposals.models import Proposal, Resolution
from schemata.catalog import Kind
from schemata.merge import ConflictKind
from schemata.render.typed import as_shown

MAX_SQL = 60_000
MAX_VALUE = 500_000
MAX_NAME_BYTES = 63
TYPED = (Kind.COLUMN, Kind.DOMAIN, Kind.ATTRIBUTE)


def choices_of(proposal: Proposal) -> dict[str, Any]:
    """What stands chosen, by conflict id. Answers to conflicts that are none any more do no harm."""
    current = Resolution.objects.filter(proposal=proposal, is_current=True).exclude(choice=None)
    return dict(current.order_by("id").values_list("conflict", "choice"))


def checked(conflict: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The choice as it is kept, without what it does not need. Raises RefusedError."""
    choose = str(given.get("choose", ""))
    if choose not in conflict["options"]:
        offered = ", ".join(conflict["options"]) or "nothing; change the branch itself"
        raise RefusedError(f"{choose or 'Nothing'} can't be chosen here, only {offered}.")
    if choose == "both":
        return {"choose": choose, **_name(conflict, given)}
    if choose == "sql":
        return {"choose": choose, "sql": _sql(given)}
    if choose == "value":
        return {"choose": choose, "value": _value(conflict, given.get("value"))}
    return {"choose": choose}


def value_of(conflict: Mapping[str, Any], text: str) -> Any:
    """What was typed, as a value of the kind that the sides have. Raises RefusedError."""
    like = next((each for each in (conflict["ours"], conflict["theirs"]) if each is not None), "")
    if isinstance(like, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise RefusedError(f"Write the value like {json.dumps(like)}.") from None


def told(choice: Mapping[str, Any] | None) -> str:
    """A choice in words: `theirs`, `both, theirs as remarks`, `the value 7`."""
    if choice is None:
        return "nothing any more"
    choose = choice["choose"]
    if choose == "both":
        return f"both, theirs as {choice['name']}" if choice.get("name") else "both"
    if choose == "value":
        value = choice["value"]
        return f"the value {value if isinstance(value, str) else json.dumps(value)}"
    return "SQL of their own" if choose == "sql" else str(choose)


def _name(conflict: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, str]:
    name = str(given.get("name") or "").strip()
    if not name and conflict["kind"] == "not-null-against-default":
        return {}
    if not name:
        raise RefusedError("Both needs the name under which theirs goes on.")
    if "\0" in name or len(name.encode()) > MAX_NAME_BYTES:
        raise RefusedError(f"A name has at most {MAX_NAME_BYTES} bytes; Postgres would cut this one.")
    return {"name": name}


def _sql(given: Mapping[str, Any]) -> str:
    sql = str(given.get("sql") or "").replace("\r\n", "\n").strip()
    if not sql:
        raise RefusedError("Write the statement that shall run.")
    if "\0" in sql or len(sql) > MAX_SQL:
        raise RefusedError(f"The SQL is longer than {MAX_SQL} characters, or no text.")
    return sql


def _value(conflict: Mapping[str, Any], value: Any) -> Any:
    """Of the type that one of the sides has: any other would be no value of this attribute."""
    sides = [each for each in (conflict["ours"], conflict["theirs"], conflict["base"]) if each is not None]
    kinds = {type(each) for each in sides} or {str}
    if type(value) not in kinds:
        like = json.dumps(sides[0]) if sides else "a text"
        raise RefusedError(f"The value must be like {like}.")
    if isinstance(value, str) and (not value.strip() or "\0" in value or len(value) > MAX_VALUE):
        raise RefusedError("Write the value that it shall have.")
    return _type(value) if _is_of_type(conflict) else value


def _is_of_type(conflict: Mapping[str, Any]) -> bool:
    """Whether it is about the type of something in the database; a schema file says types otherwise."""
    about = (conflict["kind"], conflict["attribute"])
    return about == (ConflictKind.ATTRIBUTE, "type") and conflict["object"]["kind"] in TYPED


def _type(value: str) -> str:
    try:
        return as_shown(value)
    except ValueError as error:
        raise RefusedError(f"{error}.") from None
