"""What kind of statement a text is, in the names of Postgres's grammar."""

from schemata.statements.scanner import ScanError, pieces, words

# Postgres's parser builds a tree as deep as the text nests, and handing that tree
# to Python recurses in C: 100,000 terms of `1+1+...` end the process. A text this
# short can't nest deep enough (20,000 levels were fine); a longer one is told by
# its first words.
PARSED_CHARACTERS = 16_000

_BY_WORDS = {
    "insert": "InsertStmt",
    "update": "UpdateStmt",
    "delete": "DeleteStmt",
    "merge": "MergeStmt",
    "select": "SelectStmt",
    "values": "SelectStmt",
    "copy": "CopyStmt",
    "do": "DoStmt",
    "create table": "CreateStmt",
    "create function": "CreateFunctionStmt",
    "create procedure": "CreateFunctionStmt",
    "create or replace function": "CreateFunctionStmt",
    "create or replace procedure": "CreateFunctionStmt",
    "create view": "ViewStmt",
    "create or replace view": "ViewStmt",
    "create type": "CreateEnumStmt",
    "alter table": "AlterTableStmt",
    "comment on": "CommentStmt",
}
_MOST_WORDS = 4


def kind_of(text: str) -> str:
    """Kind of one statement: `CreateStmt`, `SelectStmt`..., empty where it can't be told."""
    if len(text) <= PARSED_CHARACTERS:
        return _parsed_kind(text)
    first = _first_words(text)
    counts = range(len(first), 0, -1)
    return next((kind for count in counts if (kind := _BY_WORDS.get(" ".join(first[:count])))), "")


def _parsed_kind(text: str) -> str:
    from pglast import parser

    try:
        statements = parser.parse_sql(text)
    except parser.ParseError:
        return ""
    return type(statements[0].stmt).__name__ if statements else ""


def _first_words(text: str) -> list[str]:
    """The words before the first mark, string or parenthesis."""
    found: list[str] = []
    try:
        for piece in pieces(text):
            if piece.sort == "code":
                found += words(text, piece)
            if len(found) >= _MOST_WORDS or piece.sort not in ("code", "space", "comment"):
                break
    except ScanError:
        pass
    return found[:_MOST_WORDS]
