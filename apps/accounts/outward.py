"""What this installation lets out, as its operator set it with BRAID_EGRESS_ALLOW."""

from django.conf import settings

from egress import Egress


def egress() -> Egress:
    return Egress.of(settings.EGRESS_ALLOW)
