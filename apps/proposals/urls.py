"""The way in, and the pages of proposals."""

from django.urls import path

from apps.proposals.views import conflicts, discussion, home, policy, proposals, queue, reviews, sizes

PROPOSALS = "<slug:team_slug>/<slug:project_slug>/proposals/"
PROPOSAL = PROPOSALS + "<int:number>/"
CONFLICT = PROPOSAL + "conflicts/<slug:conflict>/"

urlpatterns = [
    path("", home.home, name="home"),
    path(PROPOSALS, proposals.proposals, name="proposals"),
    path(PROPOSALS + "new/", proposals.new, name="proposal-new"),
    path(PROPOSAL, proposals.changes, name="proposal"),
    path(PROPOSAL + "conflicts/", conflicts.conflicts, name="proposal-conflicts"),
    path(CONFLICT, conflicts.choose, name="conflict-choose"),
    path(CONFLICT + "back/", conflicts.take_back, name="conflict-back"),
    path(CONFLICT + "try/", conflicts.try_out, name="conflict-try"),
    path(CONFLICT + "preview/<int:preview_id>/", conflicts.preview, name="preview"),
    path(PROPOSAL + "checks/", reviews.checks, name="proposal-checks"),
    path(PROPOSAL + "checks/review/", reviews.review, name="proposal-review"),
    path(PROPOSAL + "checks/reviews/<int:review_id>/dismiss/", reviews.dismiss, name="review-dismiss"),
    path(PROPOSAL + "checks/ask/", reviews.ask, name="review-ask"),
    path(PROPOSAL + "checks/asked/<int:request_id>/withdraw/", reviews.withdraw, name="review-withdraw"),
    path(PROPOSAL + "checks/bypass/", reviews.bypass, name="proposal-bypass"),
    path("<slug:team_slug>/<slug:project_slug>/settings/policy/", policy.policy, name="project-policy"),
    path("<slug:team_slug>/<slug:project_slug>/settings/sizes/remove/", sizes.forget, name="sizes-forget"),
    path("<slug:team_slug>/<slug:project_slug>/queue/", queue.queue, name="queue"),
    path(PROPOSAL + "queue/enter/", queue.enter, name="queue-enter"),
    path(PROPOSAL + "queue/leave/", queue.leave, name="queue-leave"),
    path(PROPOSAL + "revert/", queue.revert, name="proposal-revert"),
    path(PROPOSAL + "head/", proposals.head, name="proposal-head"),
    path(PROPOSAL + "standing/", proposals.standing, name="proposal-standing"),
    path(PROPOSAL + "diagram/", proposals.diagram, name="proposal-diagram"),
    path(PROPOSAL + "edit/", proposals.edit, name="proposal-edit"),
    path(PROPOSAL + "state/", proposals.move, name="proposal-state"),
    path(PROPOSAL + "discussion/", discussion.discussion, name="proposal-discussion"),
    path(PROPOSAL + "comments/", discussion.comment, name="proposal-comment"),
    path(PROPOSAL + "comments/<int:comment_id>/", discussion.change_comment, name="comment-change"),
    path(PROPOSAL + "comments/<int:comment_id>/delete/", discussion.delete_comment, name="comment-delete"),
    path(PROPOSAL + "comments/<int:comment_id>/thread/", discussion.settle_thread, name="thread-settle"),
    path(PROPOSAL + "labels/", discussion.labels, name="proposal-labels"),
    path(PROPOSAL + "subscription/", discussion.subscription, name="proposal-subscription"),
]
