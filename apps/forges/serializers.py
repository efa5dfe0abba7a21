"""A project's forge as the API shows and takes it: what is secret is taken and never shown."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from apps.accounts.errors import RefusedError
from apps.forges.connecting import check_secret
from apps.forges.forms import CONTEXT, LOGIN, members_of
from apps.forges.models import Arrival, Connection, Installation, Landing, PullRequest
from apps.forges.permissions import Findings
from apps.forges.views.connection import hook_url
from forges import Kind
from forges.permissions import Standing

GIVEN_ONLY = (
    "The secret that stands in the webhook: 16 to 200 letters, digits and signs. It is kept encrypted and shown to "
    "nobody."
)


def secret_of_webhook(secret: str) -> None:
    """A validator of what is given as a secret."""
    try:
        check_secret(secret)
    except RefusedError as error:
        raise serializers.ValidationError(str(error)) from error


class ForgeSerializer(serializers.ModelSerializer[Connection]):
    """Never with a secret, sealed or not."""

    webhook = serializers.SerializerMethodField(help_text="Where the forge delivers to.")
    credential = serializers.SerializerMethodField(help_text="`token` or `app`.")
    has_secret = serializers.SerializerMethodField(
        help_text="Whether deliveries are taken; without a secret Braid looks every ten minutes."
    )
    has_former_secret = serializers.SerializerMethodField(
        help_text="Whether the webhook's former secret is still good beside the present one."
    )

    class Meta:
        model = Connection
        fields = [
            "kind",
            "base_url",
            "name",
            "web_url",
            "webhook",
            "credential",
            "has_secret",
            "has_former_secret",
            "landing",
            "comments",
            "context",
            "people",
            "accounts",
            "trouble",
            "looked_at",
            "not_before",
            "created_at",
        ]

    def get_webhook(self, connection: Connection) -> str:
        return hook_url(connection)

    def get_credential(self, connection: Connection) -> str:
        return "app" if connection.installation_id else "token"

    def get_has_secret(self, connection: Connection) -> bool:
        return bool(connection.secret or connection.installation_id)

    def get_has_former_secret(self, connection: Connection) -> bool:
        return bool(connection.former_secret)


class ForgeConnectSerializer(serializers.Serializer[None]):
    """A repository to follow: with a token, or with an `installation` of one of the team's GitHub Apps."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    base_url = serializers.CharField(
        max_length=300, required=False, help_text="The forge's address; left out: the public one of its kind."
    )
    name = serializers.CharField(max_length=400, help_text="The repository's full path, like `acme/shop`.")
    token = serializers.CharField(max_length=4000, required=False, write_only=True)
    installation = serializers.IntegerField(
        required=False, min_value=1, max_value=2**62, help_text="An id of `forge/installations/`."
    )
    secret = serializers.CharField(
        required=False, write_only=True, validators=[secret_of_webhook], help_text=GIVEN_ONLY
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("token" in attrs) == ("installation" in attrs):
            raise serializers.ValidationError({"token": "Give a token, or an installation; one of the two."})
        if "installation" in attrs and "secret" in attrs:
            raise serializers.ValidationError({"secret": "An App's webhook has the App's own secret."})
        return attrs


class ForgeChangeSerializer(serializers.Serializer[Connection]):
    """What is given is changed; the rest stays."""

    landing = serializers.ChoiceField(choices=Landing.choices, required=False)
    comments = serializers.BooleanField(required=False, help_text="Whether Braid comments on pull requests.")
    context = serializers.RegexField(  # type: ignore[assignment]
        rf"^{CONTEXT.pattern}\Z", max_length=60, required=False, help_text="The name of the summary status."
    )
    people = serializers.DictField(
        child=serializers.EmailField(),
        required=False,
        help_text="Members' mail addresses by their login on the forge: all of them, in the place of those before.",
    )
    token = serializers.CharField(
        max_length=4000, required=False, write_only=True, help_text="Taken once the forge takes it."
    )
    secret = serializers.CharField(
        required=False,
        write_only=True,
        validators=[secret_of_webhook],
        help_text=f"{GIVEN_ONLY} The former one stays good until `forge/end-former-secret/`.",
    )

    def validate_people(self, people: Mapping[str, str]) -> dict[str, str]:
        connection: Connection = self._context["connection"]
        known = {email.lower(): email for email, _ in members_of(connection.project.team)}
        found: dict[str, str] = {}
        for given, email in people.items():
            login = given.removeprefix("@").lower()
            if not LOGIN.fullmatch(login) or login in found:
                raise serializers.ValidationError(f"{given!r} is no login, or stands there twice.")
            if email.lower() not in known:
                raise serializers.ValidationError(f"{email} is no member of the team.")
            found[login] = known[email.lower()]
        return found


class ForgePermissionSerializer(serializers.Serializer[Any]):
    """One permission of the list that the page shows."""

    name = serializers.CharField(source="need.name")
    why = serializers.CharField(source="need.why")
    optional = serializers.BooleanField(source="need.optional", help_text="Whether Braid does without it.")
    standing = serializers.ChoiceField(choices=[each.value for each in Standing])
    told = serializers.CharField(help_text="What it was seen by, or why it can't be known.")
    todo = serializers.CharField(help_text="What to do; empty: nothing.")


class ForgeTestSerializer(serializers.Serializer[Findings]):
    """What a test found: what was not asked is `unknown`, never more."""

    name = serializers.CharField(source="repository.name")
    default_branch = serializers.CharField(source="repository.default_branch")
    permissions = ForgePermissionSerializer(source="lines", many=True)
    ends = serializers.CharField(
        help_text="When the token ends, in the forge's words; empty: it does not say."
    )


class ForgeInstallationSerializer(serializers.ModelSerializer[Installation]):
    """Where one of the team's GitHub Apps is installed."""

    app = serializers.CharField(source="app.name")
    base_url = serializers.CharField(source="app.base_url")

    class Meta:
        model = Installation
        fields = ["id", "app", "base_url", "account", "is_suspended"]


class ForgePullSerializer(serializers.ModelSerializer[PullRequest]):
    """A pull request of the repository, as the forge showed it last."""

    class Meta:
        model = PullRequest
        fields = ["id", "number", "title", "author", "head_repository", "head_sha", "web_url"]


class ForgeDeliverySerializer(serializers.ModelSerializer[Arrival]):
    class Meta:
        model = Arrival
        fields = [
            "id",
            "identity",
            "event",
            "action",
            "actor",
            "state",
            "outcome",
            "repeats",
            "received_at",
            "done_at",
        ]
