"""What an answer that is no success means: a ForgeError with a sentence for people and no secret.

Rate limits by RFC 9110 (Retry-After) and by each forge's own headers; where the forge
says its own time, waiting is counted from that, as clocks differ.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import msgspec

from egress import Answer
from forges.errors import Elsewhere, ForgeError, Gone, Limited, Refused, Unreachable
from forges.quoting import quoted

WAIT_S = 60.0
LONGEST_WAIT_S = 2 * 3600.0
RESETS = ("x-ratelimit-reset", "ratelimit-reset")
REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining")

_SENTENCES = {
    HTTPStatus.UNAUTHORIZED: "{forge} does not accept the credential: it has expired, was revoked or is wrong.",
    HTTPStatus.FORBIDDEN: "{forge} does not allow this with the credential that Braid has.",
    HTTPStatus.NOT_FOUND: "{forge} has no such thing, or does not show it to the credential that Braid has.",
    HTTPStatus.GONE: "{forge} has removed this.",
}


def failure(forge: str, answer: Answer, headers: Iterable[str], now: float) -> ForgeError:
    """The error for an answer; `headers` are the values sent that hold a secret, `now` is in seconds since 1970."""
    status = answer.status
    own = quoted(own_words(answer), secrets_of(headers))
    if is_limit(answer, own):
        wait_s = waiting(answer.headers, now)
        return Limited(f"{forge} asks to wait {wait_s:.0f} s before the next request.", wait_s)
    if status >= 500 or status == HTTPStatus.REQUEST_TIMEOUT:
        return Unreachable(f"{forge} failed (HTTP {status}).")
    if status < 400:
        text = f"{forge} says that this has moved to another address (HTTP {status})."
        return Elsewhere(text, status, answer.headers.get("location", ""))
    sentence = _SENTENCES.get(HTTPStatus(status) if status in set(HTTPStatus) else HTTPStatus.BAD_REQUEST)
    text = (sentence or "{forge} refused this.").format(forge=forge) + f" (HTTP {status}"
    kind = Gone if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else Refused
    return kind(text + (f": {own})" if own else ")"), status)


def is_limit(answer: Answer, own: str) -> bool:
    """Whether the answer is about too many requests; GitHub says so with 403 as well."""
    if answer.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return answer.status == HTTPStatus.TOO_MANY_REQUESTS or "retry-after" in answer.headers
    if answer.status != HTTPStatus.FORBIDDEN:
        return False
    spent = any(answer.headers.get(name) == "0" for name in REMAINING)
    return spent or "retry-after" in answer.headers or "rate limit" in own.lower()


def waiting(headers: Mapping[str, str], now: float) -> float:
    """Seconds until the next request is welcome, between one and LONGEST_WAIT_S; WAIT_S where nothing is said."""
    now = moment_of(headers.get("date", "")) or now
    after = headers.get("retry-after", "")
    resets = [float(headers[name]) - now for name in RESETS if headers.get(name, "").isdecimal()]
    if after.isdecimal():
        wait_s = float(after)
    elif moment := moment_of(after):
        wait_s = moment - now
    else:
        wait_s = max(resets, default=WAIT_S)
    return min(max(wait_s, 1.0), LONGEST_WAIT_S)


def secrets_of(headers: Iterable[str]) -> tuple[str, ...]:
    """What must not be shown of the values of headers: all of each, what follows `Bearer `, what `Basic ` holds."""
    values = list(headers)
    words = [value.rpartition(" ")[2] for value in values]
    held = [_unpacked(word) for value, word in zip(values, words, strict=True) if value.startswith("Basic ")]
    return (*values, *words, *held, *(pair.partition(":")[2] for pair in held))


def _unpacked(word: str) -> str:
    return b64decode(word, validate=False).decode(errors="replace")


def own_words(answer: Answer) -> str:
    """What the forge gives as its reason: plain text, or `message`, `error`, `errors`... in JSON."""
    if answer.headers.get("content-type", "").startswith("text/plain"):
        return answer.text
    try:
        found = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return _words(found, depth=4)


def _words(found: Any, depth: int) -> str:
    if isinstance(found, str) or depth == 0:
        return found if isinstance(found, str) else ""
    if isinstance(found, list):
        return "; ".join(filter(None, (_words(each, depth - 1) for each in found[:5])))
    if not isinstance(found, dict):
        return ""
    named = [found[name] for name in _REASONS if name in found]
    return ". ".join(filter(None, (_words(each, depth - 1) for each in named or found.values())))


_REASONS = ("message", "error", "error_description", "errors", "detail")


def moment_of(text: str) -> float | None:
    """An HTTP date as seconds since 1970; None for anything else."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
