"""Which names of branches and tags Braid keeps, whether they are pushed to it or come from a forge.

Whether a ref may be named to git at all is looked at where that is done (`forges.fetching.names`).
"""

import re

MAX_NAME = 200
_ALLOWED = re.compile(r"[A-Za-z0-9._/-]+")


def trouble_with(name: str) -> str:
    """What is wrong with the name, as what follows it and a colon; empty where it is kept."""
    if not _ALLOWED.fullmatch(name):
        return "use letters, digits, '.', '_', '-' and '/' in names of branches and tags."
    if len(name) > MAX_NAME:
        return f"a name may have {MAX_NAME} characters."
    if any(part.startswith("-") for part in name.split("/")):
        return "no part of a name may start with '-', which commands would take for an option."
    return ""


def is_kept(branch: str) -> bool:
    """Whether a branch of this name is kept."""
    return branch != "HEAD" and not trouble_with(branch)
