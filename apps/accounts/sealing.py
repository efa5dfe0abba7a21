"""Secrets that must be read again (webhook and forge keys), encrypted at rest with a key that can be rotated.

`BRAID_ENCRYPTION_KEYS` lists keys, newest first: the first encrypts, all of them
decrypt. Without it the key follows from `BRAID_SECRET_KEY`. The format is Fernet
(https://github.com/fernet/spec).
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(Exception):
    """The secret was sealed with a key that this installation no longer has."""


def seal(secret: str) -> str:
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises SealBroken."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken("This secret can't be read with any key of BRAID_ENCRYPTION_KEYS.") from error


def _box() -> MultiFernet:
    return _box_of(tuple(settings.ENCRYPTION_KEYS or [settings.SECRET_KEY]))


@lru_cache(maxsize=4)
def _box_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"braid secrets at rest").derive(key.encode())
