"""What pages of the apps below show of a project's forge, which they know nothing of."""

import shlex
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.checks.pages.names import spell_out
from apps.forges import github_apps
from apps.forges.access import connection_of
from apps.forges.guides import WAYS, Guide, Way, guide_of
from apps.forges.models import App, Connection, PullRequest
from apps.forges.origins import pull_of
from apps.projects.models import Project
from apps.proposals.models import Proposal
from apps.repositories.models import Branch
from forges import PullState

register = template.Library()


@register.simple_tag
def forge_of(project: Project) -> Connection | None:
    """The connection, for what every member may see: what the project follows and whether that works."""
    return connection_of(project)


@register.filter
def guide(connection: Connection) -> Guide:
    return guide_of(connection.kind)


@register.filter
def guide_label(connection: Connection) -> str:
    return guide_of(connection.kind).label


@register.filter
def clone_command(connection: Connection) -> str:
    """From the forge, for a shell: its address is what the forge says."""
    return f"git clone {shlex.quote(connection.clone_url)}"


@register.filter
def install_url(app: App) -> str:
    return github_apps.install_url(app)


@register.filter
def way(connection: Connection) -> Way:
    return WAYS[connection.landing]


@register.simple_tag
def forge_link(address: str, text: object) -> SafeString:
    """A link to what the forge says is its address: text alone where that is none of the web."""
    shown = spell_out(str(text))
    if not address.startswith(("https://", "http://")):
        return format_html("<bdi>{}</bdi>", shown)
    return format_html('<a href="{}" rel="noreferrer"><bdi>{}</bdi></a>', address, shown)


@register.simple_tag
def asker_of(proposal: Proposal) -> str:
    """Who asks, for a proposal whose author is nobody in Braid: the login on the forge."""
    pull = None if proposal.author_id else pull_of(proposal)
    return spell_out(pull.author) if pull is not None and pull.author else "Somebody"


@register.simple_tag
def forge_button(address: str, label: str) -> SafeString:
    """A button that leads to where something is edited; nothing where the forge's address is none of the web."""
    if not address.startswith(("https://", "http://")):
        return format_html("")
    return format_html(
        '<a class="button button-small" href="{}" rel="noreferrer">Edit on {}</a>', address, label
    )


@register.simple_tag
def origin_of(proposal: Proposal) -> PullRequest | None:
    """The pull request that says what the proposal is called and whether it is open; None where it is Braid's own."""
    pull = pull_of(proposal)
    return pull if pull is not None and pull.state == PullState.OPEN else None


@register.inclusion_tag("forges/pulls.html", takes_context=True)
def pulls_of(context: Context, thing: Proposal | Branch) -> dict[str, Any]:
    """The pull request of a proposal, or the open ones of a branch."""
    found = PullRequest.objects.select_related("connection", "proposal", "branch")
    if isinstance(thing, Proposal):
        found = found.filter(proposal=thing)
    else:
        found = found.filter(branch=thing, state=PullState.OPEN.value)
    is_proposal = isinstance(thing, Proposal)
    return {
        "pulls": list(found.order_by("number")),
        "is_proposal": is_proposal,
        "project": context.get("project"),
    }
