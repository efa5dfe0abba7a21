"""`git push -o braid.propose`: a push that asks to be merged, and what every pusher is told of proposals.

The options are `braid.propose` (or `braid.propose=draft`), `braid.title=...` and `braid.description=...`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.projects.models import Project
from apps.proposals.actions.lifecycle import open_proposal
from apps.proposals.models import ASKING, Proposal
from apps.repositories.actions import HEADS, RefChange
from apps.repositories.models import Branch

PREFIX = "braid."
MAX_BRANCHES = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """What the push options ask for; `unknown` are those of Braid's that it does not know."""

    proposes: bool = False
    draft: bool = False
    title: str = ""
    description: str = ""
    unknown: tuple[str, ...] = ()


def wish_of(options: Sequence[str]) -> Wish:
    """Read the push options; those of other programs are passed over."""
    own = [option for option in options if option.startswith(PREFIX)]
    given = dict(option.removeprefix(PREFIX).partition("=")[::2] for option in own)
    wrong = [option for option in own if not _is_known(option)]
    return Wish(
        proposes="propose" in given,
        draft=given.get("propose") == "draft",
        title=given.get("title", ""),
        description=given.get("description", ""),
        unknown=tuple(wrong),
    )


def answer(
    project: Project, user: User, changes: Sequence[RefChange], options: Sequence[str]
) -> Iterator[str]:
    """Propose the pushed branches where that is asked for, and say which proposals there are."""
    wish = wish_of(options)
    for option in wish.unknown:
        yield f"This Braid does not know the push option {option!r}; it was passed over."
    names = [change.ref.removeprefix(HEADS) for change in changes if change.ref.startswith(HEADS)]
    pushed = Branch.objects.filter(project=project, name__in=names, deleted_at=None)
    branches = list(pushed.exclude(name=project.default_branch).select_related("project__team"))
    asking = {p.branch_id: p for p in Proposal.objects.filter(branch__in=branches, state__in=ASKING)}
    if wish.proposes and not branches:
        yield "There is nothing to propose: no branch beside the default one was pushed."
    branches.sort(key=lambda each: each.name)
    for branch in branches[:MAX_BRANCHES]:
        yield from _on_branch(branch, asking.get(branch.pk), user, wish)
    if wish.proposes and len(branches) > MAX_BRANCHES:
        yield f"At most {MAX_BRANCHES} branches are proposed by one push; {len(branches) - MAX_BRANCHES} were not."


def _on_branch(branch: Branch, proposal: Proposal | None, user: User, wish: Wish) -> Iterator[str]:
    where = f"{settings.BASE_URL}{branch.project.get_absolute_url()}proposals/"
    if proposal:
        yield f"{branch.name}: proposed as #{proposal.number} {where}{proposal.number}/"
    elif not wish.proposes:
        asked = urlencode({"branch": branch.name})
        yield f"{branch.name}: to propose it, push with -o braid.propose or open {where}new/?{asked}"
    else:
        try:
            made = open_proposal(user, branch, wish.title, description=wish.description, draft=wish.draft)
        except RefusedError as refused:
            yield f"{branch.name}: not proposed. {refused}"
        else:
            yield f"{branch.name}: now proposed as #{made.number} {where}{made.number}/"


def _is_known(option: str) -> bool:
    name, _, value = option.removeprefix(PREFIX).partition("=")
    return name in ("title", "description") or (name == "propose" and value in ("", "draft"))
