"""Over TLS: a certificate that nobody vouches for gets no request and no credential; a trusted one does."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from egress import Egress
from forges import Unreachable
from forges.fetching import fetch, list_refs
from tests.forges.remote import SECRET, USER, Host, serve

NAME, MAIN = "forge.invalid", ("refs/heads/main", "refs/heads/main")
CREDENTIALS = (USER, SECRET)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with a key and a certificate for NAME, signed by itself."""
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A host whose name a name server of the test's own knows."""
    known, context = socket.getaddrinfo, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def name_server(name: str, *arguments: object, **options: object) -> object:
        return known("127.0.0.1" if name == NAME else name, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", name_server)
    with serve(tmp_path, context) as host:
        yield host


def test_certificates(secure: Host, ours: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main = secure.make("shop").commit()
    port = secure.url.rpartition(":")[2]
    url, egress = f"https://{NAME}:{port}/shop.git", Egress.of([f"{NAME}:{port}", f"127.0.0.1:{port}"])
    with pytest.raises(Unreachable, match="certificate"):
        list_refs(url, CREDENTIALS, egress)
    with pytest.raises(Unreachable, match="certificate"):
        fetch(ours, url, CREDENTIALS, egress, [MAIN])
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(Unreachable, match="does not match"):
        fetch(ours, url.replace(NAME, "127.0.0.1"), CREDENTIALS, egress, [MAIN])
    assert secure.requests == []
    assert list_refs(url, CREDENTIALS, egress, ["refs/heads/"]) == {"refs/heads/main": main}
    assert fetch(ours, url, CREDENTIALS, egress, [MAIN]) == {"refs/heads/main": main}
