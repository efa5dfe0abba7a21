"""What kind of statement a text is, in the names of Postgres's grammar."""

# Postgres's parser builds a tree as deep as the text nests, and handing that tree
# to Python recurses in C: 100,000 terms of `1+1+...` end the process. A text this
# short can't nest deep enough (20,000 levels were fine); a longer one is told by
# its first words.
PARSED_CHARACTERS = 16_000


def kind_of(text: str) -> str:
    """Kind of one statement: `CreateStmt`, `SelectStmt`..., empty where it can't be told."""
    if len(text) <= PARSED_CHARACTERS:
        return _parsed_kind(text)
    return ""


def _parsed_kind(text: str) -> str:
    from pglast import parser

    try:
        statements = parser.parse_sql(text)
    except parser.ParseError:
        return ""
    return type(statements[0].stmt).__name__ if statements else ""
