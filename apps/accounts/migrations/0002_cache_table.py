"""The table of Django's database cache, where rate limits are counted so that all processes see one count.

Unlogged: what is in it may be lost, and it is written often.
"""

from django.db import migrations

FORWARD = """
create unlogged table braid_cache (
  cache_key varchar(255) primary key,
  value text not null,
  expires timestamptz not null
);
create index braid_cache_expires on braid_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, "drop table braid_cache")]
