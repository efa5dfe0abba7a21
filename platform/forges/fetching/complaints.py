"""What git's own messages mean (they are asked for in English): a ForgeError with a sentence for people."""

import re
import time

from egress import Answer
from forges.errors import ForgeError, Gone, Refused, Unreachable, Unusable
from forges.failures import failure
from forges.fetching.processes import Done
from forges.fetching.remote import Remote
from forges.quoting import quoted

_STATUS = re.compile(r"The requested URL returned error: (\d{3})")
_REFUSED = {
    401: ("Authentication failed", "could not read Username", "could not read Password"),
    404: ("not found",),
}
_TOO_LARGE = ("File too large", "out of memory", "Out of memory", "pack exceeds maximum", "mmap failed")
_DAMAGED = ("fsck error", "index-pack failed", "is corrupt", "did not send all necessary objects")


def complaint(remote: Remote, done: Done) -> ForgeError:
    """The error for a git process that has failed."""
    text, own = done.errors, remote_words(remote, done)
    if status := _status(text):
        answer = Answer(status, own.encode(), {"content-type": "text/plain"})
        return failure(remote.host, answer, remote.secrets, time.time())
    if missing := re.search(r"couldn't find remote ref (\S+)", text):
        return Gone(f"{remote.host} has no {quoted(missing[1])} any more.", 404)
    if said := re.search(r"remote error: (.*)", text):
        return Refused(f"{remote.host} refused: {quoted(said[1], remote.secrets)}", 200)
    reason = f"git says: {quoted(_last(text), remote.secrets)}"
    if any(words in text for words in _TOO_LARGE):
        return Unusable(f"What {remote.host} sends is larger than Braid takes. {reason}")
    if any(words in text for words in _DAMAGED) and "early EOF" not in text and "disconnect" not in text:
        return Unusable(f"What {remote.host} sends is not in order. {reason}")
    return Unreachable(f"Nothing could be had from {remote.host}. {reason}")


def remote_words(remote: Remote, done: Done) -> str:
    """What the other side printed for people, without secrets, as one line."""
    lines = (
        line.removeprefix("remote:").strip()
        for line in done.errors.splitlines()
        if line.startswith("remote:")
    )
    return quoted(" ".join(filter(None, lines)), remote.secrets)


def _status(text: str) -> int:
    if found := _STATUS.search(text):
        return int(found[1])
    fatal = " ".join(line for line in text.splitlines() if line.startswith("fatal:"))
    return next((status for status, words in _REFUSED.items() if any(each in fatal for each in words)), 0)


def _last(text: str) -> str:
    """The line that says most: the last that git calls fatal, or else the last error, or the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["nothing"]
    for mark in ("fatal:", "error:"):
        if marked := [line for line in lines if line.startswith(mark)]:
            return marked[-1]
    return lines[-1]
