"""What must hold of every answer to a conflict, whatever the schema."""

from collections.abc import Collection

from schemata.catalog import Address, Catalog, Constraint, Kind
from schemata.catalog.encoding import PARENTS
from schemata.merge import Merged
from schemata.merge.conflicts import Choice, Conflict
from schemata.merge.resolutions import Resolution, ResolutionError, resolve

Three = tuple[Catalog, Catalog, Catalog]


def hold_answers(merged: Merged, mirrored: Merged, three: Three) -> None:
    """Every offered answer settles its conflict, leaves a whole catalog, and means the same from both sides."""
    base, ours, theirs = three
    for conflict in merged.conflicts:
        for choice in conflict.options:
            if choice != Choice.SQL:
                hold_answer(merged, three, conflict, choice)
    for choice, other in ((Choice.OURS, Choice.THEIRS), (Choice.THEIRS, Choice.OURS)):
        try:
            mine, again = settle(merged, three, choice), settle(mirrored, (base, theirs, ours), other)
        except ResolutionError:
            continue
        assert loose_ends(mine.catalog) == [], choice
        unsettled = mine.unsettled | again.unsettled
        assert plain(mine.catalog, unsettled) == plain(again.catalog, unsettled)


def hold_answer(merged: Merged, three: Three, conflict: Conflict, choice: Choice) -> None:
    try:
        settled = resolve(merged, *three, {conflict.id: answer(conflict, choice)})
    except ResolutionError:
        return  # Refused rather than guessed at: something else has the name by now.
    assert conflict.id not in ids(settled), (conflict, choice)
    if not settled.conflicts:
        assert loose_ends(settled.catalog) == [], (conflict, choice)


ROUNDS = 6


def settle(merged: Merged, three: Three, choice: Choice) -> Merged:
    """One side's way in everything, what comes up behind the first conflicts too."""
    choices = dict.fromkeys(ids(merged), Resolution(choice))
    for _ in range(ROUNDS):
        settled = resolve(merged, *three, choices)
        if not settled.conflicts:
            return settled
        assert not set(ids(settled)) & set(choices), settled.conflicts
        choices |= dict.fromkeys(ids(settled), Resolution(choice))
    raise AssertionError(settled.conflicts)


def ids(merged: Merged) -> list[str]:
    return [found.id for found in merged.conflicts]


def answer(conflict: Conflict, choice: Choice) -> Resolution:
    if choice == Choice.BOTH:
        return Resolution(choice, name="chosen_name")
    if choice == Choice.VALUE:
        sample = conflict.ours
        if isinstance(sample, str) or sample is None:
            return Resolution(choice, value="chosen_value")
        return Resolution(choice, value=sample)
    return Resolution(choice)


def plain(catalog: Catalog, unsettled: Collection[tuple[Address, str]]) -> dict[Address, object]:
    """Objects but for unsettled wording and the orders of columns and enum values, which may lean to one side."""
    return {
        at: {
            name: sorted(value) if name == "values" else value
            for name in found.__struct_fields__
            if name not in found.SOFT and (at, name) not in unsettled
            for value in (getattr(found, name),)
        }
        for at, found in catalog.objects.items()
    }


def loose_ends(catalog: Catalog) -> list[str]:
    """Parts without their whole, keys and references to columns that are not there."""
    found: list[str] = []
    places = {(at.schema, at.name) for at in catalog.objects if at.kind in PARENTS}
    for at, each in catalog.objects.items():
        if at.parent and (at.schema, at.parent) not in places:
            found.append(f"{at}: no {at.parent}")
        if isinstance(each, Constraint):
            found += [
                f"{at}: no {name}" for name in each.columns if not has(catalog, at.schema, at.parent, name)
            ]
            if each.references:
                table = each.references
                found += [
                    f"{at}: no {table}.{name}"
                    for name in each.referenced_columns
                    if not has(catalog, table.schema, table.name, name)
                ]
        for key in getattr(each, "keys", ()):
            if key.column and not has(catalog, at.schema, at.parent, key.column):
                found.append(f"{at}: no {key.column}")
    return found


def has(catalog: Catalog, schema: str, table: str, column: str) -> bool:
    return Address(Kind.COLUMN, schema, column, table) in catalog.objects
