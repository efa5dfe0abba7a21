"""Who somebody on the forge is in Braid, as the project's maintainers said."""

from apps.forges.models import Connection
from apps.teams.models import Membership


def member_of(connection: Connection, login: str) -> Membership | None:
    """The member that a login on the forge is; None for who is not named, or has left the team."""
    email = connection.people.get(login.lower(), "")
    members = Membership.objects.filter(team=connection.project.team_id, user__email__iexact=email)
    return members.select_related("user").first() if email else None
