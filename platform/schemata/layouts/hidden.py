"""What a tool would run below its migrations, and Braid does not see: reported, so that nothing lands unread."""

from collections.abc import Iterator

from schemata.findings import Finding
from schemata.layouts.found import FoundLayout, error
from schemata.layouts.index import Index

# These tools enter folders of any name.
_ENTERING = frozenset({"diesel", "drizzle", "flyway", "prisma"})
# Flyway follows links to folders (java.io.File.isDirectory).
_FOLLOWING = "flyway"


def hidden_in(index: Index, found: FoundLayout) -> Iterator[Finding]:
    """An error for each script in a folder that Braid passes over, and for each link that leads to a folder."""
    if not found.root or found.layout not in _ENTERING:
        return
    for file in index.ignored:
        if file.path.startswith(f"{found.root}/"):
            yield _in_ignored_folder(file.path)
    if found.layout == _FOLLOWING:
        for file in index.below(found.root):
            if file.is_link and "." not in file.name:
                yield _link_to_folder(file.path)


def _in_ignored_folder(path: str) -> Finding:
    message = "This file is in a folder whose name Braid passes over, and the tool may run it."
    return error("migration.ignored-folder", message, path, hint="Give the folder another name.")


def _link_to_folder(path: str) -> Finding:
    message = "This is a symbolic link; Braid does not follow it, and the tool may run what it leads to."
    return error("migration.link", message, path, hint="Commit the files themselves.")
