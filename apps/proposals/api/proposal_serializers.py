"""Proposals, what is said about them and what happened to them, as the API shows and takes them."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.serializers import UserSerializer
from apps.merges.models import Meeting, Outcome
from apps.proposals.access import result_of
from apps.proposals.actions.labelling import COLOURS
from apps.proposals.models import Comment, Event, Label, Proposal, State
from apps.proposals.pages.standing import standing_of
from apps.proposals.pages.timeline import sentence

MAX_TEXT = 60_000


class MergedSerializer(serializers.Serializer[Any]):
    """How the branch merges with the default branch; `stale` where an older head of either is spoken of."""

    outcome = serializers.ChoiceField(choices=["", *Outcome.values])
    headline = serializers.CharField()
    order_matters = serializers.BooleanField()
    conflicts = serializers.ListField(
        child=serializers.CharField(), help_text="The objects that people must decide about."
    )
    change_hash = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField(allow_null=True, help_text="Since when it collides.")
    running = serializers.BooleanField()
    stale = serializers.BooleanField()


class ProposalSerializer(serializers.ModelSerializer[Proposal]):
    """A proposal. `base` is the default branch's commit that it was last merged with."""

    branch = serializers.CharField(source="branch.name", read_only=True)
    author = UserSerializer(read_only=True, allow_null=True)
    draft = serializers.BooleanField(source="is_draft", read_only=True)
    state = serializers.ChoiceField(choices=State.choices, read_only=True)
    labels = serializers.ListField(source="label_names", child=serializers.CharField(), read_only=True)
    merge = serializers.SerializerMethodField()
    comments = serializers.IntegerField(source="comments_count", read_only=True)
    reverts = serializers.IntegerField(source="reverts.number", read_only=True, default=None)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = [
            "number",
            "title",
            "description",
            "branch",
            "author",
            "state",
            "draft",
            "labels",
            "head",
            "base",
            "merge",
            "comments",
            "merged_commit",
            "reverts",
            "created_at",
            "updated_at",
            "ended_at",
            "url",
        ]
        read_only_fields = fields

    @extend_schema_field(MergedSerializer)
    def get_merge(self, proposal: Proposal) -> Any:
        """From the meetings that the view has read."""
        return MergedSerializer(_merged(proposal, self.context["meetings"].get(proposal.pk))).data

    def get_url(self, proposal: Proposal) -> str:
        return f"{settings.BASE_URL}{self.context['project'].get_absolute_url()}proposals/{proposal.number}/"


def _merged(proposal: Proposal, meeting: Meeting | None) -> dict[str, Any]:
    standing = standing_of(proposal, meeting)
    result = result_of(proposal, meeting)
    return {
        "outcome": result.outcome if result else "",
        "headline": standing.headline,
        "order_matters": bool(result and result.order_matters),
        "conflicts": standing.objects,
        "change_hash": result.change_hash if result else "",
        "since": meeting.since if meeting and proposal.is_asking else None,
        "running": standing.is_active,
        "stale": standing.is_stale,
    }


class NewProposalSerializer(serializers.Serializer[Any]):
    """A proposal to make. An empty title becomes the subject of the branch's one commit, or its name."""

    branch = serializers.CharField(max_length=239)
    title = serializers.CharField(max_length=200, default="", allow_blank=True)
    description = serializers.CharField(max_length=MAX_TEXT, default="", allow_blank=True)
    draft = serializers.BooleanField(default=False)


class ChangedProposalSerializer(serializers.Serializer[Any]):
    """What of a proposal can be changed; all of what is sent is applied, or nothing."""

    title = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)
    draft = serializers.BooleanField(required=False)
    labels = serializers.ListField(child=serializers.CharField(max_length=50), required=False)
    state = serializers.ChoiceField(
        choices=["open", "closed"], required=False, help_text="`closed` closes it, `open` opens it again."
    )


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """A comment. `address` is the object that it is about, `head` the commit that it was said of.

    `thread` is the first comment of its thread, null in that one itself, which says whether and by whom the
    thread is resolved.
    """

    author = UserSerializer(read_only=True, allow_null=True)
    body = serializers.CharField(max_length=MAX_TEXT)
    address = serializers.CharField(max_length=2000, default="", allow_blank=True)
    thread = serializers.IntegerField(
        source="thread_id", required=False, allow_null=True, min_value=1, max_value=2**63 - 1
    )
    resolved_by = UserSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Comment
        fields = [
            "id",
            "author",
            "body",
            "address",
            "conflict",
            "head",
            "thread",
            "resolved_at",
            "resolved_by",
            "created_at",
            "edited_at",
        ]
        read_only_fields = ["conflict", "head", "resolved_at", "created_at", "edited_at"]


class ThreadSerializer(serializers.Serializer[Any]):
    """What becomes of the thread that a comment belongs to."""

    resolved = serializers.BooleanField()


class ChangedCommentSerializer(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=MAX_TEXT)


class EventSerializer(serializers.ModelSerializer[Event]):
    """One line of the timeline. `text` says it; `data` depends on `kind`. An actor of null is Braid itself."""

    actor = UserSerializer(read_only=True, allow_null=True)
    text = serializers.SerializerMethodField()
    data = serializers.DictField(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = Event
        fields = ["id", "kind", "actor", "text", "data", "created_at"]
        read_only_fields = fields

    def get_text(self, event: Event) -> str:
        return sentence(event)


class LabelSerializer(serializers.ModelSerializer[Label]):
    name = serializers.CharField(read_only=True)
    colour = serializers.ChoiceField(choices=[(each, each) for each in COLOURS])

    class Meta:
        model = Label
        fields = ["id", "name", "colour"]


class SubscriptionSerializer(serializers.Serializer[Any]):
    subscribed = serializers.BooleanField()
