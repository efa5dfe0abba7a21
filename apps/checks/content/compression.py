"""JSON as it lies in a bytea: compressed once here, so that Postgres need not try."""

import zlib
from typing import Any

import orjson

LEVEL = 6


def pack(value: Any) -> bytes:
    return zlib.compress(orjson.dumps(value, default=tuple, option=orjson.OPT_NON_STR_KEYS), LEVEL)


def unpack(body: bytes | memoryview) -> Any:
    return orjson.loads(zlib.decompress(bytes(body)))
