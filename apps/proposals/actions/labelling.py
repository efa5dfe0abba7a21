"""The labels of a project and of its proposals."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.errors import RefusedError
from apps.accounts.models import User
from apps.projects.models import Project
from apps.proposals.actions.lifecycle import lock
from apps.proposals.models import Label, Proposal
from apps.proposals.timeline import record

# The tags of components.css; a new label takes the next one.
COLOURS = ("busy", "good", "warn", "bad", "grey")
MOST, LONGEST = 20, 50


@transaction.atomic
def set_labels(actor: User, proposal: Proposal, names: Sequence[str]) -> Proposal:
    """Give the proposal exactly these labels; one that the project has not had yet is made.

    Raises RefusedError for a name that is no label's, or too many.
    """
    now = lock(proposal)
    wanted = _tidy(names)
    before = set(now.labels.values_list("name", flat=True))
    now.labels.set([_label(now.project, name) for name in wanted])
    added = [name for name in wanted if name not in before]
    removed = sorted(before - set(wanted))
    if added or removed:
        record(now, "labelled", actor, added=added, removed=removed)
    return now


def colour_label(label: Label, colour: str) -> Label:
    """Raises RefusedError for a colour that there is not."""
    if colour not in COLOURS:
        raise RefusedError(f"There is no colour {colour!r}; there are {', '.join(COLOURS)}.")
    label.colour = colour
    label.save(update_fields=["colour"])
    return label


def delete_label(label: Label) -> None:
    """Take the label off every proposal of its project."""
    label.delete()


def _label(project: Project, name: str) -> Label:
    colour = COLOURS[Label.objects.filter(project=project).count() % len(COLOURS)]
    return Label.objects.get_or_create(project=project, name=name, defaults={"colour": colour})[0]


def _tidy(names: Sequence[str]) -> list[str]:
    """In order, each once."""
    found = sorted({" ".join(name.replace("\0", "").split()) for name in names} - {""})
    wrong = next((name for name in found if "," in name or len(name) > LONGEST), None)
    if wrong is not None:
        raise RefusedError(f"{wrong[:60]!r} is no label: at most {LONGEST} characters, none of them a comma.")
    if len(found) > MOST:
        raise RefusedError(f"{len(found)} labels are too many for one proposal; {MOST} may be.")
    return found
