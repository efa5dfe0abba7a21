"""Conflicts, choices and what comes of them, as the API shows and takes them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.serializers import UserSerializer
from apps.proposals.models import Preview, Resolution
from apps.proposals.resolutions import Disputed

MAX_NOTE = 10_000


class ChoiceSerializer(serializers.Serializer[Any]):
    """A choice, as docs/command.md describes it; what the conflict does not offer is refused with 409."""

    choose = serializers.ChoiceField(choices=["ours", "theirs", "both", "value", "sql"])
    name = serializers.CharField(required=False, help_text="For both: what theirs is called.")
    value = serializers.JSONField(required=False, help_text="For value: of the kind that the sides have.")
    sql = serializers.CharField(required=False, trim_whitespace=False)


class NewChoiceSerializer(ChoiceSerializer):
    """`seen` is the version that was shown as current, 0 for none: where another one is by now, 409."""

    seen = serializers.IntegerField(min_value=0)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=MAX_NOTE)


class ResolutionSerializer(serializers.ModelSerializer[Resolution]):
    """One version of a choice; `choice` is null where it was taken back, `about` the conflict as it was seen."""

    author = UserSerializer(read_only=True, allow_null=True)
    choice = serializers.JSONField(read_only=True, allow_null=True)
    about = serializers.JSONField(read_only=True)

    class Meta:
        model = Resolution
        fields = ["conflict", "version", "is_current", "choice", "about", "note", "author", "created_at"]


class DefinitionsSerializer(serializers.Serializer[Any]):
    """SQL that would make the object; null where a side lacks it. `merged` is there once it is settled."""

    base = serializers.CharField(allow_null=True)
    ours = serializers.CharField(allow_null=True)
    theirs = serializers.CharField(allow_null=True)
    merged = serializers.CharField(allow_null=True)


class ConflictSerializer(serializers.Serializer[Any]):
    """One conflict; `open` while the last merge still asks, `version` is to be sent back as `seen`."""

    id = serializers.CharField()
    kind = serializers.CharField(source="about.kind")
    object = serializers.JSONField(source="about.object")
    attribute = serializers.CharField(source="about.attribute")
    base = serializers.JSONField(source="about.base", allow_null=True)
    ours = serializers.JSONField(source="about.ours", allow_null=True)
    theirs = serializers.JSONField(source="about.theirs", allow_null=True)
    where = serializers.JSONField(source="about.where")
    options = serializers.ListField(source="about.options", child=serializers.CharField())
    message = serializers.CharField(source="about.message")
    open = serializers.BooleanField(source="is_open")
    definitions = serializers.SerializerMethodField()
    dependents = serializers.SerializerMethodField()
    version = serializers.IntegerField()
    resolution = ResolutionSerializer(source="chosen", allow_null=True)
    offered = ResolutionSerializer(
        allow_null=True, help_text="A choice that was made about it when a side was another."
    )

    @extend_schema_field(DefinitionsSerializer(allow_null=True))
    def get_definitions(self, found: Disputed) -> dict[str, Any] | None:
        return dict(DefinitionsSerializer(found.exhibit).data) if found.exhibit else None

    def get_dependents(self, found: Disputed) -> list[str]:
        return list(found.exhibit["dependents"]) if found.exhibit else []


class OutcomeSerializer(serializers.Serializer[Any]):
    """What a merge comes to: its document (docs/command.md) but for the conflicts."""

    verdict = serializers.CharField()
    order_matters = serializers.BooleanField()
    migrations = serializers.JSONField()
    proof = serializers.JSONField()
    schema_file = serializers.JSONField(allow_null=True)
    broken = serializers.JSONField(allow_null=True)


class PreviewSerializer(serializers.ModelSerializer[Preview]):
    """What would come of choices that nobody has saved; `outcome` is null until a worker has tried them."""

    choices = serializers.JSONField(read_only=True)
    outcome = OutcomeSerializer(allow_null=True, default=None)

    class Meta:
        model = Preview
        fields = ["id", "state", "choices", "error", "outcome"]
