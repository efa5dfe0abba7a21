"""Webhooks and deliveries of a project that the caller was let into (`apps.projects.access`)."""

import uuid
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404

from apps.notices.models import Delivery, Webhook
from apps.projects.models import Project

PAGE = 50


def webhooks_of(project: Project) -> QuerySet[Webhook]:
    """With how many messages wait, how many failed, and when the last one went out."""
    return (
        Webhook.objects.filter(project=project)
        .annotate(
            waiting=Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING)),
            failed=Count("deliveries", filter=Q(deliveries__state=Delivery.State.FAILED)),
            last_sent=Max("deliveries__sent_at"),
        )
        .order_by("id")
    )


def find_webhook(project: Project, webhook_id: int) -> Webhook:
    found = Webhook.objects.filter(project=project, pk=webhook_id).first()
    if found is None:
        raise Http404("No such webhook")
    found.project = project
    return found


def deliveries_of(webhook: Webhook, before: datetime | None = None) -> list[Delivery]:
    """The newest first; `before` is the moment where the page before this one ended."""
    rows = webhook.deliveries.order_by("-created_at")
    return list((rows.filter(created_at__lt=before) if before else rows)[:PAGE])


def find_delivery(project: Project, delivery_id: uuid.UUID) -> Delivery:
    found = Delivery.objects.filter(project=project, webhook__isnull=False, pk=delivery_id).first()
    if found is None:
        raise Http404("No such delivery")
    return found
