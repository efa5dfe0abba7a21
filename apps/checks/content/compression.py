"""JSON as it lies in a bytea: compressed once here, so that Postgres need not try."""

import zlib
from typing import Any

import msgspec

LEVEL = 6


def pack(value: Any) -> bytes:
    return zlib.compress(msgspec.json.encode(value), LEVEL)


def unpack(body: bytes | memoryview) -> Any:
    return msgspec.json.decode(zlib.decompress(bytes(body)))
