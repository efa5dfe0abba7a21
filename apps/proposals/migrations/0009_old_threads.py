from django.db import migrations
from django.db.models import Count, Min


def gather(apps, schema_editor):
    """What was said about one object or conflict belongs together, as pages have shown it so far."""
    Comment = apps.get_model("proposals", "Comment")
    open_ones = Comment.objects.filter(thread=None, resolved_at=None).exclude(address="", conflict="")
    subjects = open_ones.order_by().values("proposal_id", "address", "conflict")
    for each in subjects.annotate(first=Min("id"), count=Count("id")).filter(count__gt=1):
        first = each.pop("first")
        del each["count"]
        open_ones.filter(**each).exclude(pk=first).update(thread_id=first)


class Migration(migrations.Migration):

    dependencies = [
        ("proposals", "0008_threads"),
    ]

    operations = [migrations.RunPython(gather, migrations.RunPython.noop)]
