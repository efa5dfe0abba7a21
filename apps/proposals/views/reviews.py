"""The Checks tab of a proposal: what is met and what is missing, reviews, and what people do there."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.checks.views.rendering import render_page
from apps.proposals import reviews
from apps.proposals.actions import reviewing
from apps.proposals.models import Answer
from apps.proposals.pages.reviews import ReviewsView, arrange
from apps.proposals.readiness import readiness_of
from apps.proposals.review_forms import AskForm, BypassForm, ReasonForm, ReviewForm
from apps.proposals.situation import read_situation
from apps.proposals.views.frame import Frame, open_frame
from apps.teams.models import Role


@require_safe
def checks(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    return _render(request, open_frame(request, team_slug, project_slug, number))


@require_POST
def review(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _render(request, frame, review_form=form)
    asked = {**form.cleaned_data, "answer": Answer(form.cleaned_data["answer"])}
    return _do(
        request,
        frame,
        lambda: reviewing.review(signed_in(request), frame.proposal, **asked),
        "Your review is given.",
        review_form=form,
    )


@require_POST
def dismiss(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, review_id: int
) -> HttpResponse:
    """By a maintainer, or by who gave it."""
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    found = reviews.find_dismissable(frame.proposal, review_id, frame.membership)
    because = ReasonForm(request.POST)
    reason = because.cleaned_data["because"] if because.is_valid() else ""
    return _do(
        request,
        frame,
        lambda: reviewing.dismiss(signed_in(request), found, reason),
        "The review is dismissed.",
    )


@require_POST
def ask(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    user = reviews.find_user(frame.project, request.POST.get("user", ""))
    return _do(
        request,
        frame,
        lambda: reviewing.request_review(signed_in(request), frame.proposal, user),
        f"{user} is asked for a review.",
    )


@require_POST
def withdraw(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, request_id: int
) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    found = reviews.find_request(frame.proposal, request_id)
    return _do(
        request,
        frame,
        lambda: reviewing.withdraw_request(signed_in(request), found),
        f"{found.user} is not asked any more.",
    )


@require_POST
def bypass(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.MAINTAINER)
    form = BypassForm(request.POST)
    if not form.is_valid():
        return _render(request, frame, bypass_form=form)
    return _do(
        request,
        frame,
        lambda: reviewing.bypass(signed_in(request), frame.proposal, **form.cleaned_data),
        "The policy is passed by for this change; the team's log says so.",
        bypass_form=form,
    )


def _do(
    request: HttpRequest, frame: Frame, action: Callable[[], object], done: str, **forms: Any
) -> HttpResponse:
    """Act and show the tab; where that is refused, show why with what was typed."""
    try:
        action()
    except RefusedError as refused:
        if not forms:
            messages.error(request, str(refused))
            return redirect(
                "proposal-checks", frame.project.team.slug, frame.project.slug, frame.proposal.number
            )
        next(iter(forms.values())).add_error(None, str(refused))
        return _render(request, frame, **forms)
    messages.success(request, done)
    return redirect("proposal-checks", frame.project.team.slug, frame.project.slug, frame.proposal.number)


def _render(
    request: HttpRequest,
    frame: Frame,
    review_form: ReviewForm | None = None,
    bypass_form: BypassForm | None = None,
) -> HttpResponse:
    view = _view(request, frame)
    context = frame.context(
        "checks",
        view=view,
        review_form=review_form or ReviewForm(),
        bypass_form=bypass_form or BypassForm(),
        ask_form=AskForm(people=view.people),
    )
    response = render_page(request, "proposals/checks.html", context)
    response.status_code = 400 if review_form or bypass_form else 200
    return response


def _view(request: HttpRequest, frame: Frame) -> ReviewsView:
    at = read_situation(frame.proposal)
    awaited = reviews.awaited(frame.proposal)
    ended = None if frame.proposal.is_asking else reviews.ended_risk(frame.proposal)
    return arrange(at, readiness_of(at), awaited, signed_in(request), ended)
