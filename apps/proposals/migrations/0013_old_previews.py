"""Previews that were being made while the code changed: nobody keeps them alive, so they wait for a worker again."""

from django.db import migrations


def let_wait(apps, schema_editor):
    running = apps.get_model("proposals", "Preview").objects.filter(state="running", claimed_by="")
    running.update(state="waiting")


class Migration(migrations.Migration):
    dependencies = [("proposals", "0012_preview_jobs")]

    operations = [migrations.RunPython(let_wait, migrations.RunPython.noop)]
