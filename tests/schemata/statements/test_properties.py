"""Laws of splitting, on SQL-like and on arbitrary text."""

from hypothesis import given
from hypothesis import strategies as st
from pglast import parser

from schemata.statements import SplitError, Statement, split

PIECES = st.sampled_from(
    [
        *(
            "SELECT 1",
            "select a from b",
            "CREATE TABLE t (id int)",
            "BEGIN",
            "COMMIT",
            "'a;b'",
            "E'a\\';'",
            "e'",
            "'",
            "''",
        ),
        *(
            '"q;"',
            '"',
            "$$;$$",
            "$x$",
            "$$",
            "$1",
            "--c;\n",
            "--",
            "/*",
            "*/",
            "/* ; */",
            "(",
            ")",
            ";",
            ";",
            "\n",
            "\r\n",
        ),
        *(
            " ",
            "\t",
            "\\",
            "é",
            "😀",
            "U&'x'",
            "begin atomic",
            "end",
            "case",
            "create function f()",
            "CREATE RULE",
            "-",
            "/",
        ),
        *("CREATE RULE", "COMMIT", "\r\n", "1.5e3", "a$b", "\ufeff", "\u2028", "\x0b"),
    ]
)
SQL = st.lists(PIECES, max_size=14).map("".join)


def cut(text: str) -> tuple[Statement, ...] | SplitError:
    try:
        return split(text)
    except SplitError as error:
        return error


@given(st.one_of(SQL, st.text(max_size=60)))
def test_any_text_is_cut_or_refused_with_a_place(text: str) -> None:
    found = cut(text)
    if isinstance(found, SplitError):
        assert 0 <= found.offset <= len(text)
        assert (found.line, found.column) == place(text, found.offset)


@given(st.one_of(SQL, st.text(max_size=60)))
def test_statements_stand_where_they_say_and_gaps_hold_no_code(text: str) -> None:
    found = cut(text)
    if isinstance(found, SplitError):
        return
    end = 0
    for statement in found:
        assert statement.text
        assert statement.text == text[statement.offset : statement.end]
        assert (statement.line, statement.column) == place(text, statement.offset)
        assert statement.offset >= end
        assert split(text[end : statement.offset]) == ()
        end = statement.end
    assert split(text[end:]) == ()


@given(SQL)
def test_a_statement_alone_is_one_statement(text: str) -> None:
    found = cut(text)
    if not isinstance(found, SplitError):
        for statement in found:
            assert [each.text for each in split(statement.text)] == [statement.text]


@given(SQL)
def test_postgres_agrees_wherever_it_can_parse(text: str) -> None:
    try:
        slices = parser.split(text, only_slices=True)
    except parser.ParseError:
        return
    found = split(text)
    assert [statement.offset for statement in found] == [each.start for each in slices]
    for statement, each in zip(found, slices, strict=True):
        # It keeps comments behind the statement, and strips what Python calls blank and Postgres a letter.
        shorter, longer = sorted((statement.text, text[each.start : each.stop]), key=len)
        assert longer.startswith(shorter)
        assert split(longer.removeprefix(shorter).strip()) == ()


@given(
    st.lists(st.sampled_from(["SELECT 1", "CREATE TABLE t (a text DEFAULT ';')", "DROP TABLE t"]), max_size=5)
)
def test_joined_statements_come_apart_again(statements: list[str]) -> None:
    assert [each.text for each in split(";\n".join(statements))] == statements


def place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
