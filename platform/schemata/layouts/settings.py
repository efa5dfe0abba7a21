"""`braid.toml` at the top of a repository: which schema is meant, where Braid can't tell.

[schema]
layout = "prisma"                     # one of the readers' names
root = "packages/db/prisma/migrations" # the folder of the migrations, or one above it
postgres = 16                          # major version to replay on
multi_statement = true                 # golang-migrate's x-multi-statement

`[policy]` stands in the same file and belongs to the service: `read_table` hands it out as it is.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from typing import Any

from schemata.layouts.found import LayoutError, error
from schemata.layouts.trees import Tree

SETTINGS_FILE = "braid.toml"
TABLES = ("schema", "policy")
LAYOUTS = ("prisma", "drizzle", "flyway", "dbmate", "golang-migrate", "goose", "diesel", "supabase")
MAX_BYTES = 64 * 1024
_AT_LINE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_KEYS = {"layout": str, "root": str, "postgres": int, "multi_statement": bool}
_SHOULD_BE = {str: "a text in quotes", int: "a whole number", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What `braid.toml` says, or nothing of it; `path` and `line` are where it says the root."""

    layout: str = ""
    root: str = ""
    postgres: int | None = None
    options: tuple[str, ...] = ()
    path: str = ""
    line: int | None = None

    def at(self, root: str) -> "Settings":
        """The same with another root, as the project's settings ask for."""
        return replace(self, root=root, path="", line=None)


def read_settings(tree: Tree) -> Settings:
    """The settings of a tree, empty where it has no file. Raises LayoutError with the line that is wrong."""
    text = _read(tree)
    return _checked(_table(_parsed(text), text, "schema"), text) if text is not None else Settings()


def read_table(tree: Tree, name: str) -> dict[str, Any]:
    """One table of the file as TOML gives it, empty where there is none. Raises LayoutError like `read_settings`."""
    text = _read(tree)
    return _table(_parsed(text), text, name) if text is not None else {}


def _read(tree: Tree) -> str | None:
    try:
        data = tree.read(SETTINGS_FILE)
    except FileNotFoundError:
        return None
    if len(data) > MAX_BYTES:
        raise _wrong(f"is larger than {MAX_BYTES:,} bytes", 1)
    return _decoded(data)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise _wrong("is not UTF-8", data.count(b"\n", 0, wrong.start) + 1) from None


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        match = _AT_LINE.search(str(wrong))
        line = int(match.group(1)) if match and match.group(1) else text.count("\n") + 1
        why = _AT_LINE.sub("", str(wrong)).strip()
        raise _wrong(f"is not valid TOML: {why[:1].lower()}{why[1:]}", line) from None
    except RecursionError:
        raise _wrong("nests too deeply", 1) from None


def _table(document: dict[str, Any], text: str, name: str) -> dict[str, Any]:
    for unknown in sorted(document.keys() - set(TABLES)):
        raise _wrong(
            f"has the unknown table [{unknown}]; Braid reads [schema] and [policy]", _line_of(text, unknown)
        )
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise _wrong(f"has a value {name} where a table [{name}] belongs", _line_of(text, name))
    return table


def _checked(table: dict[str, Any], text: str) -> Settings:
    for key, value in table.items():
        kind = _KEYS.get(key)
        if kind is None:
            raise _wrong(f"has the unknown key {key}; Braid reads {', '.join(_KEYS)}", _line_of(text, key))
        if type(value) is not kind:
            raise _wrong(f"has {key} = {value!r}, which must be {_SHOULD_BE[kind]}", _line_of(text, key))
    layout, postgres = table.get("layout", ""), table.get("postgres")
    if layout and layout not in LAYOUTS:
        raise _wrong(f"names the layout {layout!r}; there are {', '.join(LAYOUTS)}", _line_of(text, "layout"))
    if postgres is not None and not 9 < postgres < 100:
        raise _wrong(
            f"has postgres = {postgres}, which must be a major version such as 16", _line_of(text, "postgres")
        )
    options = ("multi_statement",) if table.get("multi_statement") else ()
    line = _line_of(text, "root" if "root" in table else "layout") if table else None
    return Settings(layout, _root(table.get("root", ""), text), postgres, options, SETTINGS_FILE, line)


def _root(root: str, text: str) -> str:
    parts = [part for part in root.split("/") if part not in ("", ".")]
    if ".." in parts or root.startswith("/"):
        raise _wrong(f"has root = {root!r}, which must be a folder of the repository", _line_of(text, "root"))
    return "/".join(parts)


def _line_of(text: str, key: str) -> int:
    found = re.search(rf"""^[ \t]*(\[+[ \t]*)?["']?{re.escape(key)}\b""", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _wrong(what: str, line: int) -> LayoutError:
    hint = 'For example:\n[schema]\nlayout = "prisma"\nroot = "prisma/migrations"'
    return LayoutError(
        error("layout.settings", f"{SETTINGS_FILE} {what}.", SETTINGS_FILE, line=line, hint=hint)
    )
