"""What a connection's statuses are called on the forge: a name of its own for each project of a repository."""

from apps.forges.errors import MisgivenError
from apps.forges.models import Connection

LONGEST = 60


def name_apart(connection: Connection) -> None:
    """A status of its own where another project follows the same repository: one would overwrite the other's."""
    project = connection.project
    for name in (connection.context, f"braid-{project.slug}", f"braid-{project.team.slug}-{project.slug}"):
        connection.context = name[:LONGEST]
        if not _others_with(connection):
            return
    connection.context = f"braid-{connection.key}"


def check(connection: Connection) -> None:
    """Raises RefusedError where the forge would not tell two projects' statuses apart."""
    if others := _others_with(connection):
        raise MisgivenError(
            f"Another project that follows this repository calls its status {others[0]}; they need different names.",
            "context",
        )


def _others_with(connection: Connection) -> list[str]:
    """Names of statuses that are ours, or that ours stand below, in other projects of the repository."""
    same = Connection.objects.filter(
        kind=connection.kind, base_url__iexact=connection.base_url, number=connection.number
    )
    ours = f"{connection.context}/"
    theirs = same.exclude(pk=connection.pk).order_by("pk").values_list("context", flat=True)
    return [each for each in theirs if f"{each}/".startswith(ours) or ours.startswith(f"{each}/")]
