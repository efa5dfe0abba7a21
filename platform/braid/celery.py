"""The Celery application; tasks live in `worker`, apps enqueue them by name."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "braid.settings")

app = Celery("braid")
# Threads ask for "the current app"; without a default they would get one that talks to nothing.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["worker"])
