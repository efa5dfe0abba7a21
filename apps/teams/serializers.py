"""Teams, members, invitations and the audit log as the API shows and takes them. Roles go by name."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.names import check_name
from apps.accounts.serializers import UserSerializer
from apps.teams.forms import DAYS, USES
from apps.teams.models import AuditEntry, Invitation, Membership, Role, Team
from apps.teams.slugs import check_team_slug

ROLES = [(role.name.lower(), str(role.label)) for role in Role]


@extend_schema_field(serializers.ChoiceField(choices=ROLES))
class RoleField(serializers.ChoiceField):
    """`owner` outside, Role.OWNER inside."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=ROLES, **kwargs)

    def to_internal_value(self, data: Any) -> Role:  # type: ignore[override]
        return Role[str(super().to_internal_value(data)).upper()]

    def to_representation(self, value: Any) -> str:
        return Role(value).name.lower()


class TeamSerializer(serializers.ModelSerializer[Team]):
    name = serializers.CharField(max_length=120, validators=[check_name])
    slug = serializers.CharField(max_length=48, validators=[check_team_slug])

    class Meta:
        model = Team
        fields = ["slug", "name", "created_at"]
        read_only_fields = ["created_at"]


class MemberSerializer(serializers.ModelSerializer[Membership]):
    user = UserSerializer(read_only=True)
    role = RoleField()

    class Meta:
        model = Membership
        fields = ["id", "user", "role", "joined_at"]
        read_only_fields = ["joined_at"]


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    role = RoleField()
    invited_by = serializers.EmailField(source="invited_by.email", read_only=True)

    class Meta:
        model = Invitation
        fields = ["id", "role", "email", "invited_by", "created_at", "expires_at", "max_uses", "uses"]
        read_only_fields = fields


class NewInvitationSerializer(serializers.Serializer[Any]):
    """What an invitation is made from."""

    role = RoleField()
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    days = serializers.IntegerField(min_value=1, max_value=int(DAYS[-1][0]), default=7)
    max_uses = serializers.IntegerField(min_value=1, max_value=int(USES[-1][0]), default=1)


class CreatedInvitationSerializer(InvitationSerializer):
    """A new invitation and its link, which is shown this one time."""

    link = serializers.SerializerMethodField()

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link"]
        read_only_fields = fields

    def get_link(self, invitation: Invitation) -> str:
        return str(self.context["link"])


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    actor = serializers.CharField(source="actor_name", read_only=True)
    data = serializers.DictField(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "actor", "action", "target", "data"]
        read_only_fields = fields
