"""The Discussion tab: the timeline with what people say, and what they do there."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.errors import RefusedError
from apps.accounts.views import signed_in
from apps.checks.views.rendering import render_page
from apps.proposals import access
from apps.proposals.actions import commenting, labelling
from apps.proposals.actions.subscribing import set_subscription
from apps.proposals.forms import CommentForm, LabelsForm, labels_form
from apps.proposals.models import Comment
from apps.proposals.pages import timeline
from apps.proposals.pages.threads import CommentView, show_comments
from apps.proposals.views.frame import Frame, open_frame
from apps.teams.models import Role


@require_safe
def discussion(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number)
    return _render(request, frame)


@require_POST
def comment(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            said = commenting.comment(signed_in(request), frame.proposal, **form.cleaned_data)
            return redirect(f"{_back(request, frame)}#comment-{said.pk}")
        except RefusedError as refused:
            form.add_error(None, str(refused))
    return _refused(request, frame, form)


@require_http_methods(["GET", "HEAD", "POST"])
def change_comment(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, comment_id: int
) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    found = access.find_comment(frame.proposal, comment_id)
    if not _shown(frame, found).may_change:
        raise PermissionDenied("Only who wrote a comment may change it.")
    form = CommentForm(request.POST or None, initial={"body": found.body})
    if request.method == "POST" and form.is_valid():
        try:
            commenting.change_comment(signed_in(request), found, form.cleaned_data["body"])
            return redirect(f"{_back(request, frame)}#comment-{found.pk}")
        except RefusedError as refused:
            form.add_error(None, str(refused))
    return _refused(request, frame, form, changed=found)


@require_POST
def delete_comment(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, comment_id: int
) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    found = access.find_comment(frame.proposal, comment_id)
    if not _shown(frame, found).may_delete:
        raise PermissionDenied("A comment is deleted by who wrote it, or by a maintainer.")
    commenting.delete_comment(signed_in(request), found)
    return redirect(_back(request, frame))


@require_POST
def settle_thread(
    request: HttpRequest, team_slug: str, project_slug: str, number: int, comment_id: int
) -> HttpResponse:
    """Mark a thread as resolved, or open it again: whoever may say something in it may do that."""
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    found = access.find_comment(frame.proposal, comment_id)
    is_resolved = request.POST.get("resolved") == "yes"
    first = commenting.settle_thread(signed_in(request), found, is_resolved)
    return redirect(f"{_back(request, frame)}#thread-{first.pk}")


@require_POST
def labels(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    frame = open_frame(request, team_slug, project_slug, number, Role.DEVELOPER)
    form = LabelsForm(request.POST, labels=list(access.labels_of(frame.project)))
    try:
        if not form.is_valid():
            raise RefusedError("Those labels can't be set; choose from the project's, or name new ones.")
        labelling.set_labels(signed_in(request), frame.proposal, form.names())
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect(_back(request, frame))


@require_POST
def subscription(request: HttpRequest, team_slug: str, project_slug: str, number: int) -> HttpResponse:
    """Hear of it, or not any more; viewers too."""
    frame = open_frame(request, team_slug, project_slug, number)
    set_subscription(signed_in(request), frame.proposal, request.POST.get("subscribed") == "yes")
    return redirect(_back(request, frame))


def _render(request: HttpRequest, frame: Frame) -> HttpResponse:
    comments = show_comments(access.comments_of(frame.proposal), frame.proposal, frame.membership)
    subscribers = access.subscribers_of(frame.proposal)
    context = frame.context(
        "discussion",
        entries=timeline.arrange(access.events_of(frame.proposal), comments),
        subscribers=subscribers,
        is_subscribed=frame.membership.user_id in {each.user_id for each in subscribers},
        form=CommentForm(),
        labels_form=labels_form(frame.proposal, list(access.labels_of(frame.project))),
        back=request.get_full_path(),
    )
    return render_page(request, "proposals/discussion.html", context)


def _refused(request: HttpRequest, frame: Frame, form: CommentForm, **own: Any) -> HttpResponse:
    """The form by itself with what was typed, and with what is wrong where it was sent."""
    context = frame.context("discussion", form=form, back=_back(request, frame), **own)
    response = render_page(request, "proposals/comment.html", context)
    response.status_code = 400 if form.errors else 200
    return response


def _shown(frame: Frame, comment: Comment) -> CommentView:
    return show_comments([comment], frame.proposal, frame.membership)[0]


def _back(request: HttpRequest, frame: Frame) -> str:
    """The page of this proposal that the form was on, else its discussion."""
    asked = request.POST.get("back", "") or request.GET.get("back", "")
    own = frame.proposal.get_absolute_url()
    return asked if asked.startswith(own) else f"{own}discussion/"
