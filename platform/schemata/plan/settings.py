"""Settings of a database and of roles in it (manual, ALTER DATABASE, ALTER ROLE)."""

from collections.abc import Iterator, Mapping

from schemata.catalog import Other
from schemata.render.code import LISTS_OF_NAMES
from schemata.render.names import literal, name, names


def create_settings(found: Other, has: Mapping[str, str]) -> Iterator[str]:
    for key, value in has.items():
        shown = (
            names(each.strip().strip('"') for each in value.split(","))
            if key in LISTS_OF_NAMES
            else literal(value)
        )
        yield _in_database(found, f"SET {key} TO {shown}")


def drop_settings(found: Other) -> str:
    return _in_database(found, "RESET ALL")


def _in_database(found: Other, what: str) -> str:
    """The name of the database is nobody's to know: the same schema stands in many."""
    whose = found.address.name.removesuffix("in database").strip()
    by = "CURRENT_USER" if whose == "owner" else name(whose.removeprefix("role "))
    head = f"ALTER ROLE {by} IN DATABASE %I" if whose else "ALTER DATABASE %I"
    text = literal(f"{head} {what.replace('%', '%%')}")
    return f"DO $do$ BEGIN EXECUTE format({text}, current_database()); END $do$;"
