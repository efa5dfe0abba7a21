"""Whether this process can do its work: `/healthz` for load balancers, `python -m braid.health` for containers."""

import os
import sys
from http.client import HTTPConnection

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 when it does not; says nothing else to strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


def main() -> int:
    """Ask the web process of this machine, by a name that it always allows."""
    server = HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=5)
    try:
        server.request("GET", "/healthz", headers={"Host": _allowed_host()})
        return 0 if server.getresponse().status == 200 else 1
    except OSError:
        return 1


def _allowed_host() -> str:
    first = os.environ.get("BRAID_ALLOWED_HOSTS", "").split(",")[0].strip()
    return first.removeprefix(".").replace("*", "localhost") or "localhost"


if __name__ == "__main__":
    sys.exit(main())
