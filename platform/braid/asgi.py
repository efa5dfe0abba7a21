"""The ASGI entry: git's transport as a raw mount, everything else Django."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "braid.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
