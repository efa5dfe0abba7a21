from django.apps import AppConfig


class GithostConfig(AppConfig):
    name = "apps.githost"
    label = "githost"
    default_auto_field = "django.db.models.BigAutoField"
