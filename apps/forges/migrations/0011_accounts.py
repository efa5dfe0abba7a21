from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forges", "0010_waiting_pulls")]

    operations = [
        migrations.AddField(
            "connection",
            "accounts",
            models.JSONField(default=dict, help_text="The forge's ids of accounts by the login of `people`."),
        ),
        migrations.AddField("parting", "accounts", models.JSONField(default=dict)),
        migrations.AddField(
            "pullrequest",
            "author_account",
            models.CharField(blank=True, help_text="The forge's id of the author.", max_length=80),
        ),
    ]
