"""How large a project's tables are where its migrations will run, as somebody measured it and sent it."""

from django.conf import settings
from django.db import models


class Measurement(models.Model):
    """The newest measurement of a project, which replaced the one before as a whole. Its tables are `TableSize`s."""

    project = models.OneToOneField("projects.Project", models.CASCADE, related_name="measurement")
    measured_at = models.DateTimeField(help_text="By the clock of the database that was measured.")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    count = models.PositiveIntegerField(help_text="How many tables.")

    def __str__(self) -> str:
        return f"{self.count} tables at {self.measured_at:%Y-%m-%d %H:%M}"


class TableSize(models.Model):
    """One table as `schemata.sizes.Measured` describes it, with its partitions and heirs."""

    measurement = models.ForeignKey(Measurement, models.CASCADE, related_name="tables")
    schema = models.CharField(max_length=63)
    name = models.CharField(max_length=63)
    rows = models.BigIntegerField(null=True, help_text="An estimate; null where it was never analysed.")
    bytes = models.BigIntegerField(help_text="With indexes and TOAST.")
    columns = models.CharField(max_length=16, help_text="By which the table is known as the same.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measurement", "schema", "name"], name="table_size_once"),
            models.CheckConstraint(
                condition=models.Q(bytes__gte=0) & (models.Q(rows=None) | models.Q(rows__gte=0)),
                name="table_size_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"
