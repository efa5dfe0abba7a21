"""Migrations in pieces: one a statement, nothing lost, each with its time."""

from apps.checks.access import FailureView, MigrationText, MigrationView
from apps.checks.pages.migrations import LONGEST, segments

SQL = """-- first
create table a (b int); -- trailing
/* between */
insert into a values (1); select 2;

create index on a (b)
"""


def cut(
    sql: str, *times: float, failure: FailureView | None = None, failed: bool = False, is_cut: bool = False
):
    migration = MigrationView(1, "m", "m.sql", True, None, times, failed)
    return segments(migration, MigrationText(sql, is_cut), failure)


def failure(statement: int) -> FailureView:
    return FailureView("m", "m.sql", statement, "42P01", "no", "", "", 1, 1, "")


def test_one_piece_a_statement_with_its_comments() -> None:
    pieces = cut(SQL, 1.0, 2.0)
    assert [piece.sql for piece in pieces] == [
        "-- first\ncreate table a (b int); -- trailing",
        "/* between */\ninsert into a values (1); ",
        "select 2;",
        "create index on a (b)",
    ]
    assert [piece.ms for piece in pieces] == [1.0, 2.0, None, None]


def test_the_failed_statement_is_told() -> None:
    pieces = cut(SQL, 1.0, failed=True, failure=failure(1))
    assert [piece.failed for piece in pieces] == [False, True, False, False]


def test_another_migrations_failure_marks_nothing() -> None:
    assert not any(piece.failed for piece in cut(SQL, failure=failure(1)))


def test_what_cannot_be_split_stays_whole() -> None:
    broken = "create table a (b text default 'open)"
    assert [piece.sql for piece in cut(broken)] == [broken]


def test_a_cut_file_stays_whole() -> None:
    assert len(cut(SQL, is_cut=True)) == 1


def test_no_sql_no_pieces() -> None:
    assert cut("") == ()


def test_the_end_of_a_long_script_is_one_piece() -> None:
    statements = [f"select {n};" for n in range(LONGEST + 40)]
    pieces = cut("\n".join(statements) + "\n", *[0.5] * len(statements))
    assert len(pieces) == LONGEST + 1
    assert pieces[-1].sql.splitlines() == statements[LONGEST:]
    assert pieces[-1].ms == 20


def test_a_failure_far_down_is_still_a_piece_of_its_own() -> None:
    statements = "\n".join(f"select {n};" for n in range(LONGEST + 40))
    pieces = cut(statements, failed=True, failure=failure(LONGEST + 20))
    assert [index for index, piece in enumerate(pieces) if piece.failed] == [LONGEST + 20]
