"""What kind a statement is."""

import pytest

from schemata.statements import Statement, split

KINDS = {
    "CREATE TABLE a (id int)": "CreateStmt",
    "CREATE TABLE a AS SELECT 1": "CreateTableAsStmt",
    "ALTER TABLE a ADD COLUMN b int": "AlterTableStmt",
    "ALTER TABLE a RENAME TO b": "RenameStmt",
    "ALTER TYPE e ADD VALUE 'x'": "AlterEnumStmt",
    "CREATE INDEX CONCURRENTLY i ON a (b)": "IndexStmt",
    "WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x": "InsertStmt",
    "-- comment\nDO $$ BEGIN END $$": "DoStmt",
    "BEGIN": "TransactionStmt",
    "FROBNICATE a": "",
}


@pytest.mark.parametrize("text", KINDS)
def test_kind(text: str) -> None:
    assert Statement(text, 1, 1, 0).kind == KINDS[text]


NESTED = {
    "parentheses": "SELECT " + "(" * 100_000 + "1" + ")" * 100_000,
    "a sum": "SELECT 1" + "+1" * 100_000,
    "a union": "SELECT 1" + " UNION SELECT 1" * 100_000,
    "negations": "SELECT " + "NOT " * 100_000 + "true",
    "a sum just short enough to be parsed": "SELECT 1" + "+1" * 7_990,
    "parentheses just short enough to be parsed": "SELECT " + "(" * 7_990 + "1" + ")" * 7_990,
    "a case": "SELECT " + "CASE WHEN true THEN " * 700 + "1" + " END" * 700,
}


@pytest.mark.parametrize("text", NESTED.values(), ids=NESTED)
def test_deep_nesting_does_not_end_the_process(text: str) -> None:
    (statement,) = split(text)
    assert statement.kind in ("SelectStmt", "")


@pytest.mark.parametrize(("text", "kind"), [("SELECT", "SelectStmt"), ("insert  into t", "InsertStmt")])
def test_a_statement_too_long_to_parse_is_told_by_its_first_words(text: str, kind: str) -> None:
    assert Statement(f"{text} VALUES (1){' , (2)' * 10_000}", 1, 1, 0).kind == kind
