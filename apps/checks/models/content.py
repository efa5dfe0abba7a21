"""Judgements and their parts, each kept once per project under the hash of its content.

The project is part of every key: two teams that push the same file share
nothing, so a hash tells nobody what another team has.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Snapshot(models.Model):
    """One catalog. `body` is compressed JSON: whole, or only what differs from `parent`."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
    depth = models.PositiveSmallIntegerField(default=0)
    objects_count = models.PositiveIntegerField()
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "hash"], name="snapshot_once")]

    def __str__(self) -> str:
        return f"snapshot {self.hash[:12]}"


class Step(models.Model):
    """One migration at its place in a history, and how long it took.

    `key` hashes the whole history up to here with names and Postgres version,
    so histories with a common beginning share their rows. `parent` is the key
    of the step before. Durations are microseconds, null where it has not run.
    """

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    parent = models.CharField(max_length=64)
    position = models.PositiveIntegerField()
    name = models.TextField()
    path = models.TextField()
    text_hash = models.CharField(max_length=64)
    duration_us = models.BigIntegerField(null=True)
    statements_us = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="step_once")]

    def __str__(self) -> str:
        return f"{self.position} {self.name}"


class Replay(models.Model):
    """One history run on one Postgres: where it ended, and the catalog or the failure it ended in."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, help_text="The key of its last step.")
    length = models.PositiveIntegerField()
    postgres = models.CharField(max_length=20)
    snapshot = models.ForeignKey(Snapshot, models.CASCADE, null=True, related_name="+")
    failure = models.JSONField(null=True)
    duration_ms = models.FloatField()
    server_ms = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="replay_once")]

    def __str__(self) -> str:
        return f"replay {self.key[:12]} ({self.length} migrations)"


class Diff(models.Model):
    """The changes between two catalogs; `origin` says whether identities could be compared."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    before = models.ForeignKey(Snapshot, models.CASCADE, related_name="+")
    after = models.ForeignKey(Snapshot, models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64, help_text="Of the changes: a rename and a drop-and-add differ.")
    added = models.PositiveIntegerField(default=0)
    altered = models.PositiveIntegerField(default=0)
    renamed = models.PositiveIntegerField(default=0)
    dropped = models.PositiveIntegerField(default=0)
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "hash"], name="diff_once")]

    def __str__(self) -> str:
        return f"+{self.added} ~{self.altered + self.renamed} -{self.dropped}"


class FindingRecord(models.Model):
    """One `schemata.findings.Finding`, stored once per project."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64)
    rule = models.CharField(max_length=100)
    severity = models.CharField(max_length=10)
    message = models.TextField()
    hint = models.TextField(blank=True)
    path = models.TextField(blank=True)
    line = models.IntegerField(null=True)
    column = models.IntegerField(null=True)
    object = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "hash"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.severity} {self.rule}: {self.message}"


class Judgement(models.Model):
    """What Braid says about one pair of histories: same input, no second run.

    `key` hashes both histories with the readers' findings; `shared` counts the
    migrations both begin with, so steps after it are the branch's own.
    """

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    outcome = models.CharField(max_length=12)
    conclusive = models.BooleanField(default=True, help_text="False: time or this installation decided.")
    headline = models.TextField()
    layout = models.CharField(max_length=30, blank=True)
    root = models.TextField(blank=True)
    shared = models.PositiveIntegerField(default=0)
    length = models.PositiveIntegerField(default=0)
    tip = models.CharField(max_length=64, blank=True, help_text="The key of the head's last step.")
    base = models.ForeignKey(Replay, models.CASCADE, null=True, related_name="+")
    head = models.ForeignKey(Replay, models.CASCADE, null=True, related_name="+")
    diff = models.ForeignKey(Diff, models.CASCADE, null=True, related_name="+")
    findings = ArrayField(models.BigIntegerField(), default=list, help_text="FindingRecord ids, in order.")
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    drift = models.PositiveIntegerField(
        null=True, help_text="By what the branch makes its schema file drift; null: not known."
    )
    awaits_drift = models.BooleanField(default=False, help_text="That is still being found out.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="judgement_once")]

    def __str__(self) -> str:
        return self.headline
