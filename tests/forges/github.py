"""GitHub for tests: an app with a key of its own, on a server in this process that gives it tokens."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from functools import cache

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from forges.github import App
from forges.github.app import ForgeClock
from tests.forges.served import Asked, Reply, Served

NOW = 1_790_000_000.0
API = "/api/v3"


@cache
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@cache
def public_key() -> rsa.RSAPublicKey:
    key = serialization.load_pem_private_key(private_key().encode(), None).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key


def app(forge: Served, clock: Callable[[], float] = time.time) -> App:
    return App(forge.url, "4711", private_key(), forge.egress, ForgeClock(clock))


def dated(reply: Reply, moment: float) -> Reply:
    headers = {**reply.headers, "Date": formatdate(moment, usegmt=True)}
    return Reply(reply.status, reply.body, headers, reply.cut_at, reply.wait_s)


class Tokens:
    """Answers a request for an installation's token as GitHub does: by its own clock, with the JWT verified."""

    def __init__(self, now: Callable[[], float] = time.time, lasting_s: float = 3600.0) -> None:
        self.now, self.lasting_s, self.given = now, lasting_s, 0

    def __call__(self, asked: Asked) -> Reply:
        claims = jwt.decode(
            asked.headers["authorization"].removeprefix("Bearer "),
            public_key(),
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False},
        )
        assert claims["iss"] == "4711"
        if not claims["iat"] <= self.now() < claims["exp"] <= self.now() + 600:
            return dated(Reply(401, {"message": "'Expiration time' claim ('exp') is too far"}), self.now())
        self.given += 1
        ends = datetime.fromtimestamp(self.now() + self.lasting_s, UTC).isoformat()
        body = {"token": f"ghs_{self.given}", "expires_at": ends, "permissions": {"contents": "write"}}
        return dated(Reply(201, body), self.now())
