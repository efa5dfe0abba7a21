"""Each change in one sentence for people: `column users.email: type text -> varchar(255)`."""

import re
from dataclasses import replace

from schemata.catalog import Address, Enum, Grant, IndexKey, PublishedTable
from schemata.changes import Action, AttributeChange, Change
from schemata.diff.matching import IRREPLACEABLE

PRINCIPAL = "the schema's owner"
LONG = 60  # Longer values are told by their beginning.


def summarise(change: Change) -> Change:
    return replace(change, summary=_sentence(change))


def _sentence(change: Change) -> str:
    subject = f"{change.address.kind.value} {change.address.short}"
    if change.action == Action.RENAME and change.previous is not None:
        return f"{_renamed(change.previous, change.address)}"
    if change.action == Action.DROP:
        return f"{subject} dropped" + _made_anew(change)
    if change.action == Action.ADD:
        return f"{subject} added" + (" in place of the one dropped" if change.recreated else "")
    said = "; ".join(
        _values(change) if each.name == "values" else _attribute(each) for each in change.attributes
    )
    return f"{subject}: {said}" + (" (made anew)" if change.recreated else "")


def _made_anew(change: Change) -> str:
    if not change.recreated:
        return ""
    return ", and made anew" + (": what it held is lost" if change.address.kind in IRREPLACEABLE else "")


def _values(change: Change) -> str:
    """What happened to an enum's values, one by one."""
    if not (isinstance(change.before, Enum) and isinstance(change.after, Enum)):
        return ""
    renamed = dict(change.renamed_values)
    before = [renamed.get(value, value) for value in change.before.values]
    after = list(change.after.values)
    said = [f"value {old} renamed to {new}" for old, new in change.renamed_values]
    said += [f"value {value} removed" for value in before if value not in after]
    said += [
        f"value {value} added {_where(after, place)}"
        for place, value in enumerate(after)
        if value not in before
    ]
    if [value for value in before if value in after] != [value for value in after if value in before]:
        said.append(f"values in another order: {text(change.before.values)} -> {text(change.after.values)}")
    return "; ".join(said)


def _where(values: list[str], place: int) -> str:
    if place == len(values) - 1:
        return "at the end"
    return f"before {values[place + 1]}"


def _renamed(before: Address, after: Address) -> str:
    kind = after.kind.value
    if before.parent:
        return f"{kind} {replace_parent(before, after).short} renamed to {_name(after)}"
    verb = "moved to" if before.schema != after.schema and before.name == after.name else "renamed to"
    return f"{kind} {before.short} {verb} {after.short}"


def replace_parent(before: Address, after: Address) -> Address:
    """The old name on the table as it is called now."""
    return Address(before.kind, after.schema, before.name, after.parent)


def _name(at: Address) -> str:
    return Address(at.kind, "", at.name).short


def _attribute(change: AttributeChange) -> str:
    name = change.name.replace("_", " ")
    if isinstance(change.before, bool) and isinstance(change.after, bool):
        return name if change.after else f"no longer {name}"
    if (
        change.name in ("keys", "values")
        or isinstance(change.before, Address)
        or isinstance(change.after, Address)
    ):
        return f"{name} {text(change.before)} -> {text(change.after)}"
    if isinstance(change.before, tuple) and isinstance(change.after, tuple):
        return _tuple(name, change.before, change.after)
    if change.name == "owner":
        return f"owner {change.before or PRINCIPAL} -> {change.after or PRINCIPAL}"
    if change.name == "type":
        return f"type {type_text(str(change.before))} -> {type_text(str(change.after))}"
    unsaid = "default" if isinstance(change.before or change.after, int | float) else "none"
    return f"{name} {text(change.before, unsaid)} -> {text(change.after, unsaid)}"


SHORT_TYPES = (
    ("character varying", "varchar"),
    ("character(", "char("),
    ("timestamp without time zone", "timestamp"),
    ("timestamp with time zone", "timestamptz"),
    ("time without time zone", "time"),
    ("time with time zone", "timetz"),
)
_TIMES = re.compile(r"(timestamp|time)(\(\d\)) (with|without) time zone")


def type_text(name: str) -> str:
    """A type as people write it: `varchar(255)`, `timestamptz(3)`."""
    name = _TIMES.sub(lambda found: f"{found[1]}{'tz' * (found[3] == 'with')}{found[2]}", name)
    for long, short in SHORT_TYPES:
        name = name.replace(long, short)
    return name


def _tuple(name: str, before: tuple[object, ...], after: tuple[object, ...]) -> str:
    gone = [text(each) for each in before if each not in after]
    new = [text(each) for each in after if each not in before]
    if not gone and not new:
        return f"{name} in another order: {text(before)} -> {text(after)}"
    said = [f"without {', '.join(gone)}"] * bool(gone) + [f"with {', '.join(new)}"] * bool(new)
    return f"{name} {' and '.join(said)}"


def text(value: object, unsaid: str = "none") -> str:
    """A value as a sentence shows it; `unsaid` stands for an empty one."""
    if value is None or value == "" or value == ():
        return unsaid
    if isinstance(value, Address):
        return value.short
    if isinstance(value, Grant):
        return _grant(value)
    if isinstance(value, IndexKey):
        return value.column or value.expression
    if isinstance(value, PublishedTable):
        return value.table.short
    if isinstance(value, tuple):
        return "(" + ", ".join(text(each) for each in value) + ")"
    return _shortened(str(value))


def _grant(grant: Grant) -> str:
    verb = "revoked" if grant.revoked else "granted"
    role = grant.role or "the owner"
    return f"{', '.join(grant.privileges)} {verb} {'from' if grant.revoked else 'to'} {role}"


def _shortened(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= LONG else line[: LONG - 1] + "…"
