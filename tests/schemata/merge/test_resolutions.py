"""Answers to conflicts: what they give, and what is refused."""

import psycopg
import pytest

from schemata.catalog import Address, Catalog, Kind
from schemata.introspect import read_catalog
from schemata.merge import Merged, merge
from schemata.merge.conflicts import Choice
from schemata.merge.proof import deviations
from schemata.merge.resolutions import Resolution, ResolutionError, resolve
from tests.schemata.merge.test_cases import Clones

Three = tuple[Catalog, Catalog, Catalog]


@pytest.fixture
def clones(postgres):
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        made = Clones(admin, postgres.url("postgres"))
        yield made
        made.drop()


def meet(clones: Clones, base: str, ours: str, theirs: str) -> tuple[Merged, Three]:
    before = clones.make("answers_base", base)
    three = (
        before,
        clones.make("answers_ours", ours, "answers_base"),
        clones.make("answers_theirs", theirs, "answers_base"),
    )
    return merge(*three), three


def run(clones: Clones, statements: str, origin: str) -> Catalog:
    clones.make("answers_again", statements, origin)
    with psycopg.connect(clones.url.replace("/postgres", "/answers_again"), autocommit=True) as connection:
        return read_catalog(connection)


def names(catalog: Catalog, kind: Kind) -> list[str]:
    return [at.short for at in catalog.objects if at.kind == kind]


def test_both_tables_live_on_with_their_keys_indexes_and_references(clones: Clones) -> None:
    ours = "create table tags (id int primary key, a int)"
    theirs = (
        "create table tags (id serial primary key, b int); create index on tags (b);"
        "create table uses (tag int references tags)"
    )
    merged, three = meet(clones, "", ours, theirs)
    (conflict,) = merged.conflicts
    settled = resolve(merged, *three, {conflict.id: Resolution("both", name="labels")})
    assert settled.conflicts == ()
    assert names(settled.catalog, Kind.TABLE) == ["labels", "tags", "uses"]
    assert names(settled.catalog, Kind.INDEX) == ["labels.labels_b_idx"]
    assert names(settled.catalog, Kind.SEQUENCE) == ["labels_id_seq"]
    reached = run(clones, theirs.replace("tags", "labels"), "answers_ours")
    kept = {at for at in reached.objects if at.name != "uses_tag_fkey"}
    assert {at for at in settled.catalog.objects if at.name != "uses_tag_fkey"} == kept
    key = settled.catalog.objects[Address(Kind.CONSTRAINT, "public", "uses_tag_fkey", "uses")]
    assert key.references == Address(Kind.TABLE, "public", "labels")
    default = settled.catalog.objects[Address(Kind.COLUMN, "public", "id", "labels")].default
    assert default == reached.objects[Address(Kind.COLUMN, "public", "id", "labels")].default


def test_own_value_stands_on_both_sides(clones: Clones) -> None:
    base = "create table t (a int default 1)"
    merged, three = meet(
        clones, base, "alter table t alter a set default 2", "alter table t alter a set default 3"
    )
    (conflict,) = merged.conflicts
    settled = resolve(merged, *three, {conflict.id: Resolution("value", value="5")})
    assert settled.conflicts == ()
    assert settled.catalog.objects[Address(Kind.COLUMN, "public", "a", "t")].default == "5"


def test_keeping_a_dropped_table_brings_back_what_hung_on_it(clones: Clones) -> None:
    base = (
        "create table t (id serial primary key, a int); create index on t (a);"
        "create view v as select a from t; create table other (t int references t)"
    )
    merged, three = meet(clones, base, "drop table t cascade", "alter table t add b int")
    (conflict,) = merged.conflicts
    settled = resolve(merged, *three, {conflict.id: Resolution("theirs")})
    assert settled.catalog == three[2]
    dropped = resolve(merged, *three, {conflict.id: Resolution("ours")})
    assert dropped.catalog == three[1]


def test_sql_leaves_the_conflict_open(clones: Clones) -> None:
    base = "create table t (a int default 1)"
    merged, three = meet(
        clones, base, "alter table t alter a set default 2", "alter table t alter a set default 3"
    )
    (conflict,) = merged.conflicts
    settled = resolve(merged, *three, {conflict.id: Resolution(Choice.SQL, sql="select 1")})
    assert [found.id for found in settled.conflicts] == [conflict.id]


def test_answers_that_do_not_fit_are_named(clones: Clones) -> None:
    base = "create table t (a int)"
    merged, three = meet(clones, base, "alter table t add b int", "alter table t add b text")
    (conflict,) = merged.conflicts
    for choices, told in (
        ({"0123": Resolution("ours")}, "0123: there is no such conflict"),
        ({conflict.id: Resolution("mine")}, "'mine' is not offered, only ours, theirs, both, sql"),
        ({conflict.id: Resolution("both")}, "both needs the name"),
    ):
        with pytest.raises(ResolutionError) as refused:
            resolve(merged, *three, choices)
        assert told in str(refused.value)


def test_one_table_made_by_both_and_extended_by_one_yields_to_proof(clones: Clones) -> None:
    made = "create table if not exists t (id int primary key)"
    extended = f"{made}; alter table t add a int"
    merged, three = meet(clones, "", made, extended)
    assert [(found.attribute, found.yields_to_proof) for found in merged.conflicts] == [("columns", True)]
    for statements, origin in ((extended, "answers_ours"), (made, "answers_theirs")):
        assert deviations(merged, run(clones, statements, origin)) == ()
        clones.drop_last()
    assert merged.once_proved().conflicts == ()
    assert three[2] == merged.catalog
