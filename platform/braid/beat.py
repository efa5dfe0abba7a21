"""The Celery application of beat, which only sends: without Django, so that it starts in a fraction of the time."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "braid.settings")

app = Celery("braid", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
