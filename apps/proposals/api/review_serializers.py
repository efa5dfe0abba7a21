"""Reviews, readiness and policies as the API shows and takes them."""

from typing import Any

from rest_framework import serializers

from apps.accounts.serializers import UserSerializer
from apps.proposals.models import Answer, Policy, Review, ReviewRequest
from apps.proposals.owners import read_owners
from apps.proposals.policy import BYPASS, MOST_APPROVALS, MOST_MEGABYTES, MOST_ROWS, Check

# What people choose from, as the document of the API lists it.
BYPASSES = [(name, name) for name in BYPASS]
CHECKS = [(check.value, check.value) for check in Check]


class ReviewSerializer(serializers.ModelSerializer[Review]):
    author = UserSerializer(read_only=True)

    class Meta:
        model = Review
        fields = [
            "id",
            "author",
            "answer",
            "body",
            "change_hash",
            "head",
            "created_at",
            "dismissed_at",
            "dismissed_because",
        ]
        read_only_fields = ["change_hash", "head", "created_at", "dismissed_at", "dismissed_because"]


class ReviewAskedSerializer(serializers.Serializer[Any]):
    """A review to give. `change_hash` is that of the change which was looked at; an approval needs it."""

    answer = serializers.ChoiceField(choices=Answer.choices)
    body = serializers.CharField(default="", allow_blank=True, max_length=60_000)
    change_hash = serializers.CharField(default="", allow_blank=True, max_length=64)

    def validate_answer(self, value: str) -> Answer:
        return Answer(value)


class DismissalSerializer(serializers.Serializer[Any]):
    because = serializers.CharField(max_length=1000)


class BypassSerializer(serializers.Serializer[Any]):
    """Passing the policy by, for the change with this hash alone."""

    by = UserSerializer(read_only=True)
    reason = serializers.CharField(max_length=10_000)
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    change_hash = serializers.CharField(max_length=64)
    created_at = serializers.DateTimeField(read_only=True)


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class RequirementSerializer(serializers.Serializer[Any]):
    """One thing that must hold; `policy` is false for what nobody can pass by."""

    key = serializers.CharField()
    title = serializers.CharField()
    met = serializers.BooleanField(source="is_met")
    detail = serializers.CharField()
    policy = serializers.BooleanField(source="is_policy")
    waits_for = PersonSerializer(many=True)


class DangerSerializer(serializers.Serializer[Any]):
    """One cost. `size` says what is known of its table's; `large` is null where that is not known or not asked."""

    kind = serializers.CharField()
    message = serializers.CharField()
    object = serializers.CharField()
    grave = serializers.BooleanField(source="is_grave")
    size = serializers.CharField(allow_blank=True)
    large = serializers.BooleanField(source="is_large", allow_null=True)


class ReadinessSerializer(serializers.Serializer[Any]):
    """Whether a proposal may land. `change_hash` is that of the change which can be reviewed now."""

    ready = serializers.BooleanField()
    change_hash = serializers.CharField(allow_blank=True)
    missing = serializers.ListField(child=serializers.CharField())
    requirements = RequirementSerializer(many=True)
    risk = DangerSerializer(many=True)
    risk_measured = serializers.BooleanField()
    bypass = BypassSerializer(allow_null=True)


class ReviewRequestSerializer(serializers.ModelSerializer[ReviewRequest]):
    """Somebody whose review is awaited; `by` is null where Braid asked them as an owner."""

    user = UserSerializer(read_only=True)
    by = UserSerializer(read_only=True)

    class Meta:
        model = ReviewRequest
        fields = ["id", "user", "by", "because", "asked_at"]
        read_only_fields = fields


class AskedSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()


class PolicySerializer(serializers.ModelSerializer[Policy]):
    """A project's policy. `version` counts changes; sent with a change, it refuses one to an older version."""

    approvals = serializers.IntegerField(min_value=0, max_value=MOST_APPROVALS)
    risky_approvals = serializers.IntegerField(min_value=0, max_value=MOST_APPROVALS)
    large_rows = serializers.IntegerField(min_value=0, max_value=MOST_ROWS)
    large_megabytes = serializers.IntegerField(min_value=0, max_value=MOST_MEGABYTES)
    required_checks = serializers.ListField(child=serializers.ChoiceField(choices=CHECKS))
    bypass = serializers.ChoiceField(choices=BYPASSES, source="bypass_role")
    owners = serializers.CharField(allow_blank=True, max_length=60_000)
    version = serializers.IntegerField(min_value=1)

    class Meta:
        model = Policy
        fields = [
            "approvals",
            "self_approval",
            "risky_approvals",
            "large_rows",
            "large_megabytes",
            "required_checks",
            "bypass",
            "owners",
            "version",
        ]

    def validate_bypass(self, value: str) -> int:
        return BYPASS[value]

    def validate_owners(self, value: str) -> str:
        problems = read_owners(value).problems
        if problems:
            raise serializers.ValidationError([str(each) for each in problems])
        return value

    def to_representation(self, instance: Policy) -> dict[str, Any]:
        names = {role: name for name, role in BYPASS.items()}
        return {**super().to_representation(instance), "bypass": names.get(instance.bypass_role, "nobody")}
