"""Who is told what: each person's choice of mail, each project's webhooks, and what was sent."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Preference(models.Model):
    """The kinds of events that a person gets mail about; somebody without a row gets all of them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preference")
    mail = ArrayField(models.CharField(max_length=40), default=list)

    def __str__(self) -> str:
        return ", ".join(self.mail)


class Webhook(models.Model):
    """An address that a project's events are posted to, signed with `secret` (Standard Webhooks)."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=500)
    secret = models.TextField()
    kinds = ArrayField(models.CharField(max_length=40), default=list)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One message on its way to a webhook or a mailbox: committed with what it tells, sent by a worker."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENT = "sent", "sent"
        FAILED = "failed", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, models.CASCADE, null=True, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["webhook", "-created_at"], name="delivery_log"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(webhook__isnull=False) ^ Q(recipient__isnull=False), name="delivery_to_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
