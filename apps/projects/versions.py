"""The Postgres versions that a project can choose from."""

from django.conf import settings

from sandbox import binaries


def offered() -> tuple[int, ...]:
    """Major versions, ascending: those that the deployment names, else those of this machine's sandboxes."""
    named = settings.POSTGRES_VERSIONS
    majors = {int(version) for version in named} if named else set(binaries.versions())
    return tuple(sorted(majors))


def choices(current: int | None = None) -> list[tuple[str, str]]:
    """For a form; the project's own version stays on the list when the sandboxes have lost it."""
    majors = set(offered()) | ({current} if current else set())
    return [("", "Any that Braid has"), *((str(major), f"Postgres {major}") for major in sorted(majors))]
