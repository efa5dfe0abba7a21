"""Which environment variables the code reads, found in its source."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from sandbox.settings import PREFIX, SandboxSettings

ROOT = Path(__file__).parents[2]
READERS = {"text", "number", "flag", "words"}
# Of the system, not of Braid.
FOREIGN = {
    "PATH", "TERM", "NO_COLOR", "XDG_CACHE_HOME", "DJANGO_SETTINGS_MODULE", "HOME", "TMPDIR",
    "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED",
}  # fmt: skip


def variables_read() -> set[str]:
    """Every variable that a module under platform/, apps/ or worker/ reads."""
    found = {PREFIX + field.name.upper() for field in fields(SandboxSettings)}
    for folder in ("platform", "apps", "worker"):
        for path in (ROOT / folder).rglob("*.py"):
            found.update(_read_in(ast.parse(path.read_text())))
    return found - FOREIGN


def _read_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _reads(node.func):
            yield from _name(node.args[0])
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            yield from _name(node.slice)


def _reads(function: ast.expr) -> bool:
    return ast.unparse(function) in {*READERS, "os.environ.get", "os.getenv"}


def _name(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isupper():
        yield node.value
