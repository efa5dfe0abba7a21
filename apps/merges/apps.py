from django.apps import AppConfig


class MergesConfig(AppConfig):
    name = "apps.merges"
    label = "merges"
    default_auto_field = "django.db.models.BigAutoField"
