"""Rewriting keeps every character that it was not told to change."""

from hypothesis import given
from hypothesis import strategies as st

from schemata.history import Batch, Migration, Transaction, migration_of
from schemata.merge.rewriting import LeftOut, Replaced, rewrite

TEXT = """-- Phones.
ALTER TABLE users ADD phone text;

/* Why: people
   call */ ALTER TABLE users ADD city text ; -- and where
UPDATE users SET city = '?';
"""


def test_nothing_decided_is_the_same_migration() -> None:
    migration = migration_of("1", TEXT)
    assert rewrite(migration, {}) is migration


def test_a_statement_gives_way_to_a_comment() -> None:
    assert rewrite(migration_of("1", TEXT), {0: LeftOut("Left out: there already.")}).text == TEXT.replace(
        "ALTER TABLE users ADD phone text;", "-- Left out: there already."
    )


def test_a_statement_gives_way_to_others() -> None:
    decision = Replaced(("DROP VIEW v;", "CREATE VIEW v AS SELECT 1;"), "Because\nof v.")
    assert rewrite(migration_of("1", TEXT), {1: decision}).text == TEXT.replace(
        "ALTER TABLE users ADD city text ;",
        "-- Because\n-- of v.\nDROP VIEW v;\nCREATE VIEW v AS SELECT 1;\n",
    )


def test_a_line_comment_never_swallows_what_follows_on_the_line() -> None:
    migration = migration_of("1", "select 1; select 2;")
    rewritten = rewrite(migration, {0: LeftOut("Left out.")})
    assert [statement.text.strip().splitlines()[-1].strip() for statement in rewritten.statements] == [
        "select 2"
    ]


def test_batches_stay_where_the_tool_cuts() -> None:
    text = "create table a ();--> cut\ncreate table b ();--> cut\ncreate table c ()"
    pieces = []
    place = 0
    for part in text.split("--> cut"):
        pieces.append(Batch(part, place))
        place += len(part) + len("--> cut")
    migration = Migration("1", "1", text, "", Transaction.TRANSACTION, tuple(pieces))
    rewritten = rewrite(migration, {1: Replaced(("create table d ();",), "Why.")})
    assert [batch.text.strip() for batch in rewritten.batches] == [
        "create table a ();",
        "-- Why.\ncreate table d ();",
        "create table c ()",
    ]
    assert all(rewritten.text[b.offset : b.offset + len(b.text)] == b.text for b in rewritten.batches)


@given(
    st.lists(st.sampled_from(["select 1", "-- note\nselect 2", " /* x */ select ';'"]), min_size=1), st.data()
)
def test_what_is_kept_stands_byte_for_byte(parts: list[str], data: st.DataObject) -> None:
    migration = migration_of("1", ";\n".join(parts) + ";\n")
    indexes = st.sets(st.integers(0, len(migration.statements) - 1))
    gone = data.draw(indexes)
    rewritten = rewrite(migration, {index: LeftOut("Gone.") for index in gone})
    kept = [s.text[len(s.lead) :] for i, s in enumerate(migration.statements) if i not in gone]
    assert [s.text[len(s.lead) :] for s in rewritten.statements if s.text[len(s.lead) :]] == kept
    assert rewritten.text.count("-- Gone.") == len(gone)
