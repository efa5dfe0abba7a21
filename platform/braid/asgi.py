"""The ASGI entry: git's transport and forges' deliveries as raw mounts, everything else Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "braid.settings")

from django.core.asgi import get_asgi_application

_django = get_asgi_application()

# Models can be imported only once Django is set up.
from apps.githost.application import GitHost  # noqa: E402
from braid.bodies import Bounded  # noqa: E402
from braid.deliveries import Deliveries  # noqa: E402

deliveries = Deliveries(_django)
application = GitHost(Bounded(deliveries))
