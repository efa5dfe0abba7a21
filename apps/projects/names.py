"""What a branch name and a folder in a project's settings may be."""

import re
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError

# The same letters that a push may use in a ref name; git forbids the rest of what is refused here.
BRANCH = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._/-]*[A-Za-z0-9_-])?")
FORBIDDEN_IN_BRANCH = ("..", "//", "/.", "./", ".lock/")


def check_branch(value: str) -> None:
    """Raise ValidationError when git would refuse the branch, or a page could not show it safely."""
    odd = any(part in value for part in FORBIDDEN_IN_BRANCH) or value.endswith(".lock") or value == "HEAD"
    if odd or not BRANCH.fullmatch(value):
        raise ValidationError(
            "Use letters, digits, dots, slashes, hyphens and underscores, as in main or release/2.0."
        )


def check_root(value: str) -> None:
    """Raise ValidationError when the text is no folder inside a repository."""
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or not value.isprintable():
        raise ValidationError("Name a folder from the top of the repository, as in packages/prisma.")


def tidy_root(value: str) -> str:
    """One spelling per folder: no leading `./`, no slash at the end, empty for the top."""
    tidied = str(PurePosixPath(value.strip())) if value.strip() else ""
    return "" if tidied == "." else tidied
