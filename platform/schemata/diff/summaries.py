"""Each change in one sentence for people: `column users.email: type text -> varchar(255)`."""

from dataclasses import is_dataclass, replace

from schemata.catalog import Address, Grant, IndexKey, PublishedTable
from schemata.changes import Action, AttributeChange, Change

LONG = 60  # Longer values are told by their beginning.


def summarise(change: Change) -> Change:
    return replace(change, summary=_sentence(change))


def _sentence(change: Change) -> str:
    subject = f"{change.address.kind.value} {change.address.short}"
    if change.action == Action.RENAME and change.previous is not None:
        return f"{_renamed(change.previous, change.address)}"
    if change.action == Action.DROP:
        return f"{subject} dropped" + (", and made anew: what it held is lost" if change.recreated else "")
    if change.action == Action.ADD:
        return f"{subject} added" + (" in place of the one dropped" if change.recreated else "")
    said = "; ".join(_attribute(each) for each in change.attributes)
    return f"{subject}: {said}" + (" (made anew)" if change.recreated else "")


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
    if isinstance(change.before, tuple) and isinstance(change.after, tuple) and change.name != "keys":
        return _tuple(name, change.before, change.after)
    return f"{name} {text(change.before)} -> {text(change.after)}"


def _tuple(name: str, before: tuple[object, ...], after: tuple[object, ...]) -> str:
    gone = [text(each) for each in before if each not in after]
    new = [text(each) for each in after if each not in before]
    if not gone and not new:
        return f"{name} in another order: {text(before)} -> {text(after)}"
    said = [f"without {', '.join(gone)}"] * bool(gone) + [f"with {', '.join(new)}"] * bool(new)
    return f"{name} {' and '.join(said)}"


def text(value: object) -> str:
    """A value as a sentence shows it."""
    if value is None or value == "" or value == ():
        return "none"
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
    return _shortened(str(value)) if not is_dataclass(value) else str(value)


def _grant(grant: Grant) -> str:
    verb = "revoked" if grant.revoked else "granted"
    role = grant.role or "the owner"
    return f"{', '.join(grant.privileges)} {verb} {'from' if grant.revoked else 'to'} {role}"


def _shortened(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= LONG else line[: LONG - 1] + "…"
