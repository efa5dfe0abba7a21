from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    name = "apps.proposals"
    label = "proposals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.checks.actions import finished as judged
        from apps.merges.actions import finished as met
        from apps.merges.actions import finishing as meeting
        from apps.merges.actions import parted
        from apps.projects.actions import resettled
        from apps.proposals import notifying
        from apps.proposals.receivers import (
            branches_moved,
            meeting_finished,
            meeting_finishing,
            project_resettled,
            proposal_changed,
            queued_changed,
        )
        from apps.proposals.timeline import changed
        from apps.repositories.actions import recorded

        meeting.connect(meeting_finishing, dispatch_uid="proposals.meeting_finishing")
        met.connect(meeting_finished, dispatch_uid="proposals.meeting_finished")
        changed.connect(proposal_changed, dispatch_uid="proposals.proposal_changed")
        changed.connect(queued_changed, dispatch_uid="proposals.queued_changed")
        recorded.connect(branches_moved, dispatch_uid="proposals.branches_moved")
        changed.connect(notifying.timeline_changed, dispatch_uid="proposals.tell_line")
        met.connect(notifying.meeting_finished, dispatch_uid="proposals.tell_collision")
        resettled.connect(project_resettled, dispatch_uid="proposals.project_resettled")
        parted.connect(notifying.meeting_parted, dispatch_uid="proposals.tell_parted")
        judged.connect(notifying.verdict_finished, dispatch_uid="proposals.tell_verdict")
