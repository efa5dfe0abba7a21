from django.apps import AppConfig


class MergesConfig(AppConfig):
    name = "apps.merges"
    label = "merges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.merges.receivers import pushed
        from apps.repositories.actions import recorded

        recorded.connect(pushed, dispatch_uid="merges.pushed")
