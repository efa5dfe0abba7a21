"""A tree with changes, written into a folder."""

from collections.abc import Sequence
from pathlib import Path

from schemata.landing import FileChange
from schemata.layouts import Tree


def write_tree(out: Path, tree: Tree, changes: Sequence[FileChange]) -> None:
    """Every file of `tree`, then `changes` over it. Raises OSError.

    Links are left out: nobody knows where they lead.
    """
    for file in tree.files():
        if not file.is_link:
            _write(out / file.path, tree.read(file.path))
    for change in changes:
        _write(out / change.path, change.content)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
