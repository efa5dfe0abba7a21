"""Two sides over one base, on real Postgres: each folder of cases/merge is one meeting.

`expected.json` lists the conflicts (kind, object, attribute), and `order`: what
running theirs' statements on ours gives, `same` as the merge or not.
"""

import json
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from schemata.catalog import NOBODY, Catalog, CatalogObject
from schemata.diff import diff
from schemata.history import migration_of
from schemata.introspect import read_catalog
from schemata.merge import Merged, merge
from schemata.merge.proof import deviations
from schemata.merge.sides import read_side
from schemata.merge.spaces import Space, merge_names
from tests.schemata.merge.answers import hold_answers
from tests.schemata.merge.footprints import meet

SAME = ["same", "same"]
CASES = Path(__file__).parents[2] / "cases" / "merge"


class Clones:
    """Databases made from each other, as sandboxes make them."""

    def __init__(self, admin: psycopg.Connection, url: str) -> None:
        self.admin, self.url, self.made = admin, url, []

    def make(self, name: str, statements: str, origin: str = "template0") -> Catalog:
        self.admin.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(origin))
        )
        self.made.append(name)
        with psycopg.connect(self.url.replace("/postgres", f"/{name}"), autocommit=True) as connection:
            connection.execute(statements)
            return read_catalog(connection)

    def drop(self) -> None:
        while self.made:
            self.drop_last()

    def drop_last(self) -> None:
        name = self.made.pop()
        self.admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def clones(postgres):
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        made = Clones(admin, postgres.url("postgres"))
        yield made
        made.drop()


def read(case: Path, name: str) -> str:
    return (case / f"{name}.sql").read_text()


def told(merged: Merged) -> list[list[str]]:
    return [[found.kind.value, str(found.at), found.attribute] for found in merged.conflicts]


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_case(case: Path, clones: Clones) -> None:
    expected = json.loads((case / "expected.json").read_text())
    base = clones.make("merge_base", read(case, "base"))
    ours = clones.make("merge_ours", read(case, "ours"), "merge_base")
    theirs = clones.make("merge_theirs", read(case, "theirs"), "merge_base")
    merged = merge(base, ours, theirs)
    assert told(merged) == expected["conflicts"]
    assert [found.rule for found in merged.soft] == expected.get("soft", [])
    mirrored = merge(base, theirs, ours)
    assert sorted(found.mirrored().id for found in mirrored.conflicts) == sorted(
        found.id for found in merged.conflicts
    )
    for unchanged in (merge(base, base, theirs), merge(base, theirs, theirs), merge(base, theirs, base)):
        assert unchanged.conflicts == ()
        assert unchanged.catalog == theirs
        assert unchanged.catalog.hash == theirs.hash
    hold_answers(merged, mirrored, (base, ours, theirs))
    if not merged.conflicts:
        assert left_to_do(merged, ours) == theirs_alone(base, ours, theirs)
        assert left_to_do(mirrored, theirs) == theirs_alone(base, theirs, ours)
        assert named_twice(merged.seen_from(ours)) == named_twice(mirrored.seen_from(theirs)) == []
    if merged.conflicts or merged.soft or expected.get("orders", SAME) != SAME:
        scripts = [[migration_of(side, read(case, side))] for side in ("ours", "theirs")]
        assert meet(base, (ours, theirs), scripts)
    if "orders" in expected:
        assert [
            run(clones, "merge_ot", read(case, "theirs"), "merge_ours", merged),
            run(clones, "merge_to", read(case, "ours"), "merge_theirs", mirrored),
        ] == expected["orders"]


def steps(before: Catalog, after: Catalog) -> dict[tuple, tuple]:
    """New values of altered attributes by action, address and attributes; the order of columns aside."""
    changes = diff(before, after, same_origin=True)
    return {
        (change.action, change.address, tuple(each.name for each in change.attributes)): tuple(
            each.after for each in change.attributes
        )
        for change in changes
        if not change.soft and not is_copy(change.after)
    }


def is_copy(found: CatalogObject | None) -> bool:
    """Whether a partition gets it from its parent, so that nobody writes it."""
    return getattr(found, "inherited", False) and not getattr(found, "local", True)


def named_twice(catalog: Catalog) -> list[tuple]:
    """Identities that two objects claim: then none of them can be told from the other."""
    keys = Counter(who.key for who in catalog.identities.values() if who != NOBODY)
    return [key for key, count in keys.items() if count > 1]


def left_to_do(merged: Merged, reached: Catalog) -> set[tuple]:
    return set(steps(reached, merged.seen_from(reached)))


def theirs_alone(base: Catalog, ours: Catalog, theirs: Catalog) -> set[tuple]:
    """What theirs did to the base and ours did not do alike, in merged names."""
    sides = read_side(base, ours), read_side(base, theirs)
    renames = merge_names(*sides)
    done, wanted = (
        {
            (action, Space(renames, side).lead(at), names): values
            for (action, at, names), values in steps(base, side.catalog).items()
        }
        for side in sides
    )
    return {step for step, values in wanted.items() if done.get(step) != values or step not in done}


def run(clones: Clones, name: str, statements: str, origin: str, merged: Merged) -> str:
    try:
        reached = clones.make(name, statements, origin)
    except psycopg.Error:
        return "fails"
    return "differs" if deviations(merged, reached) else "same"
