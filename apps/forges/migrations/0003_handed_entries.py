"""What forges were to merge has its stage in the queue: the entries of such pull requests had left it as withdrawn."""

from typing import Any

from django.db import migrations


def hand_over(apps: Any, schema_editor: Any) -> None:
    """A second run finds them handed over and changes nothing."""
    pulls = apps.get_model("forges", "PullRequest").objects.exclude(to_merge="")
    entries = apps.get_model("proposals", "QueueEntry").objects
    for pull in pulls.filter(state="open", proposal__state="open").order_by("pk"):
        newest = entries.filter(proposal=pull.proposal_id).order_by("-pk").first()
        if newest is not None and newest.stage == "withdrawn":
            entries.filter(pk=newest.pk).update(stage="handed", delivered=pull.to_merge, ended_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("forges", "0002_refused_heads"),
        ("proposals", "0007_handed_entries"),
    ]

    operations = [migrations.RunPython(hand_over, migrations.RunPython.noop)]
