"""JSON as it lies in a bytea: compressed once here, so that Postgres need not try."""

import zlib
from typing import Any, TypeVar

import msgspec

LEVEL = 6
Shape = TypeVar("Shape")


def pack(value: Any) -> bytes:
    return zlib.compress(msgspec.json.encode(value), LEVEL)


def unpack(body: bytes | memoryview) -> Any:
    return msgspec.json.decode(zlib.decompress(bytes(body)))


def unpack_as(body: bytes | memoryview, shape: type[Shape]) -> Shape:
    """The same, read into a type: where that holds `msgspec.Raw`, text is left to be read later."""
    return msgspec.json.decode(zlib.decompress(bytes(body)), type=shape)
