"""Text from a repository on its way to a terminal."""

from braid.command.style import Style


def printable(text: str, style: Style) -> str:
    """The text without a repository's own control characters, which must not reach the terminal."""
    kept = "\n\x1b" if style.is_on else "\n"
    return "".join(ch if ch in kept or ch.isprintable() else "\ufffd" for ch in text)
