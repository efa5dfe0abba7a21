"""Deliveries that are signed, and those that only look so."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from forges import Kind
from forges.signatures import verify

SECRET, BODY, NOW = "it is a secret", b'{"a": 1}', 1_790_000_000.0
DIGEST = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
SIGNED = {
    Kind.GITHUB: {"x-hub-signature-256": f"sha256={DIGEST}"},
    Kind.BITBUCKET: {"x-hub-signature": f"sha256={DIGEST}"},
    Kind.GITEA: {"x-gitea-signature": DIGEST},
    Kind.GITLAB: {"x-gitlab-token": SECRET},
}


@pytest.mark.parametrize("kind", Kind)
def test_each_forge_signs_in_its_own_way(kind: Kind) -> None:
    headers = SIGNED[kind]
    assert verify(kind, headers, BODY, [SECRET], NOW)
    assert verify(kind, headers, BODY, ["a new one", SECRET], NOW), (
        "a former secret is good while it is rotated"
    )
    assert not verify(kind, headers, BODY, ["another"], NOW)
    assert not verify(kind, headers, BODY, [], NOW)
    assert not verify(kind, headers, BODY, [""], NOW)
    assert not verify(kind, {}, BODY, [SECRET], NOW)
    if kind is not Kind.GITLAB:
        assert not verify(kind, headers, BODY + b" ", [SECRET], NOW)


@pytest.mark.parametrize("kind", Kind)
def test_no_forge_takes_the_signature_of_another(kind: Kind) -> None:
    others = [headers for other, headers in SIGNED.items() if other is not kind]
    assert not any(verify(kind, headers, BODY, [SECRET], NOW) for headers in others)


def test_forgejo_signs_as_gitea_does() -> None:
    assert verify(Kind.GITEA, {"x-forgejo-signature": DIGEST}, BODY, [SECRET], NOW)


def test_githubs_header_alone_is_no_signature_of_gitea() -> None:
    """Gitea sends both; whoever leaves out its own is not Gitea."""
    assert not verify(Kind.GITEA, SIGNED[Kind.GITHUB], BODY, [SECRET], NOW)


def standard(key: bytes, moment: int, body: bytes = BODY) -> dict[str, str]:
    signed = hmac.new(key, b"msg_1.%d.%s" % (moment, body), hashlib.sha256).digest()
    signature = base64.b64encode(signed).decode()
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1,xx v1,{signature}",
    }


def test_standard_webhooks() -> None:
    key = b"0123456789abcdef01234567"
    secret = f"whsec_{base64.b64encode(key).decode()}"
    assert verify(Kind.GITLAB, standard(key, int(NOW) - 200), BODY, [secret], NOW)
    assert not verify(Kind.GITLAB, standard(key, int(NOW) - 301), BODY, [secret], NOW), "played again"
    assert not verify(Kind.GITLAB, standard(key, int(NOW) + 301), BODY, [secret], NOW)
    assert not verify(Kind.GITLAB, standard(b"another", int(NOW)), BODY, [secret], NOW)
    assert not verify(Kind.GITLAB, {**standard(key, int(NOW)), "webhook-id": "msg_2"}, BODY, [secret], NOW)
    token_as_well = {**standard(b"another", int(NOW)), "x-gitlab-token": secret}
    assert not verify(Kind.GITLAB, token_as_well, BODY, [secret], NOW), (
        "a bad signature is not saved by a token"
    )


@given(
    st.sampled_from(Kind),
    st.dictionaries(
        st.sampled_from(
            sorted(
                [
                    "x-hub-signature-256",
                    "x-hub-signature",
                    "x-gitea-signature",
                    "x-forgejo-signature",
                    "x-gitlab-token",
                    "webhook-id",
                    "webhook-timestamp",
                    "webhook-signature",
                ]
            )
        ),
        st.text() | st.text(st.characters()) | st.just("9" * 5000) | st.just(str(int(NOW))),
    ),
    st.binary(),
)
@example(
    Kind.GITLAB,
    {"webhook-id": "\ud800", "webhook-timestamp": str(int(NOW)), "webhook-signature": "v1,\udfff v1,ü v1,"},
    b"",
)
def test_nothing_that_is_sent_is_an_exception(kind: Kind, headers: dict[str, str], body: bytes) -> None:
    assert not verify(kind, headers, body, [SECRET], NOW)
