"""Text for somebody's terminal: what a push, a commit or a database says must not move the cursor."""

import unicodedata

MAX_LINE = 500


def plain(text: str, limit: int = MAX_LINE) -> str:
    """One line without control characters or marks that reverse the reading direction, cut at `limit`."""
    flat = "".join(_visible(character) for character in text[: limit + 1])
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def lines(text: str) -> list[str]:
    """Text of several lines, each of them plain; trailing space goes, empty lines stay."""
    return [plain(line).rstrip() for line in text.splitlines()]


def _visible(character: str) -> str:
    if character == "\t":
        return "    "
    # Cc: control, Cf: format (bidirectional overrides), Cs: surrogates, Zl and Zp: line and paragraph breaks.
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _HIDDEN else character


_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
