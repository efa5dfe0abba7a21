"""What a test of a connection found, for people: which permissions of its page are there, and what to do."""

from dataclasses import dataclass

from apps.forges.guides import MEND_APP, Need, app_events, app_needs, guide_of
from apps.forges.models import Connection
from forges import Repository
from forges.permissions import Access, Permission, Standing

LATER = "Compare it with {place}. Where it is missing, the first report that needs it is refused, and Reports says so."
NOT_ASKED = "Braid did not ask for it."


@dataclass(frozen=True, slots=True)
class Line:
    """`told` is what the forge said, `todo` is empty where there is nothing to do."""

    need: Need
    standing: Standing
    told: str
    todo: str


@dataclass(frozen=True, slots=True)
class Findings:
    """`ends` is when the credential ends, in the forge's own words; empty where the forge tells none."""

    repository: Repository
    lines: tuple[Line, ...]
    ends: str

    @property
    def missing(self) -> tuple[Line, ...]:
        """Without what Braid can do without."""
        return self._of(Standing.MISSING)

    @property
    def unknown(self) -> tuple[Line, ...]:
        return self._of(Standing.UNKNOWN)

    def _of(self, standing: Standing) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.standing is standing and not line.need.optional)


def lines_of_app(permissions: tuple[Permission, ...]) -> tuple[Line, ...]:
    """What a GitHub App asks for, by itself; what each account granted is said by its projects' connections."""
    said = {each.key: each for each in permissions}
    return tuple(
        Line(need, said[need.key].standing, said[need.key].told, _mend_app(need, said[need.key].standing))
        for need in (*app_needs(), app_events())
    )


def _mend_app(need: Need, standing: Standing) -> str:
    return _mended(need, MEND_APP) if standing is Standing.MISSING else ""


def _mended(need: Need, how: str) -> str:
    return f"Braid works without it. {how}" if need.optional else how


def needs_of(connection: Connection) -> tuple[Need, ...]:
    """The permissions that its page lists."""
    if connection.installation_id is None:
        return guide_of(connection.kind).needs
    return (*app_needs(), app_events())


def findings_of(connection: Connection, access: Access) -> Findings:
    """Every need has its line: what the forge's client said nothing about can't be known."""
    said = {each.key: each for each in access.permissions}
    lines = tuple(_line(connection, need, said.get(need.key)) for need in needs_of(connection))
    return Findings(access.repository, lines, access.ends)


def _line(connection: Connection, need: Need, said: Permission | None) -> Line:
    said = said or Permission(need.key, Standing.UNKNOWN, NOT_ASKED)
    return Line(need, said.standing, said.told, _todo(connection, need, said.standing))


def _todo(connection: Connection, need: Need, standing: Standing) -> str:
    guide, is_app = guide_of(connection.kind), connection.installation_id is not None
    if standing is Standing.MISSING:
        return _mended(need, MEND_APP if is_app else guide.mend)
    if standing is Standing.UNKNOWN and not need.optional:
        return LATER.format(place=f"the {'App' if is_app else 'token'}'s page on {guide.label}")
    return ""
