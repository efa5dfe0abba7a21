"""What a forge said, as it may be shown: one line, nothing that moves a cursor, no secret of ours."""

import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator
from urllib.parse import quote

MAX_LENGTH = 300
HIDDEN = "[secret]"
CUT = "\n…"

# Cc: control, Cf: format (bidirectional overrides), Cs, Co, Cn: no characters, Zl and Zp: breaks.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def quoted(text: str, secrets: Iterable[str] = (), limit: int = MAX_LENGTH) -> str:
    """One line of at most `limit` characters; every secret in it, however it is written, is HIDDEN."""
    for form in _forms(secrets):
        text = text.replace(form, HIDDEN)
    flat = " ".join("".join(map(_visible, text[: 8 * limit])).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def _forms(secrets: Iterable[str]) -> Iterator[str]:
    """A secret as it is, as a URL and as a header carries it; the longest first, as one may hold another."""
    forms = {
        form for secret in secrets if secret for form in (secret, quote(secret, safe=""), _encoded(secret))
    }
    yield from sorted(forms, key=lambda form: (-len(form), form))


def _encoded(secret: str) -> str:
    return b64encode(secret.encode()).decode()


def _visible(character: str) -> str:
    return " " if unicodedata.category(character) in _UNSEEN else character


def shortened(text: str, limit: int) -> str:
    """Text of several lines, cut at the end of a line where it is longer than `limit`, and saying so."""
    if len(text) <= limit:
        return text
    kept = text[: limit - len(CUT)]
    return (kept.rpartition("\n")[0] or kept) + CUT
