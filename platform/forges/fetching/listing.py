"""The refs of a remote repository, asked for by prefix (manual: gitprotocol-v2, gitprotocol-http).

Without a git process: two requests, and the forge's status says exactly what is wrong.
"""

import time
from collections.abc import Collection, Iterator

from egress import Answer, Egress, EgressError, request
from forges.errors import Refused, Unreachable, Unusable
from forges.failures import failure
from forges.fetching.names import is_ref, is_sha
from forges.fetching.remote import Remote
from forges.quoting import quoted

MAX_LIST = 64 * 1024 * 1024
TOTAL_S = 60.0
FLUSH, DELIMITER, ERROR = b"0000", b"0001", b"ERR "
# Packets without a line: flush, delimiter, end of response, and a line of nothing.
_SPECIAL = (0, 1, 2, 4)
CUT = "The list of refs is cut short or not in git's format."
_SERVICE = "git-upload-pack"


def list_refs(
    url: str,
    credentials: tuple[str, str],
    egress: Egress,
    prefixes: Collection[str] = (),
    *,
    total_s: float = TOTAL_S,
) -> dict[str, str]:
    """The refs that begin with one of `prefixes` (none: all), in order, with the full hash of what each points to.

    `credentials` are a user's name and a secret; an empty secret asks as nobody. Names that git
    itself would not have, or that are not UTF-8, are left out. Raises ForgeError.
    """
    remote = Remote.of(url, credentials, egress)
    lines = list(_packets(_ask(egress, remote, "GET", f"/info/refs?service={_SERVICE}", None, total_s)))
    if lines[:1] == [f"# service={_SERVICE}".encode()]:
        del lines[0]
    if lines[:1] == [b"version 2"]:
        asked = _ls_refs(lines, prefixes)
        lines = list(_packets(_ask(egress, remote, "POST", f"/{_SERVICE}", asked, total_s)))
    return _refs(remote, lines, tuple(prefix.encode() for prefix in prefixes))


def _ls_refs(capabilities: Collection[bytes], prefixes: Collection[str]) -> bytes:
    """The command of protocol 2. A server may send more than was asked for."""
    formats = [line for line in capabilities if line.startswith(b"object-format=")]
    wanted = [f"ref-prefix {prefix}\n".encode() for prefix in prefixes]
    head = [b"command=ls-refs\n", b"agent=braid\n", *(line + b"\n" for line in formats)]
    return b"".join((*map(_packet, head), DELIMITER, *map(_packet, wanted), FLUSH))


def _packet(line: bytes) -> bytes:
    return f"{len(line) + 4:04x}".encode() + line


def _ask(
    egress: Egress, remote: Remote, method: str, path: str, body: bytes | None, total_s: float
) -> Answer:
    kind = "advertisement" if method == "GET" else "result"
    headers = {"Git-Protocol": "version=2", "User-Agent": "git/braid", **remote.headers}
    if body is not None:
        headers["Content-Type"] = f"application/x-{_SERVICE}-request"
    try:
        answer = request(
            egress,
            method,
            f"{remote.url}{path}",
            body=body,
            headers=headers,
            read_bytes=MAX_LIST,
            total_s=total_s,
        )
    except EgressError as error:
        raise Unreachable(str(error)) from None
    if answer.status != 200:
        raise failure(remote.host, answer, remote.secrets, time.time())
    if answer.headers.get("content-type", "") != f"application/x-{_SERVICE}-{kind}":
        raise Unusable(f"{remote.url} answers, but not as a git repository does.")
    if not answer.is_whole:
        raise Unusable(f"{remote.host} lists more than {MAX_LIST:,} bytes of refs; Braid reads no further.")
    return answer


def _packets(answer: Answer) -> Iterator[bytes]:
    """The lines of all packets; flush and delimiter packets are skipped.

    A list ends with a flush. Without it somebody on the way has cut it, and what is missing would look deleted.
    """
    at, body, last = 0, answer.body, b""
    while at < len(body):
        try:
            length = int(body[at : at + 4], 16)
        except ValueError:
            length = -1
        if length not in _SPECIAL and not len(b"0000") < length <= len(body) - at:
            raise Unreachable(CUT)
        if length not in _SPECIAL:
            line = body[at + 4 : at + length].removesuffix(b"\n")
            yield line
            if line.startswith(ERROR):
                return
        last = body[at : at + 4]
        at += max(length, 4)
    if last != FLUSH:
        raise Unreachable(CUT)


def _refs(remote: Remote, lines: Collection[bytes], prefixes: tuple[bytes, ...]) -> dict[str, str]:
    found = {}
    for line in lines:
        if line.startswith(ERROR):
            raise Refused(
                f"{remote.host} refused: {quoted(line[4:].decode(errors='replace'), remote.secrets)}", 200
            )
        sha, _, rest = line.partition(b"\0")[0].partition(b" ")
        name = rest.partition(b" ")[0]
        if not is_sha(sha.decode(errors="replace")):
            raise Unusable(
                f"{remote.host} keeps this repository in a format that Braid does not read (not SHA-1)."
            )
        if is_ref(name) and (not prefixes or name.startswith(prefixes)) and _is_text(name):
            found[name.decode()] = sha.decode()
    return dict(sorted(found.items()))


def _is_text(name: bytes) -> bool:
    try:
        name.decode()
    except UnicodeDecodeError:
        return False
    return True
