"""Verdicts and what they consist of, as the API shows them. Nothing here is written by a client."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.checks.models import State, Verdict

STATES = [(state.value, state.label) for state in State]
KINDS = ["created", "updated", "forced", "deleted"]


class DiffCountsSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    altered = serializers.IntegerField()
    renamed = serializers.IntegerField()
    dropped = serializers.IntegerField()


class ProgressSerializer(serializers.Serializer[Any]):
    """How far a running job is; empty when none runs."""

    phase = serializers.CharField(required=False)
    migration = serializers.CharField(required=False)
    statement = serializers.IntegerField(required=False)
    done = serializers.IntegerField(required=False)
    total = serializers.IntegerField(required=False)


class VerdictSerializer(serializers.ModelSerializer[Verdict]):
    branch = serializers.CharField(source="branch.name", read_only=True)
    state = serializers.ChoiceField(choices=STATES, read_only=True)
    finished = serializers.BooleanField(source="is_finished", read_only=True)
    layout = serializers.CharField(source="judgement.layout", default="", read_only=True)
    root = serializers.CharField(source="judgement.root", default="", read_only=True)  # type: ignore[assignment]
    migrations = serializers.IntegerField(source="judgement.length", default=None, read_only=True)
    shared_migrations = serializers.IntegerField(source="judgement.shared", default=None, read_only=True)
    errors = serializers.IntegerField(source="judgement.errors", default=None, read_only=True)  # type: ignore[assignment]
    warnings = serializers.IntegerField(source="judgement.warnings", default=None, read_only=True)
    drift = serializers.IntegerField(
        source="judgement.drift",
        default=None,
        allow_null=True,
        read_only=True,
        help_text="By how much the branch makes its schema file drift; null: not compared.",
    )
    diff = DiffCountsSerializer(source="judgement.diff", default=None, read_only=True)
    progress = ProgressSerializer(read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Verdict
        fields = [
            "id",
            "branch",
            "commit",
            "base_commit",
            "state",
            "finished",
            "stale",
            "headline",
            "error",
            "layout",
            "root",
            "migrations",
            "shared_migrations",
            "errors",
            "warnings",
            "drift",
            "diff",
            "progress",
            "attempts",
            "requested_at",
            "claimed_at",
            "finished_at",
            "job_ms",
            "server_ms",
            "url",
        ]
        read_only_fields = fields

    def get_url(self, verdict: Verdict) -> str:
        project = self.context["project"]
        return f"{settings.BASE_URL}/{project.team.slug}/{project.slug}/branch/{verdict.branch.name}/"


class BranchSerializer(serializers.Serializer[Any]):
    """A branch and its newest verdict; `ahead` and `behind` count commits against the default branch."""

    name = serializers.CharField()
    head = serializers.CharField()
    default = serializers.BooleanField(source="is_default")
    author = serializers.CharField()
    subject = serializers.CharField()
    pushed_by = serializers.EmailField(source="pushed_by.email", default=None)
    pushed_at = serializers.DateTimeField()
    ahead = serializers.IntegerField(allow_null=True)
    behind = serializers.IntegerField(allow_null=True)
    verdict = VerdictSerializer(allow_null=True)


class FindingSerializer(serializers.Serializer[Any]):
    """One thing found. `line` and `column` count from 1 in the file at `path`."""

    rule = serializers.CharField()
    severity = serializers.ChoiceField(choices=["error", "warning", "notice"])
    message = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    path = serializers.CharField(allow_blank=True)
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)
    object = serializers.CharField(allow_blank=True)


@extend_schema_field({"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3})
class AttributeField(serializers.ListField):
    """An attribute's name, its value before and its value after."""


class ChangeSerializer(serializers.Serializer[Any]):
    """One change; `before` and `after` are its definitions as SQL."""

    action = serializers.ChoiceField(choices=["add", "drop", "rename", "alter"])
    kind = serializers.CharField()
    address = serializers.CharField()
    summary = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    attributes = serializers.ListField(child=AttributeField())
    soft = serializers.BooleanField(source="is_soft")
    covered = serializers.BooleanField(source="is_covered")
    recreated = serializers.BooleanField(source="is_recreated")
    behind = serializers.BooleanField(
        source="is_behind", help_text="The default branch's doing since this branch left it, in reverse."
    )


class ChangedObjectSerializer(serializers.Serializer[Any]):
    """An object with every change to it and its parts; changed objects come first."""

    action = serializers.ChoiceField(choices=["add", "drop", "rename", "alter"])
    kind = serializers.CharField()
    address = serializers.CharField()
    previous = serializers.CharField(allow_blank=True)
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    changes = ChangeSerializer(many=True)


class FailureSerializer(serializers.Serializer[Any]):
    """Where the replay stopped; `statement` counts from 0, `excerpt` has a caret under the place."""

    migration = serializers.CharField()
    path = serializers.CharField()
    statement = serializers.IntegerField(allow_null=True)
    sqlstate = serializers.CharField()
    message = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    hint = serializers.CharField(allow_blank=True)
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)
    excerpt = serializers.CharField()


class MigrationSerializer(serializers.Serializer[Any]):
    """One migration in order. Durations are those of the run that first executed it; null where none did."""

    position = serializers.IntegerField()
    name = serializers.CharField()
    path = serializers.CharField()
    new = serializers.BooleanField(source="is_new")
    failed = serializers.BooleanField()
    duration_ms = serializers.FloatField(allow_null=True)
    statements_ms = serializers.ListField(child=serializers.FloatField())


class TimingsSerializer(serializers.Serializer[Any]):
    """The replay of a verdict, migration by migration."""

    postgres = serializers.CharField(allow_blank=True)
    job_ms = serializers.FloatField(allow_null=True)
    server_ms = serializers.FloatField(allow_null=True)
    failure = FailureSerializer(allow_null=True)
    migrations = MigrationSerializer(many=True)


class RefUpdateSerializer(serializers.Serializer[Any]):
    ref = serializers.CharField()
    branch = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=KINDS)
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    verdict = VerdictSerializer(allow_null=True)


class PushSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    pusher = serializers.EmailField(source="pusher.email", default=None)
    received_at = serializers.DateTimeField()
    updates = RefUpdateSerializer(many=True)


class TableSummarySerializer(serializers.Serializer[Any]):
    schema = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    columns = serializers.IntegerField()
    indexes = serializers.IntegerField()
    references = serializers.IntegerField()
    referenced_by = serializers.IntegerField()
    comment = serializers.CharField(allow_blank=True)


class ObjectSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    schema = serializers.CharField(allow_blank=True)
    name = serializers.CharField()
    address = serializers.CharField()
    definition = serializers.CharField()
    comment = serializers.CharField(allow_blank=True)


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField()
    nullable = serializers.BooleanField()
    default = serializers.CharField(allow_blank=True)
    key = serializers.ChoiceField(choices=["primary", "foreign", "unique", ""])
    references = serializers.CharField(allow_blank=True)
    comment = serializers.CharField(allow_blank=True)


class ForeignKeySerializer(serializers.Serializer[Any]):
    """A foreign key seen from one end; `schema` and `table` are the table at the other."""

    name = serializers.CharField()
    schema = serializers.CharField()
    table = serializers.CharField()
    columns = serializers.ListField(child=serializers.CharField())
    other_columns = serializers.ListField(child=serializers.CharField())
    definition = serializers.CharField()


class TableSerializer(serializers.Serializer[Any]):
    schema = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    comment = serializers.CharField(allow_blank=True)
    definition = serializers.CharField()
    columns = ColumnSerializer(many=True)
    constraints = ObjectSerializer(many=True)
    indexes = ObjectSerializer(many=True)
    references = ForeignKeySerializer(many=True)
    referenced_by = ForeignKeySerializer(many=True)
    parts = ObjectSerializer(many=True)


class CatalogSerializer(serializers.Serializer[Any]):
    """The tables of a branch; `commit` is the commit whose replay made them, empty before any."""

    commit = serializers.CharField(source="judged_commit", allow_blank=True)
    tables = TableSummarySerializer(many=True)
