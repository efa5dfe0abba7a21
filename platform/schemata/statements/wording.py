"""Whether two texts of code say the same, however they are laid out."""

from schemata.statements.kinds import PARSED_CHARACTERS

# Postgres's scanner counts them as tokens; they say nothing.
_COMMENTS = frozenset({"SQL_COMMENT", "C_COMMENT"})
_VERBATIM = frozenset({"SCONST", "USCONST", "BCONST", "XCONST"})


def same_code(first: str, second: str) -> bool:
    """Whether two bodies of SQL or PL/pgSQL differ in blanks, comments and the case of words alone.

    By the tokens of Postgres's own scanner; strings and quoted names count as they are
    written. False where either can't be scanned.
    """
    if first == second:
        return True
    mine, other = _tokens(first), _tokens(second)
    return mine is not None and mine == other


def _tokens(text: str) -> tuple[str, ...] | None:
    from pglast import parser

    if len(text) > PARSED_CHARACTERS:
        return None
    try:
        found = parser.scan(text)
    except parser.ParseError:
        return None
    # The scanner counts characters; both ends belong to the token.
    words = ((each.name, text[each.start : each.end + 1]) for each in found if each.name not in _COMMENTS)
    return tuple(word if name in _VERBATIM or word.startswith('"') else word.lower() for name, word in words)
