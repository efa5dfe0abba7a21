"""Who is meant by a mail address or a @name in a text of owners.

There is no model of groups: a group is written in the text, or is a role of the team (`@developers`,
`@maintainers` and `@owners` are all members with at least that role). Any other @name is one member: by
the part of their address before the @, or by their name with hyphens for what is no letter or digit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from apps.teams.models import Membership, Role, Team

ROLE_NAMES = {"@developers": Role.DEVELOPER, "@maintainers": Role.MAINTAINER, "@owners": Role.OWNER}


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the team."""

    id: int
    name: str
    email: str
    role: int

    @property
    def handles(self) -> frozenset[str]:
        spelled = re.sub(r"[\W_]+", "-", self.name.casefold()).strip("-")
        return frozenset({f"@{self.email.partition('@')[0]}".lower(), f"@{spelled}"})

    def __str__(self) -> str:
        return self.name or self.email


@dataclass(frozen=True)
class People:
    """The members of a team, by id."""

    members: tuple[Person, ...]

    @cached_property
    def by_id(self) -> dict[int, Person]:
        return {person.id: person for person in self.members}

    @property
    def reviewers(self) -> tuple[Person, ...]:
        """Those whose answer counts."""
        return tuple(person for person in self.members if person.role >= Role.DEVELOPER)

    def may_review(self, user_id: int | None) -> bool:
        person = self.by_id.get(user_id) if user_id is not None else None
        return person is not None and person.role >= Role.DEVELOPER

    def find(self, owner: str) -> tuple[Person, ...]:
        """The members that a mail or @name means: none where it means nobody, or could mean several."""
        wanted = owner.lower()
        if wanted in ROLE_NAMES:
            return tuple(person for person in self.members if person.role >= ROLE_NAMES[wanted])
        if not wanted.startswith("@"):
            return tuple(person for person in self.members if person.email == wanted)
        found = tuple(person for person in self.members if wanted in person.handles)
        return found if len(found) == 1 else ()

    def find_all(self, owners: Iterable[str]) -> tuple[Person, ...]:
        """Those of them whose answer counts, each once."""
        found = (person for owner in owners for person in self.find(owner))
        return tuple(dict.fromkeys(person for person in found if self.may_review(person.id)))

    def unknown(self, owners: Iterable[str]) -> tuple[str, ...]:
        """The owners that mean nobody here whose answer counts."""
        return tuple(dict.fromkeys(owner for owner in owners if not self.find_all([owner])))


def people_of(team: Team) -> People:
    """The team's members who can sign in; one query."""
    members = Membership.objects.filter(team=team, user__is_active=True).select_related("user")
    return People(
        tuple(
            Person(each.user_id, each.user.name, each.user.email, each.role)
            for each in members.order_by("user__name", "user__email")
        )
    )
