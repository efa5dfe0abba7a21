"""What a displayed name may hold: one line of text that can't pose as something else on a page or in a mail."""

import unicodedata

from django.core.exceptions import ValidationError

# Joiners are invisible and yet part of words in some scripts and of emoji.
JOINERS = "\u200c\u200d"


def one_line(text: str) -> str:
    """Any text as one line that can't pose as another: what does not show is white space, and that is one space."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def check_name(value: str) -> None:
    """Raise ValidationError for control characters, line breaks and marks that turn the direction of text."""
    for character in value:
        if unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} and character not in JOINERS:
            raise ValidationError(f"Leave out the invisible character U+{ord(character):04X}.")
