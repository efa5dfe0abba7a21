"""A branch as it stands, one verdict of it, and the verdict of a commit."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.checks.access import BranchPage, branch_page, find_verdict, migration_texts, verdict_page
from apps.checks.actions import request_verdict
from apps.checks.models import Verdict
from apps.checks.pages.changes import list_changes
from apps.checks.pages.failures import excerpt_lines
from apps.checks.pages.migrations import FAILED, list_migrations
from apps.checks.pages.progress import ProgressView, awaited, show_progress
from apps.checks.views.rendering import render_page
from apps.projects.access import find_project, find_project_membership
from apps.projects.models import Project
from apps.teams.models import Membership, Role


@require_safe
def branch(request: HttpRequest, team_slug: str, project_slug: str, branch_name: str) -> HttpResponse:
    viewer = find_project_membership(request.user, team_slug, project_slug)
    return _render(request, viewer, branch_page(viewer[0], branch_name), is_branch=True)


@require_safe
def verdict(request: HttpRequest, team_slug: str, project_slug: str, verdict_id: int) -> HttpResponse:
    viewer = find_project_membership(request.user, team_slug, project_slug)
    return _render(request, viewer, verdict_page(viewer[0], verdict_id), is_branch=False)


@require_safe
def commit(request: HttpRequest, team_slug: str, project_slug: str, commit: str) -> HttpResponse:
    """The newest verdict of the commit; a commit of several branches may have several."""
    project = find_project(request.user, team_slug, project_slug)
    found = Verdict.objects.filter(project=project, commit=commit).order_by("-id").first()
    if found is None:
        raise Http404("No verdict of that commit")
    return redirect("verdict", team_slug, project_slug, found.pk)


@require_POST
def judge_again(request: HttpRequest, team_slug: str, project_slug: str, verdict_id: int) -> HttpResponse:
    """Judge the head of the verdict's branch once more, after an error of Braid's own."""
    project = find_project(request.user, team_slug, project_slug, Role.DEVELOPER)
    found = find_verdict(project, verdict_id).branch
    request_verdict(found, found.head, again=True)
    return redirect("branch", team_slug, project_slug, found.name)


def _render(
    request: HttpRequest, viewer: tuple[Project, Membership], found: BranchPage, *, is_branch: bool
) -> HttpResponse:
    project, membership = viewer
    asked = request.GET
    progress = _progress(found, is_branch=is_branch)
    context = {
        "project": project,
        "section": "branches",
        "may_judge_again": membership.role >= Role.DEVELOPER,
        "found": found,
        "is_branch": is_branch,
        "progress": progress,
        "state": progress.state if progress else found.verdict.state if found.verdict else "",
        "changes": list_changes(found.objects, asked.get("q", ""), asked.get("page", "1")),
        "migrations": list_migrations(
            found,
            asked.get("migrations", "1"),
            lambda paths: migration_texts(project, found.judged.commit if found.judged else "", paths),
        ),
        # The failure has a card of its own.
        "findings": [f for f in found.findings if f.rule != FAILED or not found.failure],
        "excerpt": excerpt_lines(found.failure),
    }
    return render_page(request, "checks/branch.html", context, region="checks/branch_verdict.html")


def _progress(found: BranchPage, *, is_branch: bool) -> ProgressView | None:
    """What is on its way: the verdict itself, or for a branch the one that its head will get."""
    if is_branch and not found.summary.is_judged:
        return awaited(found.summary.branch)
    if found.verdict and not found.verdict.is_finished:
        return show_progress(found.verdict)
    return None
