from django.apps import AppConfig
from django.db.models.signals import post_save


class ChecksConfig(AppConfig):
    name = "apps.checks"
    label = "checks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.checks.receivers import project_changed

        post_save.connect(project_changed, sender="projects.Project", dispatch_uid="checks.project_changed")
