"""Whether a delivery comes from somebody who knows the secret, decided on its raw bytes before anything is parsed.

GitHub: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries. Bitbucket:
https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/. Gitea: https://docs.gitea.com/usage/webhooks.
GitLab: https://docs.gitlab.com/user/project/integrations/webhooks/ and https://www.standardwebhooks.com.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from forges.hints import Headers
from forges.values import Kind

# Seconds that clocks may differ, as Standard Webhooks has it: an old delivery can't be played again.
TOLERANCE_S = 300
MOST_SIGNATURES = 10
_PREFIX = "sha256="


def verify(kind: Kind, headers: Headers, body: bytes, secrets: Sequence[str], now: float) -> bool:
    """Whether one of `secrets` signed the body; `headers` by lower-case name, `now` in Unix seconds."""
    known = [secret for secret in secrets if secret]
    return any(_is_signed(kind, headers, body, secret, now) for secret in known)


def _is_signed(kind: Kind, headers: Headers, body: bytes, secret: str, now: float) -> bool:
    if kind is Kind.GITHUB:
        return _has_digest(headers.get("x-hub-signature-256", ""), _PREFIX, secret, body)
    if kind is Kind.BITBUCKET:
        return _has_digest(headers.get("x-hub-signature", ""), _PREFIX, secret, body)
    if kind is Kind.GITEA:
        given = headers.get("x-forgejo-signature") or headers.get("x-gitea-signature", "")
        return _has_digest(given, "", secret, body)
    if "webhook-signature" in headers:
        return _is_standard(headers, body, secret, now)
    return _same(headers.get("x-gitlab-token", ""), secret)


def _has_digest(given: str, prefix: str, secret: str, body: bytes) -> bool:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return _same(given, prefix + digest)


def _is_standard(headers: Headers, body: bytes, secret: str, now: float) -> bool:
    """`v1,<base64>`, several with spaces between while a secret is rotated, over `id.timestamp.body`."""
    identity, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if (
        not (moment.isascii() and moment.isdigit() and len(moment) < 12)
        or abs(now - int(moment)) > TOLERANCE_S
    ):
        return False
    signed = _bytes(f"{identity}.{moment}.") + body
    digest = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()
    given = headers["webhook-signature"].split(" ")[:MOST_SIGNATURES]
    return any(_same(each, f"v1,{digest}") for each in given)


def _key(secret: str) -> bytes:
    """The bytes behind `whsec_`, which are base64 there; another secret is its own bytes."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    text = secret.removeprefix("whsec_")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return secret.encode()


def _same(given: str, wanted: str) -> bool:
    """In constant time, whatever characters it is given."""
    return hmac.compare_digest(_bytes(given), wanted.encode())


def _bytes(header: str) -> bytes:
    """Of a header that may hold anything, half a surrogate pair too."""
    return header.encode("utf-8", "surrogatepass")
