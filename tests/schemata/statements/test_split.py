"""Where statements begin and end."""

import pytest

from schemata.statements import SplitError, split

CUT = {
    "plain": ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
    "nothing": ("", []),
    "only comments": ("-- a;\n/* b; */ ;;", []),
    "comments around": ("-- a\nSELECT 1 /* b */ ; -- c", ["SELECT 1"]),
    "comment inside": ("SELECT /* ; */ 1 -- ;\n + 1;", ["SELECT /* ; */ 1 -- ;\n + 1"]),
    "nested comment": ("/* /* ; */ ; */ SELECT 1;", ["SELECT 1"]),
    "string": ("SELECT ';''; '; SELECT 2", ["SELECT ';''; '", "SELECT 2"]),
    "backslash in a plain string": (r"SELECT '\'; SELECT 2", [r"SELECT '\'", "SELECT 2"]),
    "escape string": (r"SELECT E'\'; '; SELECT 2", [r"SELECT E'\'; '", "SELECT 2"]),
    "a name that ends in e": (r"SELECT e.note'\'; SELECT 2", [r"SELECT e.note'\'", "SELECT 2"]),
    "continued escape string": (
        "SELECT e'a' -- c\n '\\';'; SELECT 2",
        ["SELECT e'a' -- c\n '\\';'", "SELECT 2"],
    ),
    "not continued on one line": (r"SELECT e'a' '\'; SELECT 2", [r"SELECT e'a' '\'", "SELECT 2"]),
    "unicode string": (r"SELECT U&'\'; SELECT 2", [r"SELECT U&'\'", "SELECT 2"]),
    "quoted name": ('SELECT "a;""b;"; SELECT 2', ['SELECT "a;""b;"', "SELECT 2"]),
    "dollar quotes": ("SELECT $$;$a$;$$; SELECT $a$;$$;$a$", ["SELECT $$;$a$;$$", "SELECT $a$;$$;$a$"]),
    "dollar in a name": ("SELECT a$b$c; SELECT d$b$e", ["SELECT a$b$c", "SELECT d$b$e"]),
    "parameters": ("SELECT $1; SELECT $2", ["SELECT $1", "SELECT $2"]),
    "dollar quote of non-ASCII letters": ("SELECT $né$;$né$; SELECT 2", ["SELECT $né$;$né$", "SELECT 2"]),
    "rule": ("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3", 2),
    "deep parentheses": ("SELECT ((((1;2)))); SELECT 3", ["SELECT ((((1;2))))", "SELECT 3"]),
    "one parenthesis too many": ("SELECT 1); SELECT 2", ["SELECT 1)", "SELECT 2"]),
    "parenthesis never closed": ("SELECT (1; SELECT 2", ["SELECT (1; SELECT 2"]),
    "operators beside comments": (
        "SELECT 1 +-- ;\n 2; SELECT 3*/* ; */4",
        ["SELECT 1 +-- ;\n 2", "SELECT 3*/* ; */4"],
    ),
    "unknown syntax": ("FROBNICATE t; SELECT 1", ["FROBNICATE t", "SELECT 1"]),
    "no keyword": ("foo bar; SELECT 1", ["foo bar", "SELECT 1"]),
    "CRLF": ("SELECT 1;\r\n-- x\r\nSELECT 2\r\n", ["SELECT 1", "SELECT 2"]),
    "atomic body": (
        "CREATE OR REPLACE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3",
        2,
    ),
    "atomic after a comment": ("CREATE PROCEDURE p() BEGIN /* ; */ ATOMIC SELECT 1; END; SELECT 2", 2),
    "transaction in a function's text": (
        "CREATE FUNCTION f() RETURNS int AS 'BEGIN ATOMIC;' LANGUAGE sql; SELECT 2",
        2,
    ),
    "a table of that name": (
        "CREATE FUNCTION atomic() RETURNS int LANGUAGE sql RETURN 1; BEGIN; END; SELECT 2",
        4,
    ),
    "transaction": ("BEGIN; SELECT 1; COMMIT;", ["BEGIN", "SELECT 1", "COMMIT"]),
}


@pytest.mark.parametrize(("text", "expected"), CUT.values(), ids=CUT)
def test_cut(text: str, expected: list[str] | int) -> None:
    found = [statement.text for statement in split(text)]
    assert (len(found) if isinstance(expected, int) else found) == expected


UNFINISHED = {
    "SELECT 1;\n  SELECT 'open": (2, 10, "unterminated quoted string"),
    "SELECT E'open\\'": (1, 8, "unterminated quoted string"),
    '\n"open': (2, 1, "unterminated quoted identifier"),
    "SELECT $x$ $y$": (1, 8, "unterminated dollar-quoted string"),
    "SELECT 1 /* /* */": (1, 10, "unterminated /* comment"),
    "SELECT ('a', 'b": (1, 14, "unterminated quoted string"),
    "SELECT \0": (1, 8, "a NUL byte, which no SQL text can hold"),
}


@pytest.mark.parametrize("text", UNFINISHED)
def test_unfinished(text: str) -> None:
    with pytest.raises(SplitError) as caught:
        split(text)
    assert (caught.value.line, caught.value.column, caught.value.message) == UNFINISHED[text]


def test_places_count_characters_not_bytes() -> None:
    first, second = split("SELECT 'é😀';\n\n  SELECT 2;")
    assert (first.line, first.column, first.offset) == (1, 1, 0)
    assert (second.line, second.column, second.offset) == (3, 3, 16)


def test_places_go_on_from_where_the_text_stands() -> None:
    first, second = split(" SELECT 1;\nSELECT 2", offset=100, line=7, column=30)
    assert (first.line, first.column, first.offset) == (7, 31, 101)
    assert (second.line, second.column, second.offset) == (8, 1, 111)


LARGE = {
    "many statements": "INSERT INTO t VALUES (1, 'abc');\n" * 100_000,
    "one long statement": "INSERT INTO t VALUES " + ",".join(["(1, 'abc', now())"] * 200_000),
    "nested": "SELECT " + "(" * 100_000 + "1" + ")" * 100_000,
    "never closed": "(" * 300_000,
    "flat parentheses in one that is never closed": "(" + "(a)" * 200_000,
    "semicolons": ";" * 1_000_000,
    "dollars": "$" * 300_000,
    "one string": "SELECT '" + "''x" * 500_000 + "'",
    "continued strings": "SELECT e'a'" + "\n'b'" * 200_000,
    "comments": "--\n" * 300_000,
    "nested comments": "/*" * 200_000 + "*/" * 200_000,
    "one line": "SELECT 1;" * 100_000,
    "routine words": "CREATE FUNCTION begin atomic;" * 10_000,
    "unary": "SELECT " + "- " * 300_000 + "1",
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_time_is_linear(text: str) -> None:
    """The square of these sizes would take longer than any test may."""
    split(text)
