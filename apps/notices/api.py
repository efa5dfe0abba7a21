"""The API's endpoints of a project's webhooks."""

import uuid

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Scope
from apps.notices import access, actions
from apps.notices.kinds import CHOICES
from apps.notices.models import Delivery, Webhook
from apps.projects.access import find_project_membership
from apps.teams.models import Role


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    kinds = serializers.MultipleChoiceField(choices=CHOICES)

    class Meta:
        model = Webhook
        fields = ["id", "url", "kinds", "is_active", "created_at"]
        read_only_fields = ["created_at"]

    def to_representation(self, instance: Webhook) -> dict[str, object]:
        return {**super().to_representation(instance), "kinds": instance.kinds}


class NewWebhookSerializer(WebhookSerializer):
    """With the secret, which is told this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class WebhookChangeSerializer(serializers.Serializer[Webhook]):
    kinds = serializers.MultipleChoiceField(choices=CHOICES, required=False)
    is_active = serializers.BooleanField(required=False)


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    class Meta:
        model = Delivery
        fields = ["id", "kind", "state", "attempts", "status", "answer", "created_at", "sent_at", "payload"]


class Webhooks(APIView):
    write_scope = Scope.ADMIN

    @extend_schema(operation_id="webhook_list", responses=WebhookSerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str) -> Response:
        project, _ = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        return Response(WebhookSerializer(access.webhooks_of(project), many=True).data)

    @extend_schema(
        operation_id="webhook_add", request=WebhookSerializer, responses={201: NewWebhookSerializer}
    )
    def post(self, request: Request, team_slug: str, project_slug: str) -> Response:
        project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        sent = WebhookSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        url, kinds = sent.validated_data["url"], sorted(sent.validated_data["kinds"])
        webhook, secret = actions.add_webhook(viewer.user, project, url, kinds)
        answer = {**WebhookSerializer(webhook).data, "secret": secret}
        return Response(answer, status=status.HTTP_201_CREATED)


class WebhookDetail(APIView):
    write_scope = Scope.ADMIN

    @extend_schema(
        operation_id="webhook_change", request=WebhookChangeSerializer, responses=WebhookSerializer
    )
    def patch(self, request: Request, team_slug: str, project_slug: str, webhook_id: int) -> Response:
        project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        sent = WebhookChangeSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        found = access.find_webhook(project, webhook_id)
        kinds = sent.validated_data.get("kinds")
        changed = actions.change_webhook(
            viewer.user,
            found,
            kinds=sorted(kinds) if kinds is not None else None,
            is_active=sent.validated_data.get("is_active"),
        )
        return Response(WebhookSerializer(changed).data)

    @extend_schema(operation_id="webhook_remove", responses={204: None})
    def delete(self, request: Request, team_slug: str, project_slug: str, webhook_id: int) -> Response:
        project, viewer = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        actions.remove_webhook(viewer.user, access.find_webhook(project, webhook_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Deliveries(APIView):
    """What was sent to a webhook, the newest first."""

    @extend_schema(operation_id="webhook_deliveries", responses=DeliverySerializer(many=True))
    def get(self, request: Request, team_slug: str, project_slug: str, webhook_id: int) -> Response:
        project, _ = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        found = access.find_webhook(project, webhook_id)
        return Response(DeliverySerializer(access.deliveries_of(found), many=True).data)


class Redelivery(APIView):
    write_scope = Scope.ADMIN

    @extend_schema(operation_id="webhook_redeliver", request=None, responses={202: None})
    def post(self, request: Request, team_slug: str, project_slug: str, delivery_id: uuid.UUID) -> Response:
        """Send a message once more."""
        project, _ = find_project_membership(request.user, team_slug, project_slug, Role.MAINTAINER)
        actions.send_again(access.find_delivery(project, delivery_id))
        return Response(status=status.HTTP_202_ACCEPTED)


WEBHOOKS = "teams/<slug:team_slug>/projects/<slug:project_slug>/webhooks/"

urlpatterns = [
    path(WEBHOOKS, Webhooks.as_view(), name="api-webhooks"),
    path(WEBHOOKS + "<int:webhook_id>/", WebhookDetail.as_view(), name="api-webhook"),
    path(WEBHOOKS + "<int:webhook_id>/deliveries/", Deliveries.as_view(), name="api-deliveries"),
    path(WEBHOOKS + "deliveries/<uuid:delivery_id>/again/", Redelivery.as_view(), name="api-redelivery"),
]
