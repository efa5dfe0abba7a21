"""Which names of refs git itself would have (manual: git-check-ref-format), and which may stand in its commands.

Which branches are kept is no matter of this: `apps.repositories.names`.
"""

import re

from forges.errors import Unusable

MAX_NAME = 250
_BROKEN = re.compile(
    rb"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^/|/$|\.$|(?:^|/)\.|\.lock(?:/|$)",
)
_SHA = re.compile(r"[0-9a-f]{40}")


def is_ref(name: bytes) -> bool:
    """Whether git itself would have a ref of this name."""
    return name == b"HEAD" or (name.startswith(b"refs/") and not _BROKEN.search(name))


def is_usable(name: str) -> bool:
    """Whether the ref may stand in a command of git's: it is valid, can be shown, and no part looks like an option."""
    return (
        name.startswith("refs/")
        and is_ref(name.encode(errors="replace"))
        and len(name.encode(errors="replace")) <= MAX_NAME
        and name.isprintable()
        and "/-" not in name
    )


def check_names(*names: str) -> None:
    """Raise Unusable for the first name that is not usable."""
    for name in names:
        if not is_usable(name):
            raise Unusable(
                f"{name[:MAX_NAME]!a} can't be used: a name has at most {MAX_NAME} bytes, no character that does "
                "not show, and no part that begins with '-'."
            )


def is_sha(text: str) -> bool:
    """Whether it is a whole SHA-1 in lower case."""
    return bool(_SHA.fullmatch(text))
