from django.apps import AppConfig
from django.db.models.signals import post_save


class ForgesConfig(AppConfig):
    name = "apps.forges"
    label = "forges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.checks.actions import changed as verdict_changed
        from apps.forges import receivers
        from apps.merges.actions import charted, parted
        from apps.merges.actions import finished as meeting_finished
        from apps.merges.actions import unsettled as meeting_unsettled
        from apps.proposals.actions.sizing import resized
        from apps.proposals.models import Policy
        from apps.proposals.origin import asked_elsewhere
        from apps.proposals.timeline import changed as proposal_changed
        from apps.repositories.actions import recorded

        post_save.connect(receivers.policy_changed, sender=Policy, dispatch_uid="forges.policy_changed")
        resized.connect(receivers.sizes_changed, dispatch_uid="forges.sizes_changed")
        recorded.connect(receivers.pushed, dispatch_uid="forges.pushed")
        verdict_changed.connect(receivers.verdict_changed, dispatch_uid="forges.verdict_changed")
        charted.connect(receivers.branch_charted, dispatch_uid="forges.branch_charted")
        parted.connect(receivers.meeting_finished, dispatch_uid="forges.meeting_parted")
        meeting_finished.connect(receivers.meeting_finished, dispatch_uid="forges.meeting_finished")
        meeting_unsettled.connect(receivers.meeting_unsettled, dispatch_uid="forges.meeting_unsettled")
        asked_elsewhere.connect(receivers.proposal_changing, dispatch_uid="forges.proposal_changing")
        proposal_changed.connect(receivers.proposal_changed, dispatch_uid="forges.proposal_changed")
