"""After the default branch has moved: every proposal is merged with it anew."""

from apps.projects.models import Project
from apps.proposals.actions.following import meet_proposals


def meet_all(project_id: int) -> None:
    """Ask for the meetings of the project's proposals; a project that is gone has none."""
    project = Project.objects.filter(pk=project_id).first()
    if project is not None:
        meet_proposals(project)
