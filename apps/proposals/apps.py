from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "apps.proposals"
    label = "proposals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.proposals.receivers import branches_moved
        from apps.repositories.actions import recorded

        recorded.connect(branches_moved, dispatch_uid="proposals.branches_moved")
