"""The frame of every page of a proposal: whose it is, how it stands, and its tabs.

A tab's view begins with `open_frame`, which authorises, and renders a template that extends
`proposals/frame.html` with the frame's context and its own.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from apps.merges.models import Meeting
from apps.projects.access import find_project_membership
from apps.projects.models import Project
from apps.proposals.access import find_proposal, meeting_of
from apps.proposals.models import Proposal
from apps.proposals.pages.queue import show_turn
from apps.proposals.pages.standing import standing_of
from apps.proposals.queued import turn_of
from apps.teams.models import Membership, Role


@dataclass(frozen=True, slots=True)
class Frame:
    """A proposal that somebody opened, with what every tab shows."""

    project: Project
    membership: Membership
    proposal: Proposal
    meeting: Meeting | None

    @property
    def may_change(self) -> bool:
        """Whether who opened it may propose, comment, resolve and review."""
        return self.membership.role >= Role.DEVELOPER

    def context(self, tab: str, **own: Any) -> dict[str, Any]:
        """The template's context for one tab: `changes`, `conflicts`, `checks` or `discussion`."""
        return {
            "project": self.project,
            "section": "proposals",
            "proposal": self.proposal,
            "meeting": self.meeting,
            "standing": standing_of(self.proposal, self.meeting),
            "turn": show_turn(turn_of(self.proposal)),
            "membership": self.membership,
            "may_change": self.may_change,
            "tab": tab,
            **own,
        }


def open_frame(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, role: Role = Role.VIEWER
) -> Frame:
    """The proposal for a member with at least `role`; raises like `find_project` and `find_proposal`."""
    project, membership = find_project_membership(request.user, team_slug, project_slug, role)
    proposal = find_proposal(project, number)
    return Frame(project, membership, proposal, meeting_of(proposal))
