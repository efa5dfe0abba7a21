from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forges", "0009_parting")]

    operations = [
        migrations.AddField(
            "pullrequest",
            "is_let_in",
            models.BooleanField(default=False, help_text="A maintainer has it judged all the same."),
        ),
        migrations.AddField(
            "pullrequest",
            "is_waiting",
            models.BooleanField(default=False, help_text="A stranger's, beyond how many are judged."),
        ),
    ]
