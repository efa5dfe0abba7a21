"""Text search dictionaries and configurations (manual, CREATE TEXT SEARCH CONFIGURATION)."""

from collections.abc import Iterator, Mapping

from schemata.catalog import Other
from schemata.render.names import qualified

# Token types of the server's own parser (manual, 12.5).
_TOKENS = [
    "asciiword",
    "word",
    "numword",
    "email",
    "url",
    "host",
    "sfloat",
    "version",
    "hword_numpart",
    "hword_part",
    "hword_asciipart",
    "blank",
    "tag",
    "protocol",
    "numhword",
    "asciihword",
    "hword",
    "url_path",
    "file",
    "float",
    "int",
    "uint",
    "entity",
]
_DEFAULT_PARSER = 'pg_catalog."default"'


def create_dictionary(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    options = f", {has['options']}" if has.get("options") else ""
    yield f"CREATE TEXT SEARCH DICTIONARY {qualified(found.address)} (TEMPLATE = {has['template']}{options});"


def create_configuration(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    if has["parser"] != _DEFAULT_PARSER:
        return
    at = f"TEXT SEARCH CONFIGURATION {qualified(found.address)}"
    yield f"CREATE {at} (PARSER = {has['parser']});"
    for key, dictionaries in has.items():
        if key != "parser":
            token = _TOKENS[int(key.removeprefix("token type ")) - 1]
            yield f"ALTER {at} ADD MAPPING FOR {token} WITH {dictionaries};"
