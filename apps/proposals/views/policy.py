"""The page of a project's policy."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.errors import RefusedError
from apps.projects.access import find_project_membership
from apps.proposals.actions.policing import change_policy
from apps.proposals.models import Policy
from apps.proposals.pages.policy import show_policy
from apps.proposals.people import people_of
from apps.proposals.review_forms import PolicyForm, policy_values
from apps.proposals.situation import landed_rules
from apps.teams.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, team_slug: str, project_slug: str) -> HttpResponse:
    project, membership = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
    current = Policy.objects.filter(project=project).first() or Policy(project=project)
    form = PolicyForm(request.POST or None, initial=policy_values(current))
    if request.method == "POST" and form.is_valid():
        try:
            change_policy(membership.user, project, **form.cleaned_data)
            messages.success(request, "The policy is saved.")
            return redirect("project-policy", team_slug, project_slug)
        except RefusedError as refused:
            form.add_error(None, str(refused))
    context = {
        "project": project,
        "section": "settings",
        "form": form,
        "shown": show_policy(current, landed_rules(project), people_of(project.team)),
    }
    return render(request, "proposals/policy.html", context, status=400 if form.errors else 200)
