"""A plan as SQL that can be run, with what there is to know before it as comments."""

from collections.abc import Iterator
from typing import Any

from braid.command.exits import Exit
from braid.command.sides import Pair, Proof
from schemata.catalog import Address, Kind
from schemata.plan import Hazard, Plan, PlannedStatement, plan

OF_TABLES = frozenset({Kind.COLUMN, Kind.CONSTRAINT, Kind.INDEX, Kind.TRIGGER, Kind.POLICY, Kind.RULE})


def plan_of(pair: Pair, *, online: bool) -> Plan:
    """What leads from the first side to the second."""
    sides = pair.before.catalog, pair.after.catalog
    return plan(*sides, same_origin=pair.same_origin, online=online, trunk=pair.trunk)


def online_note(pair: Pair, planned: Plan) -> tuple[str, ...]:
    """What to say where --online was asked for and changes nothing."""
    is_same = planned.statements == plan_of(pair, online=False).statements
    return ("--online changes nothing here: no form that blocks others less was found",) if is_same else ()


def exit_of(planned: Plan, proof: Proof) -> Exit:
    """A plan that does not lead all the way must not pass for one that does."""
    return Exit.BLOCKED if planned.unsupported or proof.reached is False else Exit.FINE


def script(planned: Plan, proof: Proof, pair: Pair, notes: tuple[str, ...]) -> str:
    """The statements under comments: which object, which hazards, what was left out, whether it was proved."""
    parts = ["\n".join(_head(planned, proof, pair, notes)), *_paragraphs(planned)]
    return "\n\n".join(parts) + "\n"


def _head(planned: Plan, proof: Proof, pair: Pair, notes: tuple[str, ...]) -> Iterator[str]:
    yield _comment(f"From {pair.before.label} to {pair.after.label}")
    if planned.is_empty:
        yield _comment("Nothing to do.")
    else:
        yield from _proved(proof)
    for note in notes:
        yield _comment(f"Note: {note}.")
    for left_out in planned.unsupported:
        yield _comment(f"NOT PLANNED: {left_out}. This script does not lead all the way.")


def _proved(proof: Proof) -> Iterator[str]:
    if proof.reached:
        yield _comment("Proved: on a throw-away copy of the first it gives the second.")
    elif proof.reached is None:
        yield _comment(f"Not proved: {proof.reason}.")
    else:
        yield _comment(
            f"WRONG: tried on a throw-away copy of the first: {proof.reason}. Do not run it as it is."
        )
    if proof.rows:
        yield _comment(f"MAY FAIL: it does on the rows that the first's own migrations insert: {proof.rows}.")


def _paragraphs(planned: Plan) -> Iterator[str]:
    last: Address | None = None
    for statement in planned.statements:
        lines = list(_warnings(statement))
        whole = _whole(statement.address)
        if whole != last:
            lines.insert(0, _comment(str(whole)))
        last = whole
        yield "\n".join([*lines, statement.sql])


def _whole(at: Address) -> Address:
    """The table that a part belongs to: one heading is enough for all of its parts."""
    return at._replace(kind=Kind.TABLE, name=at.parent, parent="") if at.kind in OF_TABLES else at


def _warnings(statement: PlannedStatement) -> Iterator[str]:
    for hazard in statement.hazards:
        yield _comment(f"{_kind(hazard)}: {hazard.message}")
    if statement.alone:
        yield _comment("Run this statement alone, outside of any transaction.")


def _kind(hazard: Hazard) -> str:
    return hazard.kind.value.replace("-", " ").upper()


def _comment(text: str) -> str:
    """A comment of one line: a newline in a name must not end it, or the rest would be run."""
    return f"-- {_one_line(text)}"


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def plan_values(planned: Plan, proof: Proof, pair: Pair) -> dict[str, Any]:
    """The plan's keys in a JSON document."""
    return {
        "from": pair.before.catalog.hash,
        "to": pair.after.catalog.hash,
        "statements": [_statement_values(each) for each in planned.statements],
        "unsupported": list(planned.unsupported),
        "proof": proof.values(),
    }


def _statement_values(statement: PlannedStatement) -> dict[str, Any]:
    return {
        "sql": statement.sql,
        "kind": statement.address.kind.value,
        "name": statement.address.path,
        "alone": statement.alone,
        "hazards": [
            {"kind": each.kind.value, "message": each.message, "object": str(each.address)}
            for each in statement.hazards
        ],
    }
