"""The part of an API's address that names a repository."""

from urllib.parse import quote

from forges.errors import Unusable
from forges.values import Place


def segments(place: Place, fewest: int, most: int) -> tuple[str, ...]:
    """The parts of the repository's full name, quoted. Raises Unusable where they can't be one."""
    parts = place.name.split("/")
    if not fewest <= len(parts) <= most or any(part in ("", ".", "..") for part in parts):
        raise Unusable(f"{place.name[:200]!a} is no full name of a repository.")
    return tuple(quote(part, safe="") for part in parts)


def clone_url(place: Place, name: str) -> str:
    """Where git finds the repository: on the place's own site, whatever its answers say, as the token goes there."""
    return f"{place.base_url.rstrip('/')}/{quote(name)}.git"
